"""Today's figures of a branch, or of all: numbers with what they mean, one chart with its table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from arrears.web.ledger.queries.floor import Floor, floor
from arrears.web.ledger.templatetags.shown import money
from arrears.web.needs import frame, needs, signed_in


@needs("see_floor")
def team(request: HttpRequest) -> HttpResponse:
    """Today's figures that this person may see."""
    told = floor(signed_in(request))
    shown = {"floor": told, "figures": _figures(told), **frame(request, "team")}
    return render(request, "floor/team.html", shown)


def _figures(told: Floor) -> list[dict[str, str]]:
    """The five numbers that say whether today is as it should be, each with how it is counted."""
    return [
        {
            "name": _("案件"),
            "number": f"{told.cases:,}",
            "meaning": _("今天仍有逾期、尚未结束的客户数；一个客户算一件。"),
        },
        {
            "name": _("逾期金额"),
            "number": money(told.overdue_minor),
            "meaning": _("今天的结果中，这些客户到期未还的本金、利息和费用之和。"),
        },
        {
            "name": _("待处理 / 处理中"),
            "number": f"{told.open:,} / {told.taken:,}",
            "meaning": _("在队列中等待的案件，和已在某人手中的案件。"),
        },
        {
            "name": _("已暂停"),
            "number": f"{told.held:,}",
            "meaning": _("因投诉、异议等原因暂停催收的案件。"),
        },
        {
            "name": _("承诺：等待 / 兑现 / 未兑现"),
            "number": f"{told.promises_open} / {told.promises_kept} / {told.promises_broken}",
            "meaning": _("截至今天的还款承诺；只兑现一部分的算作未兑现。"),
        },
    ]
