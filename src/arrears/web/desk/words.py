"""What codes of the ledger are called on a page."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from arrears.core.case import FLAGS
from arrears.decide.reasons import FLAG_WORDS, TREATMENT_WORDS, sentence
from arrears.web.ledger.models.record import OUTCOMES

STATE: dict[str, Any] = {
    "open": _("待处理"),
    "taken": _("处理中"),
    "held": _("已暂停"),
    "in_plan": _("还款计划中"),
    "cured": _("已还清逾期"),
    "closed": _("已结案"),
}
OUTCOME: dict[str, Any] = {
    "promised": _("承诺还款"),
    "paid": _("称已还款"),
    "refused": _("拒绝还款"),
    "difficulty": _("还款困难"),
    "disputed": _("对欠款有异议"),
    "call_back": _("约定再联系"),
    "no_answer": _("无人接听"),
    "wrong_number": _("号码不是本人"),
    "third_person": _("他人接听"),
}
CHANNEL: dict[str, Any] = {
    "call": _("电话"),
    "visit": _("上门"),
    "email": _("电子邮件"),
    "sms": _("短信"),
    "letter": _("信函"),
    "inbound": _("客户来电"),
}
PROMISE: dict[str, Any] = {
    "open": _("等待还款"),
    "kept": _("已兑现"),
    "part_kept": _("部分兑现"),
    "broken": _("未兑现"),
    "withdrawn": _("已撤回"),
}
EVENT: dict[str, Any] = {
    "take_case": _("领取案件"),
    "release_case": _("放回队列"),
    "reassign_case": _("改派案件"),
    "settle_promise": _("承诺有结果"),
    "end_hold": _("解除暂停"),
}
POINT_KIND: dict[str, Any] = {
    "mobile": _("手机"),
    "landline": _("固定电话"),
    "email": _("电子邮件"),
    "address": _("地址"),
    "app": _("手机应用"),
}
POINT_ROLE: dict[str, Any] = {
    "debtor": _("本人"),
    "guarantor": _("担保人"),
    "co_debtor": _("共同借款人"),
    "contact": _("联系人"),
    "legal_representative": _("法定代表人"),
}


def language() -> str:
    """The language of the page as the deciders name it: zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def why(reasons: str, treatment: str, currency: str) -> str:
    """Why the case stands where it does, as one sentence; empty where the run gave no reason."""
    if not reasons:
        return ""
    return sentence(reasons, treatment=treatment, lang=language(), currency=currency)


def treatment(code: str) -> str:
    """What a treatment is called."""
    return TREATMENT_WORDS[code][language() == "en"] if code in TREATMENT_WORDS else code


def flags() -> list[tuple[str, str]]:
    """Every kind of hold with what it is called, in the order of the rules."""
    return [(code, FLAG_WORDS[code][language() == "en"]) for code in FLAGS]


def outcomes() -> list[tuple[int, str, Any]]:
    """Every outcome with its key and what it is called."""
    return [(n, code, OUTCOME[code]) for n, (code, _zh) in enumerate(OUTCOMES, start=1)]
