"""What is lent and when it is due: loans and their instalments, in whole minor units throughout."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from arrears.synth.catalogue import FACTOR_SCALE, PRODUCTS, annuity_factor, rate_change
from arrears.synth.people import BRANCHES, REPEAT_SHARE, People
from arrears.synth.season import Mask, Whole, months_later, number, opening_days
from arrears.synth.sheet import chosen, digits, joined, sheet

_THOUSAND_YUAN = 100_000  # minor units
_LEVEL_SHARE = 0.7  # of loans repaid in level instalments; the others repay level principal


@dataclass(frozen=True, slots=True)
class Loans:
    """Loans of one chunk, column by column. Grain: one row per loan; `borrower` is a row number."""

    number: Whole
    borrower: Whole
    product: Whole
    opened: Whole
    principal: Whole
    term: Whole
    rate_bps: Whole
    level: Mask

    @property
    def ids(self) -> pa.Array:
        """The loan ids."""
        return joined("L", digits(self.number, 10))


@dataclass(frozen=True, slots=True)
class Instalments:
    """Instalments of one chunk, in order of loan and seq. Grain: `loan` is a row number."""

    loan: Whole
    seq: Whole
    due: Whole
    principal: Whole
    interest: Whole
    fee: Whole

    @property
    def total(self) -> Whole:
        """What is due of each."""
        return self.principal + self.interest + self.fee


def draw_loans(
    rng: np.random.Generator, count: int, first_number: int, first: date, last: date
) -> Loans:
    """So many loans; neighbours may share a borrower."""
    repeat = rng.random(count) < REPEAT_SHARE
    repeat[0] = False
    product = rng.choice(len(PRODUCTS), size=count, p=[p.share / 100 for p in PRODUCTS])
    opened = opening_days(rng, count, number(first), number(last))
    after = (opened >= number(rate_change(first, last))).astype(np.int64)
    terms = [p.terms[i % len(p.terms)] for p in PRODUCTS for i in range(6)]
    least, most = np.array([p.thousands for p in PRODUCTS])[product].T
    share = rng.integers(0, 1000, count) ** 3  # of 10^9: many small loans, few large ones
    thousands = least + (most - least) * share // 10**9
    return Loans(
        number=np.arange(first_number, first_number + count),
        borrower=np.cumsum(~repeat) - 1,
        product=product,
        opened=opened,
        principal=thousands * _THOUSAND_YUAN,
        term=np.array(terms)[product * 6 + rng.integers(0, 6, count)],
        rate_bps=np.array([p.rate_bps for p in PRODUCTS])[product, after],
        level=rng.random(count) < _LEVEL_SHARE,
    )


def schedule(loans: Loans) -> Instalments:
    """The monthly instalments of every loan; the last one repays whatever is left.

    Rounds: interest half up to the minor unit, principal down.
    """
    longest = int(loans.term.max())
    shape = (len(loans.term), longest)
    principal, interest = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    left = loans.principal.copy()
    instalment = _level_instalment(loans)
    for k in range(longest):
        interest[:, k] = (left * loans.rate_bps * 2 + 120_000) // 240_000
        repaid = np.where(loans.level, instalment - interest[:, k], loans.principal // loans.term)
        repaid = np.where(k + 1 >= loans.term, left, np.minimum(repaid, left))
        principal[:, k] = repaid
        left = left - repaid
    loan, step = np.nonzero(np.arange(longest) < loans.term[:, None])
    product = loans.product[loan]
    first_fee = np.array([p.first_fee_minor for p in PRODUCTS])[product]
    monthly_fee = np.array([p.monthly_fee_minor for p in PRODUCTS])[product]
    return Instalments(
        loan=loan,
        seq=step + 1,
        due=months_later(loans.opened[loan], step + 1),
        principal=principal[loan, step],
        interest=interest[loan, step],
        fee=monthly_fee + np.where(step == 0, first_fee, 0),
    )


def loan_table(loans: Loans, people: People) -> pa.Table:
    """The table `loans`. Status is what the bank knew on the day it lent: open."""
    columns = {
        "loan_id": loans.ids,
        "borrower_id": people.ids.take(pa.array(loans.borrower)),
        "product": chosen([p.product for p in PRODUCTS], loans.product),
        "branch": chosen(BRANCHES, people.city[loans.borrower]),
        "currency": "CNY",
        "opened_date": loans.opened,
        "principal_minor": loans.principal,
        "status": "open",
        "known_date": loans.opened,
    }
    return sheet("loans", columns)


def instalment_table(loans: Loans, rows: Instalments) -> pa.Table:
    """The table `instalments`, known since the loan was opened."""
    columns = {
        "loan_id": loans.ids.take(pa.array(rows.loan)),
        "seq": rows.seq,
        "due_date": rows.due,
        "principal_minor": rows.principal,
        "interest_minor": rows.interest,
        "fee_minor": rows.fee,
        "known_date": loans.opened[rows.loan],
    }
    return sheet("instalments", columns)


def _level_instalment(loans: Loans) -> Whole:
    """Principal and interest of a month, the same each month."""
    pairs, which = np.unique(np.stack([loans.rate_bps, loans.term]), axis=1, return_inverse=True)
    factors = [annuity_factor(int(rate), int(term)) for rate, term in pairs.T]
    level: Whole = loans.principal * np.array(factors)[which] // FACTOR_SCALE
    return level
