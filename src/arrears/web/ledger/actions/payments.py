"""Payments that the bank tells of during the day: they stop contacts at once and enter no arithmetic."""

from collections import defaultdict
from datetime import date, datetime

from django.utils.translation import gettext as _

from arrears.batch import read
from arrears.batch.runs import Run
from arrears.core.errors import UserError
from arrears.core.hold import possible_days
from arrears.core.money import LARGEST_MINOR
from arrears.lake.home import Home
from arrears.web.ledger.actions.act import NoCase, NotNow, action, lock_borrower, locked, log
from arrears.web.ledger.actions.holds import refuse_waiting
from arrears.web.ledger.actions.marks import forget_marks
from arrears.web.ledger.facts import zone_of
from arrears.web.ledger.holds import ON_ITS_WAY
from arrears.web.ledger.models import ApiClient, Case, Person, ReceivedPayment
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.policy import may, require

LONGEST_ID = 80
TOLD = ("borrower_id", "loan_id", "amount_minor", "value_date")


class PaymentDiffers(UserError):
    """A payment of that number was told of before, with another content."""

    exit_code = 123


class PaymentUnsound(UserError):
    """The number or the amount of a payment cannot be meant."""

    exit_code = 124


@action
def receive_payment(
    *,
    payment_id: str,
    borrower_id: str,
    amount_minor: int,
    value_date: date,
    loan_id: str = "",
    by: Person | ApiClient,
    at: datetime,
) -> ReceivedPayment:
    """The payment is on its way: nobody is contacted, and what waits in the outbox is refused.

    Told again with the same content nothing changes. It is kept of borrowers whom the ledger does not
    know yet as well: the next run may make a case of them. Units: minor units.

    Raises: NotAllowed, PaymentDiffers, PaymentUnsound.
    """
    if isinstance(by, Person) and not may(by, "hold_cases"):
        require(by, "work_cases")
    payment_id, loan_id = payment_id.strip(), loan_id.strip()
    if not 0 < len(payment_id) <= LONGEST_ID or not 0 < len(borrower_id) <= LONGEST_ID:
        raise PaymentUnsound(_("还款要有银行的流水号"), hint=_("请填写银行系统中的还款流水号。"))
    if not 0 < amount_minor <= LARGEST_MINOR or len(loan_id) > LONGEST_ID:
        raise PaymentUnsound(_("还款金额必须大于零"), hint=_("请核对金额和借据号。"))
    lock_borrower(borrower_id)
    content = {
        "borrower_id": borrower_id,
        "loan_id": loan_id,
        "amount_minor": amount_minor,
        "value_date": value_date,
    }
    person, client = (by, None) if isinstance(by, Person) else (None, by)
    payment, new = ReceivedPayment.objects.get_or_create(
        payment_id=payment_id, defaults={**content, "by": person, "at": at}
    )
    if any(getattr(payment, name) != content[name] for name in TOLD):
        raise PaymentDiffers(
            _("这个流水号的还款已经收到过，内容不同"), hint=_("请核对流水号、金额和日期。")
        )
    if not new:
        return payment
    first, last = possible_days(at, zone_of(borrower_id))
    refused = refuse_waiting(ON_ITS_WAY, [borrower_id], first=first, last=last, at=at)
    case = Case.objects.filter(borrower_id=borrower_id).exclude(state__in=ENDED).first()
    log(
        "receive_payment",
        by=person,
        at=at,
        case=case,
        borrower_id=borrower_id,
        payment=payment_id,
        amount_minor=amount_minor,
        refused=refused or "",
        client=client.name if client else "",
    )
    return payment


@action
def record_payment(
    *,
    case_id: int,
    payment_id: str,
    amount_minor: int,
    value_date: date,
    by: Person,
    at: datetime,
) -> ReceivedPayment:
    """The same, told by a person on the page of a case.

    Raises: NotAllowed, NoCase, PaymentDiffers, PaymentUnsound.
    """
    case = locked(case_id, by=by)
    return receive_payment(
        payment_id=payment_id,
        borrower_id=case.borrower_id,
        amount_minor=amount_minor,
        value_date=value_date,
        by=by,
        at=at,
    )


@action
def dismiss_payment(
    *, payment_id: str, case_id: int, reason: str, by: Person, at: datetime
) -> None:
    """The payment never came, or came under another number: it stops nothing any more.

    Raises: NotAllowed, NoCase, NotNow, PaymentUnsound.
    """
    if not may(by, "hold_cases"):
        require(by, "reassign")
    if not reason.strip():
        raise PaymentUnsound(_("请说明为什么这笔还款不算数"), hint=_("例如：银行已冲正。"))
    case = locked(case_id, by=by)
    waiting = ReceivedPayment.objects.filter(borrower_id=case.borrower_id, settled_at=None)
    if not waiting.filter(pk=payment_id).update(settled_at=at):
        raise NotNow(_("这笔还款已经入账或已经处理"), hint=_("请刷新页面。"))
    forget_marks([case.borrower_id])
    log(
        "dismiss_payment",
        by=by,
        at=at,
        case=case,
        values={"reason": reason.strip()},
        payment=payment_id,
    )


def settle_payments(*, home: Home, run: Run, run_id: str, at: datetime) -> int:
    """The payments that the book of this run has by its day are booked; how many were.

    Inside the action that publishes the run.
    """
    waiting: dict[str, set[str]] = defaultdict(set)
    for payment in ReceivedPayment.objects.filter(settled_at=None):
        waiting[payment.borrower_id].add(payment.pk)
    if not waiting:
        return 0
    booked = read.payments_booked(home, run, waiting)
    settled = ReceivedPayment.objects.filter(pk__in=booked, settled_at=None)
    return int(settled.update(settled_at=at, settled_by=run_id))


def owner_of(home: Home, *, loan_id: str, borrower_id: str = "") -> str:
    """Whose loan it is, as the book knows it today. Raises: NoCase, where it is nobody's or another's."""
    owner = read.owner_of(home, loan_id, borrower_id=borrower_id or None)
    if owner is None:
        raise NoCase(_("没有这笔贷款，或它不属于这位客户"), hint=_("请核对借据号和客户号。"))
    return owner
