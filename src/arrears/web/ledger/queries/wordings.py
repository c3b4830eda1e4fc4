"""In what people typed about cases: which kinds of forbidden wording were found, by whom, never the words."""

from dataclasses import dataclass
from datetime import datetime

from arrears.web.ledger.models import Event, Person
from arrears.web.ledger.queries.whose import names_of, of_seen

PAGE = 50
FOUND = "find_wording"  # the verb of the events that tell of them


@dataclass(frozen=True, slots=True)
class WordingRow:
    """What was found in one note. `name` is personal; kinds are joined by commas.

    `sure`: they are forbidden. `review`: they only sound like it, or tell what somebody else said.
    """

    event_id: int
    at: datetime
    by: str
    case_id: int | None
    borrower_id: str
    name: str
    sure: str
    review: str


@dataclass(frozen=True, slots=True)
class WordingPage:
    """Some of them, newest first. `older` is where the next page begins, None on the last one."""

    rows: tuple[WordingRow, ...]
    older: int | None


def wordings(person: Person, *, before: int | None = None) -> WordingPage:
    """What was found in notes about cases that the person sees, newest first."""
    found = of_seen(person, Event.objects.filter(verb=FOUND)).select_related("by").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    here = list(found[: PAGE + 1])
    names = names_of([event.borrower_id for event in here])
    rows = tuple(
        WordingRow(
            event_id=event.pk,
            at=event.at,
            by=event.by.name if event.by else "",
            case_id=event.case_id,
            borrower_id=event.borrower_id,
            name=names.get(event.borrower_id, ""),
            sure=event.detail.get("wording", ""),
            review=event.detail.get("review", ""),
        )
        for event in here[:PAGE]
    )
    return WordingPage(rows, rows[-1].event_id if len(here) > PAGE else None)
