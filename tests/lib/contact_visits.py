"""Visits in a life in the real ledger: claimed, made or not, written down; and all that may happen there."""

from collections.abc import Callable
from functools import partial

from arrears.web.ledger.actions.visits import ASSURED, claim_visit, drop_visit
from arrears.web.ledger.models import Visit
from tests.lib.contact_acts import ENDS, FREQUENCY, Life, claimed, record, with_purpose
from tests.lib.contact_reference import Intended


def set_out(life: Life) -> None:
    """Whoever has the case claims a visit, mostly with all that it needs."""
    alone, prepared = life.random.random() < 0.1, life.random.random() < 0.9
    it = with_purpose(
        life,
        Intended(
            life.at,
            "visit",
            "collect",
            life.home,
            collectors=1 if alone else 2,
            prepared=prepared,
        ),
    )
    act = partial(
        claim_visit,
        companions=[] if alone else [life.people["supervisor"].pk],
        place="home",
        assured=ASSURED if prepared else life.random.sample(ASSURED, 2),
    )
    answer = claimed(life, it, Visit, act)
    if answer and answer.visit:
        life.reference.contacted(it)
        life.visits[answer.visit.pk] = life.reference.day(life.at)
        if life.random.random() < 0.4:
            come_back(life)


def come_back(life: Life) -> None:
    """Whoever claimed a visit writes down what came of it."""
    visit = _on_the_way(life)
    if visit and life.case.taken_by_id == life.by.pk:
        outcome = life.random.choice(tuple(ENDS))
        del life.visits[visit.pk]
        record(life, "visit", outcome, visit.point_id)
        if ENDS[outcome] == "talked":
            life.reference.spoke()


def stay(life: Life) -> None:
    """Whoever claimed a visit did not go."""
    visit = _on_the_way(life)
    if visit:
        drop_visit(case_id=life.case_id, by=life.by, at=life.at)
        life.reference.stayed(life.visits.pop(visit.pk))


def unclaimed(life: Life) -> None:
    """What nobody claimed, or a call of the debtor's, is written down: what happened counts."""
    if life.case.taken_by_id != life.by.pk or not life.reference.located or life.calls:
        return
    channel = life.random.choice(("visit", "call", "inbound"))
    outcome = life.random.choice(tuple(ENDS))
    it = Intended(life.at, channel, "collect", life.points[1])
    record(life, channel, outcome, it.point.name)
    if channel != "inbound":
        number = life.reference.contacted(it, claimed=False)
        if channel == "call":
            life.reference.ended(number, ENDS[outcome])
    if channel != "call" and ENDS[outcome] == "talked":
        life.reference.spoke()


def _on_the_way(life: Life) -> Visit | None:
    """The visit under way of whoever has the case or had it."""
    found: Visit | None = Visit.objects.filter(
        case_id=life.case_id, by=life.by, state="on_the_way"
    ).first()
    return found


_FREQUENCY: dict[Callable[[Life], None], int] = {
    **FREQUENCY, set_out: 7, come_back: 4, stay: 2, unclaimed: 3,
}  # fmt: skip
EVENTS, OFTEN = tuple(_FREQUENCY), tuple(_FREQUENCY.values())
