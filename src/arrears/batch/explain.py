"""One loan explained: each instalment, each payment and where it went, each charge, its rule."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from arrears.batch.because import Because, because
from arrears.batch.wording import Sheet, sheets_of, text_of
from arrears.core.allocation import CARD_TURNS_ON_DAY, Account, Accrual, Applied, account, clipped
from arrears.core.delinquency import Arrears, arrears, latest_snapshot, paid_in_full
from arrears.core.interest import INDEX_DIGITS, rate_index
from arrears.core.loan import Instalment, LoanFacts, Payment, Terms, effective


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    """One instalment of the schedule and what of it is unpaid. Units: minor units."""

    seq: int
    due_date: date
    principal_minor: int
    interest_minor: int
    fee_minor: int
    unpaid_minor: int
    state: str  # paid, overdue, tolerated, due_today, not_due
    covered_date: date | None


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment or reversal and what it paid.

    Units: minor units; `waiting_minor` found nothing due. `turned_dpd` are the days past due that
    let a card's payment go to principal first; None for any other payment.
    """

    payment_id: str
    value_date: date
    known_date: date
    amount_minor: int
    reverses_id: str | None
    applied: tuple[Applied, ...]
    waiting_minor: int
    turned_dpd: int | None


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """What one span of unpaid days (from_date, to_date] cost, not yet rounded."""

    from_date: date
    to_date: date
    days: int
    principal_minor: int
    penalty_bps: int
    penalty_exact: str  # minor units, ten decimals
    interest_minor: int
    compound_bps: int
    compound_exact: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every figure of one loan on a day and what set it."""

    loan_id: str
    as_of: date
    known_on: date | None
    currency: str
    state: str  # open, not_opened, closed, paid_in_full, unknown
    conventions: dict[str, Any]
    figures: Arrears | None
    instalments: tuple[InstalmentLine, ...]
    payments: tuple[PaymentLine, ...]
    charges: tuple[ChargeLine, ...]
    rules: dict[str, Because]  # figure -> the rule that set it

    def as_json(self) -> dict[str, Any]:
        """The explanation as plain values; days as ISO text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def as_text(self, lang: str = "zh") -> str:
        """The explanation for a person, in `zh` or `en`."""
        return text_of(self.as_json(), lang)

    def as_sheets(self, lang: str = "zh") -> tuple[str, list[Sheet]]:
        """The explanation for a page: a heading and its tables, in `zh` or `en`."""
        return sheets_of(self.as_json(), lang)


def explanation(loan: LoanFacts, *, as_of: date, known_on: date, currency: str) -> Explanation:
    """What core makes of the loan, with every step on the way; the figures are core's own.

    Units: minor units, days.
    """
    seen = loan.known(as_of=as_of, known_on=known_on)
    figures = arrears(loan, as_of=as_of, known_on=known_on)
    ledger = account(seen.terms, seen.instalments, seen.payments, at=as_of)
    state = _state(seen, as_of)
    return Explanation(
        loan_id=loan.loan_id,
        as_of=as_of,
        known_on=None if known_on == date.max else known_on,
        currency=currency,
        state=state,
        conventions=_conventions(seen),
        figures=figures,
        instalments=tuple(_instalment_lines(seen, ledger, as_of)),
        payments=tuple(_payment_lines(seen, ledger.applied, as_of)),
        charges=tuple(_charge_lines(seen, ledger.accruals, as_of)),
        rules=because(seen, figures, state, as_of),
    )


def _state(loan: LoanFacts, as_of: date) -> str:
    if loan.opened_date > as_of:
        return "not_opened"
    if loan.status == "closed":
        return "closed"
    if not loan.instalments:
        latest = latest_snapshot(loan, as_of)
        if latest is None:
            return "unknown"
        return "closed" if latest.reported_dpd < 0 else "open"
    paid = sum(p.amount_minor for p in loan.payments)
    return "paid_in_full" if paid_in_full(loan, paid) else "open"


def _conventions(loan: LoanFacts) -> dict[str, Any]:
    told = asdict(loan.terms)
    told["pauses"] = [asdict(span) for span in loan.pauses]
    return told


def _instalment_lines(loan: LoanFacts, ledger: Account, as_of: date) -> Iterator[InstalmentLine]:
    unpaid = {i.seq: sum(u) for i, u in zip(ledger.due, ledger.unpaid, strict=True)}
    missing = 0
    for i in loan.instalments:
        left = unpaid.get(i.seq, i.total_minor)
        missing += left
        yield InstalmentLine(
            seq=i.seq,
            due_date=i.due_date,
            principal_minor=i.principal_minor,
            interest_minor=i.interest_minor,
            fee_minor=i.fee_minor,
            unpaid_minor=left,
            state=_instalment_state(i, left, missing, loan, as_of),
            covered_date=_covered_date(loan, i, as_of) if i.due_date <= as_of else None,
        )


def _instalment_state(i: Instalment, left: int, missing: int, loan: LoanFacts, as_of: date) -> str:
    if i.due_date > as_of:
        return "not_due"
    if left == 0:
        return "paid"
    if missing <= loan.terms.tolerance(i.seq):
        return "tolerated"
    return "due_today" if i.due_date == as_of else "overdue"


def _covered_date(loan: LoanFacts, instalment: Instalment, as_of: date) -> date | None:
    """The day since which everything up to the instalment has stayed covered, if it is."""
    since = None
    days = {instalment.due_date} | {p.value_date for p in loan.payments}
    for day in sorted(d for d in days if instalment.due_date <= d <= as_of):
        oldest = account(loan.terms, loan.instalments, loan.payments, at=day).oldest_uncovered()
        this = (instalment.due_date, instalment.seq)
        covered = oldest is None or (oldest.due_date, oldest.seq) > this
        since = (since or day) if covered else None
    return since


def _payment_lines(loan: LoanFacts, applied: list[Applied], as_of: date) -> Iterator[PaymentLine]:
    standing_payments = effective(loan.payments, as_of)
    reversed_minor = {
        p.payment_id: sum(-r.amount_minor for r in loan.payments if r.reverses_id == p.payment_id)
        for p in loan.payments
    }
    for p in loan.payments:
        went = tuple(a for a in applied if a.payment_id == p.payment_id)
        standing = p.amount_minor - reversed_minor[p.payment_id]
        waiting = standing - sum(a.minor for a in went) if p.reverses_id is None else 0
        yield PaymentLine(
            p.payment_id,
            p.value_date,
            p.known_date,
            p.amount_minor,
            p.reverses_id,
            went,
            waiting,
            _turned_dpd(loan, p, standing_payments),
        )


def _turned_dpd(loan: LoanFacts, payment: Payment, standing: list[Payment]) -> int | None:
    """The days past due that a card's payment found, when they turned the order of its parts."""
    if loan.terms.order != "card_91":
        return None
    ids = [p.payment_id for p in standing]
    if payment.payment_id not in ids:
        return None
    before = standing[: ids.index(payment.payment_id)]
    day = payment.value_date
    found = account(loan.terms, loan.instalments, before, at=day).dpd(day)
    return found if found >= CARD_TURNS_ON_DAY else None


def _charge_lines(loan: LoanFacts, accruals: list[Accrual], as_of: date) -> Iterator[ChargeLine]:
    penalty = rate_index(loan.terms, "penalty", upto=as_of)
    compound = rate_index(loan.terms, "compound", upto=as_of)
    turns = sorted({r.from_date for r in loan.terms.rates if r.kind in ("penalty", "compound")})
    for accrual in accruals:
        # A line per rate: the day before a new rate holds closes the line of the old one.
        cuts = [accrual.from_date, *(t - timedelta(days=1) for t in turns), accrual.to_date]
        inside = sorted({c for c in cuts if accrual.from_date <= c <= accrual.to_date})
        for after, upto in pairwise(inside):
            (piece,) = clipped([accrual], after, upto)
            on_principal = piece.principal_minor * (penalty.at(upto) - penalty.at(after))
            on_interest = piece.interest_minor * (compound.at(upto) - compound.at(after))
            if on_principal or on_interest:
                yield ChargeLine(
                    from_date=after,
                    to_date=upto,
                    days=(upto - after).days,
                    principal_minor=piece.principal_minor,
                    penalty_bps=_rate_bps(loan.terms, "penalty", upto),
                    penalty_exact=_exact(on_principal),
                    interest_minor=piece.interest_minor,
                    compound_bps=_rate_bps(loan.terms, "compound", upto),
                    compound_exact=_exact(on_interest),
                )


def _rate_bps(terms: Terms, kind: str, day: date) -> int:
    """The yearly rate that a day is charged at: the one in force, within the cap; else 0."""
    held = [r for r in terms.rates if r.kind == kind and r.from_date <= day]
    bps = max(held, key=lambda r: r.from_date).rate_bps if held else 0
    return bps if terms.cap_bps is None else min(bps, terms.cap_bps)


def _exact(scaled: int) -> str:
    return str(Decimal(scaled).scaleb(-INDEX_DIGITS))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value
