"""Whether contact is lawful today at a glance: what was asked, what was refused by which rule, what waits."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from arrears.batch.mark import REACHES
from arrears.web import words
from arrears.web.ledger.models import Person
from arrears.web.ledger.queries.marks import marked
from arrears.web.ledger.queries.stops import in_force
from arrears.web.ledger.queries.verdicts import Counted, counted
from arrears.web.ledger.queries.watched import UNCLAIMED, Watched, watched
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import rulebook, terms
from arrears.web.watch.caps import most_near
from arrears.web.watch.refusals import rules_counted
from arrears.web.watch.span import Days, last_days

TOP = 5
ALWAYS = ("allow", "refuse", "defer")  # outcomes that are told even where there is none


@needs("see_watch")
def watch(request: HttpRequest) -> HttpResponse:
    """The figures of the last thirty days and of this moment, each leading to what it counts."""
    person, days = signed_in(request), last_days()
    told = counted(person, days.span)
    begin, end = days.moments
    shown = {
        "days": days,
        "asked": _asked(told, days),
        "rules": rules_counted(told, days)[:TOP],
        "marked": _marked(person, days),
        "waiting": _waiting(person, watched(person, begin=begin, end=end)),
        **frame(request, "watch"),
    }
    return render(request, "watch/front.html", shown)


def _asked(told: Counted, days: Days) -> list[dict[str, str]]:
    """How many contacts the gate was asked about, and how many had each outcome."""
    here = f"{reverse('verdicts')}?from={days.first}&to={days.last}"
    everything = {
        "name": _("问过规则的联系"),
        "number": f"{told.asked:,}",
        "meaning": _("发送每条消息之前都要问一次规则；要求等待的，到时再问一次，各算一次。"),
        "url": here,
    }
    codes = [code for code in terms.OUTCOME if code in ALWAYS or told.outcomes.get(code)]
    return [
        everything,
        *(
            {
                "name": str(terms.OUTCOME[code]),
                "number": f"{told.outcomes.get(code, 0):,}",
                "url": f"{here}&outcome={code}",
            }
            for code in codes
        ),
    ]


def _marked(person: Person, days: Days) -> dict[str, Any]:
    """The rules that were against contacts of the day when its result was published, with their numbers."""
    said = rulebook.rows_by_rule(words.language(), on=days.last)
    return {
        "channels": [words.CHANNEL[channel] for channel in REACHES],
        "rules": [
            {
                "rule_id": one.rule_id,
                "row": said.get(one.rule_id),
                "counts": [f"{one.cases[channel]:,}" for channel in REACHES],
            }
            for one in marked(person, timezone.localdate())
        ],
    }


def _waiting(person: Person, told: Watched) -> list[dict[str, str]]:
    """What somebody has to look at, each with its number and its page."""
    return [
        {
            "name": _("不确定是否发出的消息"),
            "number": f"{told.doubts:,}",
            "url": f"{reverse('outbox')}?state=in_doubt",
        },
        {
            "name": _("等待批准的模板"),
            "number": f"{told.drafts:,}",
            "url": reverse("templates"),
        },
        {
            "name": _("现有暂停"),
            "number": f"{in_force(person, on=timezone.localdate()).count():,}",
            "url": reverse("stops"),
        },
        {
            "name": _("当天次数将满或已满"),
            "number": f"{most_near(person, at=timezone.now()):,}",
            "url": reverse("caps"),
        },
        {
            "name": _("放行的限制"),
            "number": f"{told.overrides:,}",
            "url": reverse("overrides"),
        },
        {
            "name": _("未经规则判断的电话和上门"),
            "number": f"{told.unclaimed:,}",
            "url": f"{reverse('log')}?verb={UNCLAIMED}",
        },
        {
            "name": _("记录中禁止或待复核的措辞"),
            "number": f"{told.wordings:,}",
            "url": reverse("wordings"),
        },
    ]
