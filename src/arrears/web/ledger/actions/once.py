"""A form that is sent twice is acted on once."""

from datetime import datetime

from arrears.web.ledger.actions.act import action
from arrears.web.ledger.models import Person, Token


@action
def first_time(*, token: str, by: Person, at: datetime) -> bool:
    """Whether this person's form with this token comes for the first time; from now on it has come."""
    _, new = Token.objects.get_or_create(person=by, token=token, defaults={"at": at})
    return bool(new)
