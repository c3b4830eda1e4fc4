"""Why a case is marked as one that nobody may call, in a few words: what the queue has room for."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from arrears.rules.pack import load_pack, packs

# By the code of a rule's reason; of a code that is not here the queue says only that a rule is against it.
WHY: dict[str, Any] = {
    "role": _("没有借款人本人的号码"),
    "third_person": _("没有借款人本人的号码"),
    "person_refused": _("对方已要求不再联系"),
    "point_source": _("号码来源不明或不合法"),
    "point_invalid": _("没有可用的号码"),
    "no_contact": _("不得以任何方式联系"),
    "hold": _("有暂停或限制"),
    "plan_active": _("还款计划有效"),
    "represented": _("已委托代理人"),
    "case_state": _("案件状态不允许"),
    "nothing_overdue": _("没有逾期金额"),
}
OTHER = _("规则不允许")


def why_marked(rules: Iterable[str]) -> list[str]:
    """What stands against it, each thing once, in the order of the rules."""
    codes = (_codes().get(rule_id, "") for rule_id in rules)
    return list(dict.fromkeys(str(WHY.get(code, OTHER)) for code in codes))


@cache
def _codes() -> dict[str, str]:
    """The code of each shipped rule's reason; an institution's own figures have the rules of the law."""
    return {rule.rule_id: rule.code for name in packs() for rule in load_pack(name).rules}
