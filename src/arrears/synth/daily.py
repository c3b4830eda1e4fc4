"""A made-up book handed over in two ways: its loans and people at once, its payments day by day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from arrears.synth.sheet import schema

# These come from people's work once the days begin; the made-up ones tell of the time before.
OF_PEOPLE = ("contacts", "promises")
# Handed over on the day on which the bank told of them. All else is there from the beginning: a loan
# counts from the day it is opened, whenever it was told.
DAILY = "payments"


@dataclass(frozen=True, slots=True)
class Extra:
    """A payment that the book did not foresee: somebody was called or reminded. Units: minor units."""

    loan_id: str
    amount_minor: int
    value_date: date


@dataclass(slots=True)
class DailyFiles:
    """The files of a made-up book.

    Who pays more than the book foresaw pays so much less of what it foresees later.
    """

    book: Path
    _payments: pa.Table | None = None
    _ahead: Counter[str] = field(default_factory=Counter)  # minor units paid ahead, by loan
    _dropped: set[str] = field(default_factory=set)  # payments that came earlier in another form

    def before(self, day: date, folder: Path) -> None:
        """The folder holds the book as it is when a day begins."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(self.book.glob("*.parquet")):
            rows = pq.read_table(file)
            old = pc.less(rows["known_date"], pa.scalar(day))
            told = rows.filter(old) if file.stem in (*OF_PEOPLE, DAILY) else rows
            pq.write_table(told, folder / file.name)
            if file.stem == DAILY:
                self._payments = rows.filter(pc.invert(old))

    def of(self, day: date, folder: Path, extra: Sequence[Extra] = ()) -> None:
        """The folder holds what was paid, foreseen or not, as the bank tells it since it last told.

        Raises: ValueError before `before`.
        """
        if self._payments is None:
            raise ValueError("days come after the beginning")
        folder.mkdir(parents=True, exist_ok=True)
        told_by_now = pc.less_equal(self._payments["known_date"], pa.scalar(day))
        new = self._payments.filter(told_by_now)
        self._payments = self._payments.filter(pc.invert(told_by_now))
        told = pa.concat_tables([self._still_to_pay(new), self._paid(day, extra)])
        pq.write_table(told, folder / f"{DAILY}-{day}.parquet")

    def _paid(self, day: date, extra: Sequence[Extra]) -> pa.Table:
        for payment in extra:
            self._ahead[payment.loan_id] += payment.amount_minor
        rows = [
            {
                "payment_id": f"E{day:%Y%m%d}-{n:04d}",
                "loan_id": payment.loan_id,
                "value_date": payment.value_date,
                "amount_minor": payment.amount_minor,
                "known_date": day,
            }
            for n, payment in enumerate(extra, start=1)
        ]
        return pa.Table.from_pylist(rows, schema=schema("payments"))

    def _still_to_pay(self, rows: pa.Table) -> pa.Table:
        """The foreseen payments, less those that were made ahead; a reversal goes with its payment."""
        kept = []
        for row in rows.to_pylist():
            ahead = self._ahead[row["loan_id"]]
            if row["reverses_id"] in self._dropped:
                continue
            if row["reverses_id"] is None and 0 < row["amount_minor"] <= ahead:
                self._ahead[row["loan_id"]] -= row["amount_minor"]
                self._dropped.add(row["payment_id"])
                continue
            kept.append(row)
        return pa.Table.from_pylist(kept, schema=schema("payments"))
