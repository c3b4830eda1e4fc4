"""What the events of the log are called, and what they tell."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arrears.web import words
from arrears.web.hold_words import kind_words
from arrears.web.ledger.models.person import ROLES
from arrears.web.ledger.templatetags.shown import money

EVENT: dict[str, Any] = {
    "see_case": _("打开案件页"),
    "reveal_value": _("查看个人信息"),
    "take_case": _("领取案件"),
    "take_to_help": _("领取暂停的案件，只商量帮助"),
    "release_case": _("放回队列"),
    "reassign_case": _("改派案件"),
    "record_outcome": _("记录联系结果"),
    "record_unclaimed": _("记录未经规则判断的联系"),
    "record_promise": _("记录还款承诺"),
    "withdraw_promise": _("撤回还款承诺"),
    "settle_promise": _("承诺有结果"),
    "claim_call": _("开始拨打"),
    "refuse_call": _("规则不准拨打"),
    "drop_call": _("没有拨打"),
    "claim_visit": _("登记上门"),
    "refuse_visit": _("规则不准上门"),
    "drop_visit": _("没有去成"),
    "override_block": _("放行一条限制"),
    "place_hold": _("暂停催收"),
    "end_hold": _("解除暂停"),
    "receive_payment": _("收到还款，尚未入账"),
    "dismiss_payment": _("还款不算数"),
    "admit_client": _("发给系统令牌"),
    "revoke_client": _("收回系统令牌"),
    "write_note": _("写备注"),
    "find_wording": _("记录中发现禁止或待复核的措辞"),
    "propose_reminders": _("生成提醒消息"),
    "gate_allow": _("规则允许发送"),
    "gate_allow_with_duties": _("规则允许发送，并有须做到的事"),
    "gate_soft_block": _("规则认为不宜发送"),
    "gate_redirect": _("规则要求改为联系他人"),
    "gate_defer": _("规则要求延后"),
    "gate_refuse": _("规则拒绝发送"),
    "message_sent": _("消息已发出"),
    "message_delivered": _("消息已送达"),
    "message_bounced": _("消息退回"),
    "message_failed": _("消息发送失败"),
    "message_in_doubt": _("不确定消息是否发出"),
    "contact_unknown": _("发送日志中有账本不知道的联系"),
    "reconcile_journal": _("核对账本与发送日志"),
    "resume_contact": _("另一人确认，恢复联系客户"),
    "settle_unknown": _("核实只有发送日志知道的联系"),
    "report_unknown": _("收到不属于任何消息的回执或回复"),
    "report_unexpected": _("回执与消息的状态不符"),
    "take_reply": _("收到客户回复"),
    "spoil_point": _("地址无人收信，不再使用"),
    "withdraw_message": _("撤回消息"),
    "write_template": _("写模板"),
    "approve_template": _("批准模板"),
    "end_template": _("停用模板"),
    "publish_run": _("发布当天结果"),
    "mark_cases": _("标出不得联系的案件"),
    "found_team": _("建立团队"),
    "admit_person": _("登记人员"),
    "move_person": _("调整人员"),
    "dismiss_person": _("停用人员"),
    "readmit_person": _("恢复人员"),
    "certify_person": _("登记催收资格"),
    "set_password": _("设置新密码"),
    "change_password": _("修改自己的密码"),
    "export_table": _("导出数据"),
    "use_settings": _("启用规则和机构声明"),
    "anchors_fail": _("日志的锚定写不进去"),
    "anchors_mended": _("日志的锚定恢复正常"),
}
# What the parts of an event's detail are called, in the order in which a page tells them.
DETAIL: dict[str, Any] = {
    "what": _("内容"),
    "reason": _("原因"),
    "channel": _("渠道"),
    "report": _("回执编号"),
    "outcome": _("结果"),
    "kind": _("类型"),
    "amount_minor": _("金额"),
    "paid_minor": _("已还金额"),
    "due_date": _("还款日"),
    "state": _("结果"),
    "because": _("原因"),
    "to": _("交给"),
    "of": _("原在其手中"),
    "username": _("登录名"),
    "role": _("角色"),
    "team": _("团队"),
    "branch": _("机构"),
    "before": _("调整前"),
    "after": _("调整后"),
    "name": _("用途"),
    "exam_date": _("考试日期"),
    "background_clear": _("背景核查"),
    "secrecy_signed": _("保密承诺"),
    "rule": _("规则"),
    "verdict": _("判断编号"),
    "cases": _("案件"),
    "opened": _("新增案件"),
    "cured": _("已还清逾期"),
    "proposed": _("新消息"),
    "withdrawn": _("撤回的旧消息"),
    "refused": _("拒绝的消息"),
    "wording": _("措辞类型"),
    "review": _("待复核的措辞类型"),
    "doubts": _("经确认的措辞"),
    "contact": _("联系记录编号"),
    "run": _("运行编号"),
    "template": _("模板编号"),
    "point": _("联系方式编号"),
    "companions": _("同行人员"),
    "promise": _("承诺编号"),
    "hold": _("暂停编号"),
    "payment": _("还款流水号"),
    "reopened": _("恢复待处理的案件"),
    "booked": _("已入账的还款"),
    "marked": _("规则已排除的案件"),
    "client": _("系统"),
    "about": _("投诉涉及"),
    "rights": _("可以告知"),
    "note": _("备注编号"),
    "message": _("消息编号"),
    "rules": _("规则版本"),
    "stated": _("机构声明"),
    "table": _("表"),
    "day": _("日期"),
    "personal": _("含个人信息"),
    "places": _("位置数"),
    "doubted": _("不确定是否发出的消息"),
    "unknown": _("账本不知道的联系"),
    "anew": _("发送日志重新开始"),
}


def event_detail(detail: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The parts of an event's detail that say something, each with what it is called."""
    told = sorted(
        detail.items(), key=lambda one: list(DETAIL).index(one[0]) if one[0] in DETAIL else 99
    )
    return [(DETAIL.get(part, part), _of_event(part, v)) for part, v in told if v not in ("", None)]


def _of_event(part: str, value: Any) -> Any:
    """A part of an event's detail as a page shows it."""
    if part in ("before", "after"):
        place = {**value, "role": _of_event("role", value.get("role", ""))}
        return " · ".join(str(v) for v in place.values() if v) or "—"
    if part in ("amount_minor", "paid_minor"):
        return money(value)
    spoken: dict[str, Any] = {
        "wording": words.wording,
        "review": words.wording,
        "reason": words.reason,
        "stated": _listed,
        "companions": _listed,
    }
    if part in spoken:
        return spoken[part](value)
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    codes: dict[str, Any] = {
        "what": words.REVEALED,
        "channel": words.CHANNEL,
        "outcome": words.OUTCOME,
        "kind": kind_words(),
        "state": words.PROMISE,
        "because": words.NOT_SENT,
        "role": {code: gettext(label) for code, label in ROLES},
        "name": words.TEXT,
    }
    return codes.get(part, {}).get(value, value)


def _listed(named: list[str]) -> str:
    return gettext("、").join(named) or "—"
