"""A case is in one person's hands at a time, seen by those it concerns, and every step is in the log."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from arrears.web.ledger.actions.act import NoCase, NotNow
from arrears.web.ledger.actions.cases import (
    NOT_FOR_PEOPLE,
    CaseTaken,
    NoReason,
    reassign_cases,
    release_case,
    reveal_value,
    take_case,
    take_next_case,
)
from arrears.web.ledger.actions.holds import HoldUnsound, end_hold, place_hold
from arrears.web.ledger.actions.records import (
    NothingWritten,
    OutcomeUnknown,
    PromiseUnsound,
    record_outcome,
    record_promise,
    withdraw_promise,
    write_note,
)
from arrears.web.ledger.models import Borrower, Case, CaseDay, Contact, ContactPoint, Event, Promise
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.models.guard import WrittenElsewhere, writing
from arrears.web.ledger.policy import RIGHTS, NotAllowed, sees
from arrears.web.ledger.queries import cases
from arrears.web.ledger.queries.cases import case_page, queue, search
from arrears.web.ledger.queries.floor import floor
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db


def verbs(case):
    return list(Event.objects.filter(case_id=case.pk).order_by("pk").values_list("verb", flat=True))


def promised(case, person, **changed):
    meant = {"amount_minor": 50_000, "due_date": DAY + timedelta(days=3), "made_date": DAY}
    return record_promise(case_id=case.pk, by=person, at=AT, **{**meant, **changed})


def test_a_case_is_taken_once_and_given_back(case, people):
    owner, teammate = people["phone_collector"], people["teammate"]
    take_case(case_id=case.pk, by=owner, at=AT)
    take_case(case_id=case.pk, by=owner, at=AT)  # pressed twice
    with pytest.raises(CaseTaken):
        take_case(case_id=case.pk, by=teammate, at=AT)
    release_case(case_id=case.pk, by=owner, at=AT)
    take_case(case_id=case.pk, by=teammate, at=AT)
    assert verbs(case) == ["take_case", "release_case", "take_case"]


def test_the_queue_is_the_runs_order_without_what_a_teammate_has(case, people):
    owner, teammate = people["phone_collector"], people["teammate"]
    first = queue(owner).lines[0]
    assert [line.rank for line in queue(owner).lines] == sorted(r.rank for r in queue(owner).lines)
    take_case(case_id=first.case_id, by=owner, at=AT)
    assert queue(owner, mine=True).lines[0].case_id == first.case_id
    assert first.case_id not in {line.case_id for line in queue(teammate).lines}
    assert queue(teammate).total == queue(owner).total - 1


def test_nobody_works_on_a_case_that_is_not_in_their_hands(case, people):
    owner, teammate = people["phone_collector"], people["teammate"]
    with pytest.raises(NotNow):
        promised(case, owner)
    take_case(case_id=case.pk, by=owner, at=AT)
    with pytest.raises(NoCase):  # to a teammate a case in other hands is not there
        promised(case, teammate)
    assert Promise.objects.count() == 0


def test_an_outcome_is_kept_and_a_wrong_number_is_never_used_again(case, people):
    owner = people["phone_collector"]
    point = ContactPoint.objects.filter(borrower_id=case.borrower_id).first()
    take_case(case_id=case.pk, by=owner, at=AT)
    record_outcome(
        case_id=case.pk,
        channel="call",
        outcome="wrong_number",
        point_id=point.pk,
        contact_date=DAY,
        by=owner,
        at=AT,
    )
    point.refresh_from_db()
    assert (point.wrong_since, Contact.objects.get().outcome) == (AT, "wrong_number")
    with pytest.raises(OutcomeUnknown):
        record_outcome(
            case_id=case.pk, channel="drum", outcome="paid", contact_date=DAY, by=owner, at=AT
        )


def test_a_wrong_number_is_marked_and_nothing_else_about_it_is_written_back(case, people):
    owner = people["phone_collector"]
    point = ContactPoint.objects.filter(borrower_id=case.borrower_id).first()
    take_case(case_id=case.pk, by=owner, at=AT)
    with CaptureQueriesContext(connection) as seen:
        record_outcome(
            case_id=case.pk,
            channel="call",
            outcome="wrong_number",
            point_id=point.pk,
            contact_date=DAY,
            by=owner,
            at=AT,
        )
    (change,) = (q["sql"] for q in seen if q["sql"].startswith('UPDATE "ledger_contactpoint"'))
    assert "wrong_since" in change
    assert '"value" =' not in change.partition(" WHERE ")[0]


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_minor": 0},
        {"amount_minor": -1},
        {"due_date": DAY - timedelta(days=1)},
        {"due_date": DAY + timedelta(days=61)},
    ],
    ids=["nothing", "less than nothing", "yesterday", "too far away"],
)
def test_a_promise_that_cannot_be_meant_is_refused(case, people, changed):
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    with pytest.raises(PromiseUnsound):
        promised(case, people["phone_collector"], **changed)
    assert Promise.objects.count() == 0


def test_a_promise_can_be_withdrawn_while_it_is_open(case, people):
    owner = people["phone_collector"]
    take_case(case_id=case.pk, by=owner, at=AT)
    word = promised(case, owner)
    withdraw_promise(promise_id=word.pk, case_id=case.pk, by=owner, at=AT)
    with pytest.raises(NotNow):
        withdraw_promise(promise_id=word.pk, case_id=case.pk, by=owner, at=AT)
    assert verbs(case)[-1] == "withdraw_promise"


def test_a_hold_takes_the_case_out_of_the_queue_until_the_last_one_ends(case, people):
    owner, lead = people["phone_collector"], people["supervisor"]
    take_case(case_id=case.pk, by=owner, at=AT)
    with pytest.raises(HoldUnsound):
        place_hold(case_id=case.pk, kind="dispute", evidence=" ", by=owner, at=AT)
    first = place_hold(case_id=case.pk, kind="dispute", evidence="来电说金额不对", by=owner, at=AT)
    second = place_hold(case_id=case.pk, kind="hardship", evidence="失业", by=owner, at=AT)
    assert case.pk not in {line.case_id for line in queue(owner).lines}
    with pytest.raises(NotAllowed):
        end_hold(hold_id=first.pk, case_id=case.pk, reason="已核对", by=owner, at=AT)
    end_hold(hold_id=first.pk, case_id=case.pk, reason="已核对", by=lead, at=AT)
    case.refresh_from_db()
    assert case.state == "held"
    end_hold(hold_id=second.pk, case_id=case.pk, reason="已复工", by=lead, at=AT)
    case.refresh_from_db()
    assert case.state == "open"


def test_a_value_is_revealed_for_a_reason_and_the_log_knows(case, people):
    owner = people["phone_collector"]
    Borrower.objects.get(pk=case.borrower_id)
    with pytest.raises(NoReason):
        reveal_value(case_id=case.pk, what="name", reason=" ", by=owner, at=AT)
    with pytest.raises(NoReason):
        reveal_value(case_id=case.pk, what="zone", reason="看看", by=owner, at=AT)
    told = reveal_value(case_id=case.pk, what="name", reason="核对身份", by=owner, at=AT)
    assert told == Borrower.objects.get(pk=case.borrower_id).name
    event = Event.objects.get(verb="reveal_value")
    assert event.detail == {"what": "name", "point": ""}
    assert [(kept.name, kept.value) for kept in event.kept.all()] == [("reason", "核对身份")]


def test_nothing_is_logged_as_revealed_that_is_not_there(case, people):
    owner = people["phone_collector"]
    foreign = ContactPoint.objects.exclude(borrower_id=case.borrower_id).first().pk
    for point in ("", "no such point", foreign):
        with pytest.raises(NoReason):
            reveal_value(
                case_id=case.pk, what="point", point_id=point, reason="看看", by=owner, at=AT
            )
    assert Event.objects.filter(verb="reveal_value").count() == 0
    reveal_value(
        case_id=case.pk, what="name", point_id="written freely", reason="核对", by=owner, at=AT
    )
    assert Event.objects.get(verb="reveal_value").detail["point"] == ""


def test_a_supervisor_passes_cases_on_but_never_outside_a_persons_reach(case, people, stranger):
    lead, teammate = people["supervisor"], people["teammate"]
    assert reassign_cases(case_ids=[case.pk], to=teammate, by=lead, at=AT) == 1
    assert reassign_cases(case_ids=[case.pk], to=stranger, by=lead, at=AT) == 0
    case.refresh_from_db()
    assert case.taken_by == teammate
    with pytest.raises(NotAllowed):
        reassign_cases(case_ids=[case.pk], to=teammate, by=teammate, at=AT)


def test_a_stranger_finds_nothing_and_can_do_nothing(case, people, stranger):
    assert queue(stranger).total == 0
    assert search(stranger, case.borrower_id).total == 0
    assert case_page(stranger, case.pk) is None
    for act in (
        lambda: take_case(case_id=case.pk, by=stranger, at=AT),
        lambda: write_note(case_id=case.pk, text="x", by=stranger, at=AT),
        lambda: reveal_value(case_id=case.pk, what="name", reason="x", by=stranger, at=AT),
        lambda: place_hold(case_id=case.pk, kind="dispute", evidence="x", by=stranger, at=AT),
    ):
        with pytest.raises(NoCase):
            act()
    assert verbs(case) == []


@pytest.mark.parametrize("role", ["analyst", "manager", "administrator"])
def test_whoever_leads_or_counts_sees_no_case(case, people, role):
    assert case_page(people[role], case.pk) is None
    assert queue(people[role]).total == 0
    with pytest.raises(NotAllowed):
        take_case(case_id=case.pk, by=people[role], at=AT)


def test_an_auditor_sees_every_case_and_changes_none(case, people):
    assert case_page(people["auditor"], case.pk).case == case
    for act in (take_case, release_case):
        with pytest.raises(NotAllowed):
            act(case_id=case.pk, by=people["auditor"], at=AT)
    with pytest.raises(NotAllowed):
        reveal_value(case_id=case.pk, what="name", reason="x", by=people["auditor"], at=AT)


def test_the_timeline_tells_what_happened_newest_first(case, people):
    owner = people["phone_collector"]
    take_case(case_id=case.pk, by=owner, at=AT)
    record_outcome(
        case_id=case.pk,
        channel="call",
        outcome="promised",
        contact_date=DAY,
        by=owner,
        at=AT + timedelta(minutes=1),
    )
    record_promise(
        case_id=case.pk,
        amount_minor=1,
        due_date=DAY,
        made_date=DAY,
        by=owner,
        at=AT + timedelta(minutes=2),
    )
    with pytest.raises(NothingWritten):
        write_note(case_id=case.pk, text="  ", by=owner, at=AT)
    write_note(case_id=case.pk, text="下午再打", by=owner, at=AT + timedelta(minutes=3))
    told = [h.kind for h in case_page(owner, case.pk).timeline]
    assert told == ["note", "promise", "contact", "event"]


def test_the_floor_counts_what_the_run_says(published, people):
    told = floor(people["manager"])
    assert told.cases == bank_cases(published)
    assert sum(b.cases for b in told.buckets) == told.cases
    assert sum(b.overdue_minor for b in told.buckets) == told.overdue_minor > 0
    assert (told.open, told.taken, told.hands) == (told.cases, 0, ())


def bank_cases(bank):
    return bank.run.rows["case_day"]


def test_rows_refuse_to_be_written_outside_an_action(case):
    case.state = "cured"
    with pytest.raises(WrittenElsewhere):
        case.save()
    with pytest.raises(WrittenElsewhere):
        Case.objects.update(state="cured")
    with pytest.raises(WrittenElsewhere):
        Case.objects.all().delete()
    with pytest.raises(WrittenElsewhere):
        Event.objects.create(at=AT, verb="made_up")
    assert Case.objects.get(pk=case.pk).state == "open"


def test_a_case_that_was_worked_on_is_not_handed_out_again_until_the_next_run(published, people):
    person = people["phone_collector"]
    first = take_next_case(by=person, at=AT)
    record_outcome(
        case_id=first,
        channel="call",
        outcome="no_answer",
        contact_date=DAY,
        by=person,
        at=AT + timedelta(minutes=1),
    )
    release_case(case_id=first, by=person, at=AT + timedelta(minutes=2))
    second = take_next_case(by=people["teammate"], at=AT + timedelta(minutes=3))
    release_case(case_id=second, by=people["teammate"], at=AT + timedelta(minutes=4))
    assert second != first
    assert take_next_case(by=person, at=AT + timedelta(minutes=5)) == second


def test_nobody_is_handed_a_case_that_the_run_leaves_alone_or_gives_to_the_sender(
    published, people
):
    left = CaseDay.objects.exclude(treatment__in=NOT_FOR_PEOPLE).count()
    handed = set()
    while case_id := take_next_case(by=people["supervisor"], at=AT):
        handed.add(case_id)
    assert len(handed) == left > 0


@pytest.mark.parametrize("role", sorted(RIGHTS))
@pytest.mark.parametrize("branch", [False, True])
def test_a_long_list_is_the_list_of_a_short_one_and_counts_what_is_seen(
    case, people, monkeypatch, role, branch
):
    person, owner = people[role], people["teammate"]
    person.branch = case.branch if branch else ""
    for taken in Case.objects.order_by("pk")[:3]:
        take_case(case_id=taken.pk, by=owner, at=AT)
    end = Case.objects.order_by("pk").last()
    with writing("a test"):
        Case.objects.filter(pk=end.pk).update(state="closed", ended_date=DAY)
    asked = [{"page": n, "mine": mine} for n in (1, 2) for mine in (False, True)]
    short = [queue(person, **words) for words in asked]
    monkeypatch.setattr(cases, "FEW", -1)
    assert [queue(person, **words) for words in asked] == short
    seen = Case.objects.filter(sees(person)).exclude(state__in=ENDED)
    assert short[0].total == seen.filter(Q(state="open") | Q(taken_by=person)).count()
    assert short[1].total == seen.filter(taken_by=person).count()
