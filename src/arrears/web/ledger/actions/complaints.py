"""What one can say of a complaint where the hold for it is placed: whom it is about, when it was received."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.core.hold import FIRST_DAY
from arrears.web.ledger.models import Person


class ComplaintUnsound(UserError):
    """Only a complaint is about one of our people, or about none, and was received on a day that has come."""

    exit_code = 112


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Whom of our people a complaint is about, and when it was received; what is not said is not known."""

    person_id: int | None = None
    nobody: bool = False  # it is about none of them
    received_date: date | None = None


UNSAID = Complaint()


def said_of(complaint: Complaint, kind: str, *, today: date) -> dict[str, Any]:
    """What a hold of that kind keeps of its complaint, by the names of its columns.

    Raises: ComplaintUnsound.
    """
    if complaint != UNSAID and kind != "complaint":
        raise ComplaintUnsound(
            _("只有投诉可以写明涉及谁、何时收到"), hint=_("其他原因请不要填写这两项。")
        )
    received = complaint.received_date
    if received is not None and not FIRST_DAY <= received <= today:
        raise ComplaintUnsound(_("投诉收到日期不能晚于今天"), hint=_("请核对日期。"))
    person = Person.objects.filter(pk=complaint.person_id).first()
    if complaint.person_id is not None and (person is None or complaint.nobody):
        raise ComplaintUnsound(_("没有这个人"), hint=_("请从页面上的列表中选择。"))
    return {"about": person, "about_nobody": complaint.nobody, "received_date": received}
