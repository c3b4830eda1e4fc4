"""Reminders: what the day's run wants said, written into the outbox for every case at once.

By text message or mail where the run says so; where it says `letter`, on paper.
"""

from collections import Counter
from collections.abc import Container, Iterator
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2s
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from arrears.core.capitals import in_capitals
from arrears.core.contact import REACHED_BY
from arrears.core.money import spoken
from arrears.rules.speech.hits import found_in
from arrears.rules.speech.lexicon import PLAIN
from arrears.rules.speech.template import VARIABLES, Variable, faults, filled, sample, untold
from arrears.rules.speech.told import Told
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.actions.outbox import UNDO
from arrears.web.ledger.actions.templates import LONGEST_SUBJECT
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    Message,
    Pointer,
    PublishedRun,
    Template,
    Unaccounted,
)
from arrears.web.ledger.queries.letters import IN_VAIN, LETTER, OVERTAKEN, written_to
from arrears.web.ledger.queries.marks import standing
from arrears.web.ledger.wake import wake_at

REMINDERS = ("remind", "message")  # treatments of the day's run that are a message
REMINDER, OF_CARD, OF_LOAN = "reminder", "card_letter", "loan_letter"  # uses of texts
# By which channels a text of that use goes: a text message before a notice in the app, that before mail.
BY = {REMINDER: ("sms", "push", "email"), OF_CARD: (LETTER,), OF_LOAN: (LETTER,)}
KINDS = {channel: REACHED_BY[channel][0] for use in BY.values() for channel in use}
KEYS = r"^r[0-9]{8}-"  # how the keys of all reminders begin
TAG_BYTES = 4  # of the sign in a key by which the runs of one day are told apart
UNFIT, WORDING, DOUBT = "unfit", "wording", "doubt"  # why one is refused before the gate is asked

Texts = dict[tuple[str, str, str], Template]  # by use, channel and language the one in use
Ways = dict[str, dict[str, ContactPoint]]  # borrower, channel → the point that it reaches


@action
def propose_reminders(
    *, institution: str, currency: str, at: datetime, told: Told | None = None
) -> int:
    """Every open case whom the run wants reminded has a message waiting; how many are new.

    `told`: what the institution tells for its letters; None: no letter is proposed. A letter whose text has a
    word that is not told in its language is not proposed either, nor is a second one within LETTERS_APART.

    Proposed once for a run and a case: asked again nothing is added and nothing logged. Nothing is proposed
    by a channel that a rule on stored facts was against when the run came before people. A message
    whose words may not be filled in, or would be forbidden once they are, is refused at once. What still
    waits from an earlier run, also of the same day, is withdrawn, as its amounts are old. Two that
    propose at once wait for each other at the pointer's row; so does publishing, so the run stays the
    one before people.
    """
    pointer = Pointer.objects.select_for_update().select_related("run").first()
    if pointer is None:
        return 0
    run = pointer.run
    fixed = {"institution": institution, "as_of": run.as_of.isoformat()}
    waiting = Message.objects.filter(state="proposed", key__regex=KEYS)
    overtaken = waiting.exclude(key__startswith=_prefix(run))
    withdrawn = overtaken.update(state="withdrawn", ended_at=at, because=OVERTAKEN)
    made = list(_reminders(run, fixed, currency, at, told))
    Message.objects.bulk_create(made)
    waiting_now = [message for message in made if message.state == "proposed"]
    if made or withdrawn:
        log(
            "propose_reminders",
            by=None,
            at=at,
            run=run.pk,
            proposed=len(waiting_now),
            withdrawn=withdrawn,
            refused=len(made) - len(waiting_now) or None,
        )
    if waiting_now:
        wake_at(at + UNDO)
    return len(waiting_now)


def _reminders(
    run: PublishedRun, fixed: dict[str, str], currency: str, at: datetime, told: Told | None
) -> Iterator[Message]:
    """A message for each case that wants one, has none yet, and can be reached; in order of the cases.

    Everything is read in a handful of queries, however many cases there are.
    """
    texts = _texts(told)
    wanted = _wanted(run, at, {use for use, _channel, _language in texts})
    cases = list(wanted.order_by("pk")) if texts else []
    if not cases:
        return
    theirs = wanted.values("borrower_id")
    days = {day.borrower_id: day for day in CaseDay.objects.filter(run=run, borrower_id__in=theirs)}
    known = Borrower.objects.filter(pk__in=theirs).values_list("borrower_id", "language", "name")
    people = {who: (language, name) for who, language, name in known}
    ways = _ways(theirs, run.as_of)
    barred = _barred(run, at)
    for case in cases:
        spoken_there, name = people.get(case.borrower_id, ("", ""))
        language = "en" if spoken_there.startswith("en") else "zh"
        points = ways.get(case.borrower_id, {})
        open_to = {c: p for c, p in points.items() if c not in barred.get(case.borrower_id, ())}
        day = days[case.borrower_id]
        way = _way(open_to, texts, _use(day, run), language)
        if way is None:
            continue
        point, template = way
        words = {**fixed, **_of_case(day, name, currency, language)}
        words |= (told or {}).get(language, {})
        subject, text = filled(template.subject, words), filled(template.text, words)
        because = _against(template, words)
        yield Message(
            key=f"{_prefix(run)}{case.pk}",
            case=case,
            borrower_id=case.borrower_id,
            point=point,
            channel=template.channel,
            purpose="collect",
            template=template,
            language=template.language,
            subject=subject[:LONGEST_SUBJECT],
            text=text,
            state="refused" if because else "proposed",
            proposed_at=at,
            not_before=at + UNDO,
            ended_at=at if because else None,
            because=because[:200],
        )


def _use(day: CaseDay, run: PublishedRun) -> str:
    """The use of the text by which a case is written to: a card's letter where its worst loan is a card."""
    if day.treatment != LETTER:
        return REMINDER
    return OF_CARD if day.product in run.cards else OF_LOAN


def _of_case(day: CaseDay, name: str, currency: str, language: str) -> dict[str, str]:
    """The words that are the case's own; what is not known of it is empty, and no text goes with a hole.

    The balance of a card is known of a borrower who has no other loan.
    """
    return {
        "amount": spoken(day.overdue_minor, currency, language),
        "amount_in_capitals": in_capitals(day.overdue_minor) if currency == "CNY" else "",
        "days": str(day.dpd),
        "holder": name,
        "balance": spoken(day.outstanding_minor, currency, language) if day.loans == 1 else "",
    }


def _against(template: Template, words: dict[str, str]) -> str:
    """Why a message with these words filled in may not be sent: what is wrong, of what; else nothing.

    Doubtful wording that the approver has seen goes; what only a value brings, nobody has seen. A value that
    has a shape brings none: in its place a made-up one is read, so that few texts differ.
    """
    whole = f"{template.subject}\n{template.text}"
    wrong = faults(whole, words)
    if wrong:
        return f"{UNFIT}:{','.join(f'{name}={fault}' for name, fault in wrong)}"
    made_up = sample("en" if template.language == "en" else "zh")
    given = {name: word for name, word in words.items() if VARIABLES[name].is_free}
    found = _wording(filled(whole, {**made_up, **given}))
    kinds = dict.fromkeys(kind for kind, certainty in found if certainty == PLAIN)
    if kinds:
        return f"{WORDING}:{','.join(kinds)}"
    before = _wording(filled(whole, made_up))
    brought = dict.fromkeys(kind for kind, _certainty in (Counter(found) - Counter(before)))
    return f"{DOUBT}:{','.join(brought)}" if brought else ""


@lru_cache(maxsize=1_024)
def _wording(text: str) -> tuple[tuple[str, str], ...]:
    """The kind and certainty of each wording found. A text with the same words is asked about once."""
    return tuple((hit.kind, hit.certainty) for hit in found_in(text))


def _wanted(run: PublishedRun, at: datetime, uses: Container[str]) -> QuerySet[Case]:
    """The open cases whom the run wants reminded and who have not been reminded for it.

    Nor for another run of the same day: whom a reminder of that day has reached, or may have, and whom
    a person did not want reminded, are left alone, and so is whom only the send journal
    knows to be reminded. What was only overtaken, refused or failed is not in the way.
    """
    theirs = Message.objects.filter(case=OuterRef("pk"))
    of_run = theirs.filter(key__startswith=_prefix(run))
    of_day = theirs.filter(key__startswith=_day(run)).exclude(IN_VAIN)
    on_paper = (LETTER,) if OF_CARD in uses or OF_LOAN in uses else ()
    days = CaseDay.objects.filter(run=run, treatment__in=(*REMINDERS, *on_paper))
    reminded = days.exclude(written_to(at), treatment=LETTER).values("borrower_id")
    found: QuerySet[Case] = Case.objects.filter(state="open", borrower_id__in=reminded)
    of_journal = Unaccounted.objects.filter(
        borrower_id=OuterRef("borrower_id"), key__startswith=_day(run)
    )
    return found.exclude(Exists(of_run) | Exists(of_day) | Exists(of_journal))


def _barred(run: PublishedRun, at: datetime) -> dict[str, tuple[str, ...]]:
    """By borrower the channels that a rule on stored facts was against when the run came before people."""
    marks = standing(run, localdate(at)).values_list("borrower_id", *KINDS)
    return {
        who: tuple(channel for channel, rules in zip(KINDS, told, strict=True) if rules)
        for who, *told in marks
    }


def _day(run: PublishedRun) -> str:
    """How the keys of the reminders of all runs of a day begin."""
    return f"r{run.as_of:%Y%m%d}-"


def _prefix(run: PublishedRun) -> str:
    """How the keys of a run's reminders begin: short enough, the case's number included, for a key."""
    return f"{_day(run)}{blake2s(run.pk.encode(), digest_size=TAG_BYTES).hexdigest()}-"


def _ways(borrowers: QuerySet[Any], as_of: date) -> Ways:
    """By borrower and channel the newest of the points that may be used by a day.

    They are the debtor's own; of a company, also those of whoever stands for it by law.
    """
    companies = Borrower.objects.filter(kind="company").values("pk")
    points = ContactPoint.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=as_of),
        Q(role="debtor") | Q(role="legal_representative", borrower_id__in=companies),
        borrower_id__in=borrowers,
        kind__in=KINDS.values(),
        wrong_since=None,
        gone_since=None,
    )
    channels = {kind: channel for channel, kind in KINDS.items()}
    ways: Ways = {}
    for point in points.order_by("role", F("valid_from").desc(nulls_last=True), "pk"):
        ways.setdefault(point.borrower_id, {}).setdefault(channels[point.kind], point)
    return ways


def _texts(told: Told | None) -> Texts:
    """The texts of reminders and letters that were approved last, of letters those with nothing untold."""
    approved = Template.objects.filter(
        name__in=BY, approved_at__isnull=False, ended_at__isnull=True
    )
    texts = {(t.name, t.channel, t.language): t for t in approved.order_by("approved_at", "pk")}
    return {
        key: text
        for key, text in texts.items()
        if text.name == REMINDER or (told is not None and not untold_in(text, told))
    }


def untold_in(text: Any, told: Told) -> tuple[Variable, ...]:
    """The words of a text, a row with its language, that the institution has to tell and does not."""
    return untold(f"{text.subject}\n{text.text}", told.get(text.language, {}))


def _way(
    points: dict[str, ContactPoint], texts: Texts, use: str, language: str
) -> tuple[ContactPoint, Template] | None:
    """The point and the text by which a borrower is reached."""
    for channel in BY[use]:
        point, text = points.get(channel), texts.get((use, channel, language))
        if point and text:
            return point, text
    return None
