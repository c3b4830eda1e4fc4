"""What the codes of rules and verdicts are called, and how each is marked on a page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

OUTCOME: dict[str, Any] = {
    "allow": _("可以联系"),
    "allow_with_duties": _("可以联系，另有须做的事"),
    "defer": _("须等待"),
    "redirect": _("改为联系他人"),
    "soft_block": _("一般不联系"),
    "refuse": _("不得联系"),
}
LIGHT = {"allow": "go", "allow_with_duties": "go", "refuse": "stop"}  # all others: wait
FORCE: dict[str, Any] = {
    "LAW": _("法律"),
    "REG": _("规章"),
    "NOTICE": _("通知"),
    "STD": _("标准"),
    "SELF": _("自律"),
    "DRAFT": _("草案"),
    "POLICY": _("行内"),
}
VERIFIED: dict[str, Any] = {
    "primary": _("原文已核"),
    "secondary": _("二手"),
    "memory": _("凭记忆"),
    "own": _("行内规定"),
}
VERIFIED_MEANS: dict[str, Any] = {
    "primary": _("已对照原文。"),
    "secondary": _("只见过他人的引用，尚未对照原文。"),
    "memory": _("凭记忆写下，待查原文。"),
    "own": _("本机构自己的规定，没有外部原文。"),
}
VERIFIED_COLOUR = {
    "primary": "bg-green-lt",
    "secondary": "bg-yellow-lt",
    "memory": "bg-red-lt",
    "own": "bg-blue-lt",
}


def outcome(code: str) -> dict[str, Any]:
    """An outcome with what it is called and its light."""
    return {"code": code, "word": OUTCOME.get(code, code), "light": LIGHT.get(code, "wait")}


def force(code: str) -> Any:
    """What weight a source has."""
    return FORCE.get(code, code)


def verified(code: str) -> dict[str, Any]:
    """How far the text of a source was seen."""
    return {
        "word": VERIFIED.get(code, code),
        "means": VERIFIED_MEANS.get(code, ""),
        "colour": VERIFIED_COLOUR.get(code, "bg-red-lt"),
    }
