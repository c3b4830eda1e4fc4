"""What codes of the ledger are called on a page."""

from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from arrears.channels.transport import Reason
from arrears.core.case import FLAGS
from arrears.core.contact import HELP, WITHIN
from arrears.decide.reasons import FLAG_WORDS, TREATMENT_WORDS, beside_figures, sentence
from arrears.rules.gate import explain
from arrears.rules.speech.template import ABSENT, LINK, LONG, MARKS, SHAPE, VARIABLES
from arrears.rules.verdict import Outcome
from arrears.web.hold_words import refused_because
from arrears.web.ledger.actions.reminders import DOUBT, UNFIT
from arrears.web.ledger.actions.reminders import WORDING as WORDING_FOUND
from arrears.web.ledger.models.person import ROLES
from arrears.web.ledger.models.record import OUTCOMES
from arrears.web.ledger.queries.calls import MayCall, UnderWay
from arrears.web.ledger.queries.log import ERASED
from arrears.web.ledger.queries.outbox import MessageRow

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
    "push": _("应用推送"),
    "letter": _("信函"),
    "inbound": _("客户来电"),
}
VISIT_OUTCOME: dict[str, Any] = {  # what of these is called otherwise where people stand at a door
    "no_answer": _("无人应门"),
    "wrong_number": _("本人不在这个地址"),
    "third_person": _("只见到他人"),
}
PLACE: dict[str, Any] = {
    "home": _("住处"),
    "work": _("工作单位"),
    "public": _("公共场所"),
}
ASSURE: dict[str, Any] = {  # what those who go say that they will see to
    "recorded": _("带了录音设备，全程录音"),
    "id_shown": _("带了工作证件和授权文件，见面即出示"),
    "entry_agreed": _("未经同意不进门，被要求离开即离开"),
}
PROMISE: dict[str, Any] = {
    "open": _("等待还款"),
    "kept": _("已兑现"),
    "part_kept": _("部分兑现"),
    "broken": _("未兑现"),
    "withdrawn": _("已撤回"),
}
REVEALED: dict[str, Any] = {
    "name": _("姓名"),
    "id_number": _("证件号码"),
    "address": _("地址"),
    "point": _("联系方式"),
}
MESSAGE: dict[str, Any] = {
    "proposed": _("等待发送"),
    "in_doubt": _("不确定是否发出"),
    "claimed": _("发送中"),
    "sent": _("已发出"),
    "delivered": _("已送达"),
    "bounced": _("退回"),
    "failed": _("失败"),
    "refused": _("已拒绝"),
    "withdrawn": _("已撤回"),
}
AWAITS = _("等待放行")  # of a message that waits: someone entitled may let it pass
# Why a message failed or is in doubt: the reasons of the channels, and the sender's own.
NOT_SENT: dict[str, Any] = {
    Reason.ADDRESS: _("号码或地址无法使用"),
    Reason.CONTENT: _("标题或正文无法发送"),
    Reason.TOO_LONG: _("正文太长"),
    Reason.UNREACHABLE: _("连接不上通道"),
    Reason.NO_TLS: _("通道不支持加密"),
    Reason.LOGIN: _("通道不接受我们的账号"),
    Reason.BUSY: _("通道繁忙，暂不接收"),
    Reason.REFUSED: _("通道拒绝接收"),
    Reason.SILENT: _("通道没有按时回答"),
    Reason.CUT_OFF: _("与通道的连接中断"),
    Reason.UNCLEAR: _("通道的回答看不明白"),
    "fault": _("发送时程序出错"),
    "journal": _("恢复备份之前可能已发出"),
    "no_journal": _("发送日志写不进，没有交给通道"),
    "no_borrower": _("客户资料已删除，不再联系"),
    "the sender ended between claim and mark": _("发送程序中途停止"),
}
# What is wrong with a value that would be filled into a text.
VALUE_FAULT: dict[str, Any] = {
    ABSENT: _("没有内容"),
    LONG: _("太长"),
    MARKS: _("含有花括号、换行或看不见的字符"),
    LINK: _("含有网址"),
    SHAPE: _("格式不对"),
}
# The kinds of wording that may not be used.
WORDING: dict[str, Any] = {
    "impersonate": _("冒充国家机关或他人"),
    "threat": _("威胁、恐吓"),
    "insult": _("侮辱、谩骂"),
    "privacy": _("向第三人泄露债务或隐私"),
    "false_blacklist": _("虚构的黑名单或不良信用库"),
    "exaggerate": _("夸大后果、金额或性质"),
    "false_promise": _("虚假承诺"),
    "extra_fee": _("额外收费或个人收款"),
    "new_borrowing": _("诱导或逼迫借新还旧"),
}
CALL: dict[Outcome, tuple[str, Any]] = {  # which light, and in words
    Outcome.ALLOW: ("go", _("可以拨打")),
    Outcome.DEFER: ("wait", _("现在不可以拨打")),
    Outcome.REFUSE: ("stop", _("不可以拨打")),
    Outcome.REDIRECT: ("stop", _("不可以拨打，应联系他人")),
    Outcome.SOFT_BLOCK: ("wait", _("不宜再拨，须有权人员放行")),
    Outcome.ALLOW_WITH_DUTIES: ("go", _("可以拨打")),
}
UNSENT = ("failed", "in_doubt", "bounced")
TEXT: dict[str, Any] = {
    "reminder": _("还款提醒"),
    "card_letter": _("信用卡催收函"),
    "loan_letter": _("贷款催收函"),
}
LANGUAGE: dict[str, Any] = {"zh": _("中文"), "en": _("英文")}
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
    "attorney": _("代理人"),
}


def language() -> str:
    """The language of the page as the deciders name it: zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def why(reasons: str, treatment: str, currency: str) -> str:
    """Why the case stands where it does, as one sentence; empty where the run gave no reason."""
    if not reasons:
        return ""
    return sentence(reasons, treatment=treatment, lang=language(), currency=currency)


def message(row: MessageRow) -> dict[str, Any]:
    """A message with what its codes are called, and what the gate said of it in sentences."""
    said = explain(row.verdict, language(), zone=row.zone or "UTC") if row.verdict else ()
    advised = row.verdict if row.advised else None
    lifted_by = advised.lifted_by if advised else ()
    return {
        "row": row,
        "state": AWAITS if row.advised else MESSAGE[row.state],
        "lifted_by": lifted_by,
        "entitled": gettext("、").join(
            gettext(label) for code, label in ROLES if code in lifted_by
        ),
        "lifted": [because.rule_id for because in advised.because] if advised else [],
        "channel": CHANNEL.get(row.channel, row.channel),
        "role": POINT_ROLE.get(row.role, row.role),
        "name": TEXT.get(row.template, row.template),
        "said": said,
        "not_sent": _not_sent(row),
    }


def call(told: MayCall) -> dict[str, Any]:
    """Whether a telephone may be called now: a light, what it means, from when on, and every reason."""
    light, word = CALL[told.verdict.outcome]
    _first, *because = explain(told.verdict, language()) if told.verdict.because else ("",)
    return {
        "light": light,
        "word": word,
        "allowed": told.verdict.allowed,
        "lifted_by": told.verdict.lifted_by,
        "lifted": [b.rule_id for b in told.verdict.because] if told.verdict.lifted_by else [],
        "earliest": told.verdict.earliest_at,
        "zone": told.zone,
        "because": because,
        "asks": told.purpose == "restore_contact",
        "helps": told.purpose == HELP,
    }


def not_to_make(made: UnderWay) -> tuple[str, ...]:
    """Why a call or visit that was claimed may not be made now, as sentences."""
    because = []
    if not made.in_hand:
        because.append(gettext("案件已不在您手中。"))
    if not made.in_time:
        because.append(_too_late(made.channel))
    if made.verdict is None:
        because.append(gettext("客户资料已不在"))
    elif not made.verdict.allowed:
        first, *more = explain(made.verdict, language(), zone=made.zone or "UTC")
        because += [first, *more] if made.verdict.earliest_at else more
    return tuple(because)


def _too_late(channel: str) -> str:
    """That too much time went by since it was claimed."""
    minutes = int(WITHIN[channel].total_seconds()) // 60
    if channel == "visit":
        told = gettext("登记上门已超过 %(hours)s 小时，如仍要上门请按“没有去成”后重新登记。")
        return told % {"hours": minutes // 60}
    told = gettext("开始拨打已超过 %(minutes)s 分钟，如仍要拨打请重新开始。")
    return told % {"minutes": minutes}


def _not_sent(row: MessageRow) -> Any:
    """Why it did not go, where that is not said by the gate."""
    if row.state in UNSENT:
        return NOT_SENT.get(row.because, row.because)
    if row.state != "refused":
        return ""
    what, _colon, of = row.because.partition(":")
    if what == WORDING_FOUND:
        return gettext("正文含有禁止的措辞：%(kinds)s") % {"kinds": wording(of)}
    if what == DOUBT:
        return gettext("填入的内容带来需要人工判断的措辞：%(kinds)s") % {"kinds": wording(of)}
    if what == UNFIT:
        names = _joined([_unfit(one) for one in of.split(",")])
        return gettext("要填入的内容不合规定：%(words)s") % {"words": names}
    return NOT_SENT.get(row.because) or refused_because(row.because)


def _unfit(told: str) -> str:
    """Which value may not be filled in, and what is wrong with it where that was kept."""
    name, _equals, fault = told.partition("=")
    variable = VARIABLES.get(name)
    called = (variable.zh, variable.en)[language() == "en"] if variable else name
    why = gettext("%(value)s（%(fault)s）") % {"value": called, "fault": VALUE_FAULT.get(fault, "")}
    return why if fault in VALUE_FAULT else called


def wording(kinds: str) -> str:
    """What kinds of forbidden wording are called, joined; they are given joined by commas."""
    return _joined([str(WORDING.get(kind, kind)) for kind in kinds.split(",")])


def wordings(sure: str, review: str) -> str:
    """What kinds of wording were found in what somebody typed, those that a person must judge marked."""
    marked = gettext("%(kinds)s（待复核）") % {"kinds": wording(review)} if review else ""
    return _joined([one for one in (wording(sure) if sure else "", marked) if one])


def _joined(words: list[str]) -> str:
    return {"zh": "；", "en": "; "}[language()].join(words)


def reason(given: str) -> Any:
    """The reason that a person gave, or that it is not kept any more."""
    return gettext("（已删除）") if given == ERASED else given


def why_beside(reasons: str, currency: str) -> str:
    """Why, for a line that shows stage, days and amount already; empty where the run gave no reason."""
    if not reasons:
        return ""
    rule, particular = beside_figures(reasons, lang=language(), currency=currency)
    joined = {"zh": "：", "en": ": "}[language()]
    return f"{rule}{joined}{particular}" if particular else rule


def treatment(code: str) -> str:
    """What a treatment is called."""
    return TREATMENT_WORDS[code][language() == "en"] if code in TREATMENT_WORDS else code


def flags() -> list[tuple[str, str]]:
    """Every kind of hold with what it is called, in the order of the rules."""
    return [(code, FLAG_WORDS[code][language() == "en"]) for code in FLAGS]


def outcome(channel: str, code: str) -> Any:
    """What an outcome is called where people were contacted so."""
    called = {**OUTCOME, **VISIT_OUTCOME} if channel == "visit" else OUTCOME
    return called.get(code, code)


def outcomes(channel: str) -> list[tuple[int, str, Any]]:
    """Every outcome with its key and what it is called."""
    return [(n, code, outcome(channel, code)) for n, (code, _zh) in enumerate(OUTCOMES, start=1)]
