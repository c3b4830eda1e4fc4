"""What holds are called on a page: each kind, what it stops, for whom, from when until when."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from arrears.core.hold import CHANNELS, KINDS, PURPOSES, HoldKind
from arrears.web.ledger.actions.holds import REFUSED_BY
from arrears.web.ledger.models import Hold
from arrears.web.ledger.templatetags.shown import day, masked

CHANNEL: dict[str, Any] = {
    "call": _("电话"),
    "sms": _("短信"),
    "email": _("电子邮件"),
    "letter": _("信函"),
    "visit": _("上门"),
    "push": _("应用推送"),
}
PURPOSE: dict[str, Any] = {
    "remind": _("到期提醒"),
    "collect": _("催收"),
    "restore_contact": _("恢复联系"),
    "plan_service": _("还款计划服务"),
    "complaint_reply": _("投诉答复"),
    "legal_notice": _("法律要求的通知"),
}


def kind_word(kind: str) -> str:
    """What a kind of hold is called."""
    english = (get_language() or "").startswith("en")
    return KINDS[kind].words[english] if kind in KINDS else kind


def kind_words() -> dict[str, str]:
    """What every kind of hold is called."""
    return {kind: kind_word(kind) for kind in KINDS}


def kinds(*, compliance: bool) -> list[dict[str, Any]]:
    """The kinds that a person may place, in order, each with what it stops where nothing else is said.

    `compliance`: whether the person is of compliance.
    """
    placed = [k for k in KINDS.values() if k.placed and (compliance or not k.told_by_compliance)]
    return [{"code": k.kind, "name": kind_word(k.kind), "effect": _usual_effect(k)} for k in placed]


def shown(hold: Hold, roles: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """A hold as a page shows it on a day; `roles` says what the roles of persons are called."""
    kind = KINDS.get(hold.kind)
    return {
        "hold": hold,
        "kind": kind_word(hold.kind),
        "whole": hold.facts.whole,
        "ahead": hold.from_date is not None and hold.from_date > on,
        "effect": _effect(hold, kind, roles),
        "days": _days(hold),
        "about": _complaint(hold) if hold.kind == "complaint" else "",
        "compliance": kind is None or kind.by_compliance,
    }


def refused_because(because: str) -> str:
    """Why a message was refused before the gate was asked; empty where that is not why."""
    if not because.startswith(REFUSED_BY):
        return ""
    return gettext("不得联系，已有限制：%(kind)s") % {
        "kind": kind_word(because.removeprefix(REFUSED_BY))
    }


def _effect(hold: Hold, kind: HoldKind | None, roles: Mapping[str, Any]) -> str:
    """What the hold stops, as one sentence."""
    channels = [str(CHANNEL.get(code, code)) for code in hold.channels.split()]
    purposes = hold.purposes.split() or _stopped(kind)
    told = _stops(purposes, channels)
    if hold.role:
        told += gettext("，只限%(role)s") % {"role": roles.get(hold.role, hold.role)}
    if hold.value:
        value = {"value": masked(hold.value)}
        if kind is not None and kind.spares_point:
            told += gettext("，只可通过 %(value)s 联系代理人") % value
        elif kind is not None and kind.of_anyone:
            told += gettext("，%(value)s 不再用于任何客户") % value
        else:
            told += gettext("，只限 %(value)s") % value
    return told


def _complaint(hold: Hold) -> str:
    """Whom of our people a complaint is about, and when it was received, as far as that is known."""
    who = hold.about.name if hold.about else gettext("不清楚")
    told = gettext("投诉涉及：%(who)s") % {
        "who": gettext("不涉及本机构的人") if hold.about_nobody else who
    }
    if hold.received_date:
        told += gettext("，收到于 %(received)s") % {"received": day(hold.received_date)}
    return told


def _usual_effect(kind: HoldKind) -> str:
    told = _stops(_stopped(kind), [])
    if kind.usual_days:
        told += gettext("，通常 %(days)s 天") % {"days": kind.usual_days}
    if kind.needs_days:
        told += gettext("，须写明起止日期")
    if kind.needs_point:
        told += gettext("，须选择联系方式")
    if not kind.has_days:
        told += gettext("，没有起止日期")
    if not kind.narrows:
        told += gettext("，不能只限一部分联系")
    if kind.needs_scope:
        told += gettext("，须选择联系方式或渠道")
    return told


def _stops(purposes: list[str], channels: list[str]) -> str:
    """Which purposes and channels are stopped; said by what is let through where that is shorter."""
    joined = gettext("、")
    ways = joined.join(channels) or gettext("任何方式")
    spared = [code for code in PURPOSES if code not in purposes]
    if not spared:
        return gettext("不得联系（%(ways)s）") % {"ways": ways}
    if len(spared) < len(purposes):
        names = joined.join(str(PURPOSE[code]) for code in spared)
        return gettext("不得联系（%(ways)s），%(purposes)s除外") % {
            "ways": ways,
            "purposes": names,
        }
    names = joined.join(str(PURPOSE.get(code, code)) for code in purposes)
    return gettext("不得为%(purposes)s联系（%(ways)s）") % {"purposes": names, "ways": ways}


def _stopped(kind: HoldKind | None) -> list[str]:
    return [code for code in PURPOSES if kind is None or code not in kind.spares]


def _days(hold: Hold) -> str:
    """From when until when, days of the borrower's."""
    begun = day(hold.from_date) if hold.from_date else gettext("记录时起")
    if hold.until_date is None:
        return gettext("%(begun)s，直到解除") % {"begun": begun}
    return gettext("%(begun)s，至 %(until)s 前") % {
        "begun": begun,
        "until": day(hold.until_date),
    }


def choices() -> dict[str, Any]:
    """What a hold can be narrowed to, each with its name."""
    return {
        "hold_channels": [(code, CHANNEL[code]) for code in CHANNELS],
        "hold_purposes": [(code, PURPOSE[code]) for code in PURPOSES],
    }
