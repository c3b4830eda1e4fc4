"""What the codes of rules and verdicts are called, and how each is marked on a page."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arrears.web.ledger.models.person import ROLES
from arrears.web.watch.topics import CONTACT, act_word

OUTCOME: dict[str, Any] = {
    "allow": _("可以联系"),
    "allow_with_duties": _("可以联系，另有须做的事"),
    "defer": _("须等待"),
    "redirect": _("改为联系他人"),
    "soft_block": _("不宜联系，可放行"),
    "refuse": _("不得联系"),
}
# The same of an act that is no contact.
OF_ACT: dict[str, Any] = {
    "allow": _("可以办理"),
    "allow_with_duties": _("可以办理，另有须做的事"),
    "defer": _("须等待"),
    "redirect": _("改为对他人办理"),
    "soft_block": _("不宜办理，可放行"),
    "refuse": _("不得办理"),
}
# What a rule does where it is not fulfilled; of a contact, and of another act.
EFFECT: dict[str, Any] = {
    "refuse": _("不得联系"),
    "defer": _("等到符合为止"),
    "soft": _("不宜联系，可放行"),
    "redirect": _("改为联系他人"),
    "duty": _("可以联系，须做到"),
}
EFFECT_OF_ACT: dict[str, Any] = EFFECT | {
    "refuse": _("不得办理"),
    "soft": _("不宜办理，可放行"),
}
PACK: dict[str, Any] = {
    "cn": _("中国大陆"),
    "us_reg_f": _("美国 Regulation F"),
    "own": _("本机构自己的规定"),
}
SLOT: dict[str, Any] = {  # what is counted of a borrower's day
    "contact": _("各种方式的联系"),
    "message": _("消息（短信、邮件、信函、推送）"),
    "talk": _("有效通话"),
    "put_through": _("接通的单向告知"),
    "ring": _("同一号码未接通的拨打"),
    "visit": _("上门"),
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


def outcome(code: str, act: str = CONTACT) -> dict[str, Any]:
    """An outcome with what it is called and its light."""
    called = OUTCOME if act == CONTACT else OF_ACT
    return {"code": code, "word": called.get(code, code), "light": LIGHT.get(code, "wait")}


def effect(code: str, acts: tuple[str, ...]) -> Any:
    """What a rule about these acts does where it is not fulfilled."""
    return (EFFECT if CONTACT in acts else EFFECT_OF_ACT).get(code, code)


def acts(codes: tuple[str, ...]) -> list[str]:
    """What a rule is about, where that is not contacts alone."""
    return [] if codes == (CONTACT,) else [act_word(code) for code in codes]


def roles(codes: Iterable[str]) -> str:
    """Whose roles these are."""
    return gettext("、").join(gettext(label) for code, label in ROLES if code in codes)


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
