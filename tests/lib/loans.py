"""Builders of loans with defaults, and random loans for agreement tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from arrears.core.day import Span
from arrears.core.delinquency import SNAPSHOT_DAYS
from arrears.core.loan import Instalment, LoanFacts, Payment, Rate, Snapshot, Terms
from arrears.core.tables import ORDERS

AS_OF = date(2026, 6, 30)
FIRST_DUE = date(2026, 1, 15)
EARLY = date(2020, 1, 1)


def day(text: str) -> date:
    """A day of 2026 written as `03-15`, or any day written in full."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def due(seq: int, on: str, principal: int = 10_000, interest: int = 0, fee: int = 0) -> Instalment:
    return Instalment(seq, day(on), principal, interest, fee)


def paid(on: str, minor: int, *, name: str = "", known: str | None = None) -> Payment:
    value = day(on)
    return Payment(name or f"P-{on}-{minor}", value, day(known) if known else value, minor)


def undone(payment: Payment, on: str, *, known: str | None = None) -> Payment:
    """The reversal of a payment."""
    value = day(on)
    return Payment(
        f"R-{payment.payment_id}",
        value,
        day(known) if known else value,
        -payment.amount_minor,
        payment.payment_id,
    )


def a_loan(
    instalments: Sequence[Instalment] = (),
    payments: Sequence[Payment] = (),
    *,
    loan_id: str = "L1",
    terms: Terms | None = None,
    snapshots: Sequence[Snapshot] = (),
    pauses: Sequence[Span] = (),
    opened: str = "2025-12-15",
    status: str = "open",
) -> LoanFacts:
    return LoanFacts(
        loan_id=loan_id,
        borrower_id=f"B-{loan_id}",
        opened_date=day(opened),
        status=status,
        terms=terms or Terms(product="plain"),
        instalments=tuple(instalments),
        payments=tuple(payments),
        snapshots=tuple(snapshots),
        pauses=tuple(pauses),
    )


@st.composite
def terms(draw: st.DrawFn, product: str) -> Terms:
    """Every convention there is, with rates that change."""
    rates = [
        Rate(kind, FIRST_DUE + timedelta(days=offset), draw(st.integers(0, 4000)))
        for kind in ("penalty", "compound")
        for offset in draw(st.lists(st.integers(-400, 200), max_size=3, unique=True))
    ]
    return Terms(
        product=product,
        kind="card" if draw(st.booleans()) else "loan",
        order=draw(st.sampled_from(ORDERS)),
        grace_days=draw(st.sampled_from((0, 0, 3, 5))),
        tolerance_minor=draw(st.sampled_from((0, 0, 5, 100))),
        tolerance_per=draw(st.sampled_from(("loan", "instalment"))),
        dpd_start=draw(st.sampled_from(("day_after", "due_day"))),
        day_count=draw(st.sampled_from(("act_360", "act_365"))),
        cap_bps=draw(st.sampled_from((None, 2400))),
        rates=tuple(rates),
    )


@st.composite
def schedules(draw: st.DrawFn) -> list[Instalment]:
    """One to seven instalments around the day of the tests, in weeks or months; some are nothing."""
    step = draw(st.sampled_from((7, 30, 31)))
    off = draw(st.sampled_from((0, 0, -1, 1)) | st.integers(-30, 30))
    first = AS_OF + timedelta(days=off - step * draw(st.integers(0, 7)))
    part = st.sampled_from((0, 1, 999, 10_000, 33_333)) | st.integers(0, 50_000)
    return [
        Instalment(
            n + 1, first + timedelta(days=step * n), draw(part), draw(part) // 10, draw(part) // 50
        )
        for n in range(draw(st.integers(1, 7)))
    ]


@st.composite
def receipts(draw: st.DrawFn, name: str, schedule: list[Instalment], terms: Terms) -> list[Payment]:
    """Payments about what and when they should be, or not; some backdated, split or reversed."""
    payments: list[Payment] = []
    total = sum(i.total_minor for i in schedule)
    for n in range(draw(st.integers(0, len(schedule) + 2))):
        aimed = schedule[min(n, len(schedule) - 1)]
        value = aimed.due_date + timedelta(
            days=draw(st.sampled_from((-3, 0, 0, 1, 4, 35)) | st.integers(-40, 150))
        )
        if draw(st.integers(0, 9)) == 0:
            value = AS_OF + timedelta(days=draw(st.integers(-1, 1)))
        tolerated = terms.tolerance(aimed.seq)
        short_by = draw(st.sampled_from((0, 0, 1, tolerated, tolerated + 1)))
        through = sum(i.total_minor for i in schedule if i.seq <= aimed.seq)
        catching_up = through - sum(p.amount_minor for p in payments)
        amount = draw(st.sampled_from((aimed.total_minor, catching_up, total, total // 3 + 1)))
        amount = max(amount - short_by, 1)
        known = value + timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 9))))
        fee = draw(st.none() | st.integers(0, amount))
        interest = None if fee is None else draw(st.integers(0, amount - fee))
        payment = Payment(f"{name}-P{n}", value, known, amount, None, None, interest, fee)
        payments.append(payment)
        if draw(st.integers(0, 5)) == 0:
            later = timedelta(days=draw(st.integers(0, 12)))
            back = draw(st.sampled_from((amount, amount, amount // 2 + 1)))
            payments.append(
                Payment(f"{name}-R{n}", value + later, known + later, -back, payment.payment_id)
            )
    return payments


@st.composite
def loans(draw: st.DrawFn, loan_id: str, products: Sequence[Terms]) -> LoanFacts:
    """A loan whose money comes early, late, in part, twice, backdated or reversed."""
    terms = draw(st.sampled_from(list(products)))
    schedule = draw(schedules())
    first = schedule[0].due_date
    payments = draw(receipts(loan_id, schedule, terms))
    starts = st.integers(-60, 150).map(lambda n: first + timedelta(days=n))
    pauses = [
        Span(
            start, None if draw(st.booleans()) else start + timedelta(days=draw(st.integers(1, 40)))
        )
        for start in draw(st.lists(starts, max_size=2, unique=True))
    ]
    snapshots: list[Snapshot] = []
    if draw(st.integers(0, 9)) == 0:
        offsets = draw(
            st.lists(
                st.sampled_from((-60, -46, -45, -44, -1, 0, 5)), min_size=1, max_size=4, unique=True
            )
        )
        snapshots = [
            Snapshot(
                AS_OF + timedelta(days=o), AS_OF + timedelta(days=o), draw(st.integers(-2, 400)), 7
            )
            for o in offsets
        ]
        schedule, payments = [], []
    opened = first - timedelta(days=30)
    if draw(st.integers(0, 9)) == 0:
        opened = AS_OF + timedelta(days=draw(st.integers(0, 1)))
    return LoanFacts(
        loan_id=loan_id,
        opened_date=opened,
        borrower_id=f"B{draw(st.integers(1, 20)):03d}",
        status=draw(
            st.sampled_from(("open", "open", "open", "open", "open", "closed", "written_off"))
        ),
        terms=terms,
        instalments=tuple(schedule),
        payments=tuple(payments),
        snapshots=tuple(snapshots),
        pauses=tuple(pauses),
    )


@st.composite
def books(draw: st.DrawFn, size: int) -> list[LoanFacts]:
    """Some loans of some products; one borrower may have several."""
    products = [draw(terms(f"product-{n}")) for n in range(min(size, 4))]
    return [draw(loans(f"L{n:04d}", products)) for n in range(size)]


def known_in_time(loan: LoanFacts) -> LoanFacts:
    """The same loan had the bank told us of every payment on its value date."""
    return replace(loan, payments=tuple(p._replace(known_date=p.value_date) for p in loan.payments))


def telling_loans() -> list[LoanFacts]:
    """Loans made to show what chance seldom hits: on time at first, late once, at an edge of sum or age."""
    rates = (Rate("penalty", EARLY, 1800), Rate("compound", EARLY, 2400))
    made = []
    for order in ORDERS:
        terms = Terms(product=f"telling-{order}", order=order, rates=rates)
        schedule = [due(n, f"0{n}-15", 10_000, 300, 20) for n in range(1, 7)]
        payments = [paid("01-15", 15_000), paid("02-10", 6_000)]
        payments += [paid("03-15", 2_000), paid("04-20", 7_000)]
        made.append(a_loan(schedule, payments, loan_id=f"early-{order}", terms=terms))
        once_late = [paid("01-15", 10_320), paid("03-10", 10_320), paid("03-15", 10_320)]
        to_come = due(4, "07-15", 10_000, 300, 20)
        made.append(
            a_loan([*schedule[:3], to_come], once_late, loan_id=f"once-{order}", terms=terms)
        )
    for short_by in (19, 20, 21):
        for last in (3, 6):
            terms = Terms(product="telling-each", tolerance_minor=10, tolerance_per="instalment")
            schedule = [due(n, f"0{n}-15", 1_000) for n in range(1, last + 1)]
            payments = [paid("01-15", 1_000), paid("02-15", 1_000 - short_by), paid("03-15", 1_000)]
            name = f"each-{last}-{short_by}"
            made.append(a_loan(schedule, payments, loan_id=name, terms=terms))
    for short_by in (9, 10, 11):
        terms = Terms(product="telling-loan", tolerance_minor=10)
        schedule = [due(n, f"0{n}-15", 1_000) for n in range(1, 8)]
        payments = [paid("01-15", 6_000 - short_by)]
        made.append(a_loan(schedule, payments, loan_id=f"loan-{short_by}", terms=terms))
    for days in (SNAPSHOT_DAYS, SNAPSHOT_DAYS + 1):
        told = AS_OF - timedelta(days=days)
        terms = Terms(product="telling-status")
        stated = [Snapshot(told, told, reported_dpd=5, balance_minor=1_000)]
        made.append(a_loan(snapshots=stated, loan_id=f"stated-{days}", terms=terms))
    return made
