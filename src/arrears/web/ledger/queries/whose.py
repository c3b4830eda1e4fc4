"""Whose a row is: rows about borrowers for those who may see them, with their names and cases."""

from collections.abc import Collection, Mapping
from typing import Any

from arrears.web.ledger.models import Borrower, Case, Person
from arrears.web.ledger.policy import sees


def of_seen(person: Person, found: Any) -> Any:
    """Of rows about borrowers those about borrowers with a case that the person sees."""
    seen = sees(person)
    if not seen:
        return found
    return found.filter(borrower_id__in=Case.objects.filter(seen).values("borrower_id"))


def names_of(borrower_ids: Collection[str]) -> Mapping[str, str]:
    """By borrower their name, which is personal."""
    return dict(Borrower.objects.filter(pk__in=borrower_ids).values_list("pk", "name"))


def cases_of(person: Person, borrower_ids: Collection[str]) -> Mapping[str, int]:
    """By borrower the latest of their cases that the person sees."""
    seen = Case.objects.filter(sees(person), borrower_id__in=borrower_ids).order_by("pk")
    return dict(seen.values_list("borrower_id", "pk"))
