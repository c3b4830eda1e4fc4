"""A made-up book handed over day by day, as a bank does: what stood before, then each day's files."""

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
OF_BEFORE = ("contacts", "promises")


@dataclass(frozen=True, slots=True)
class Extra:
    """A payment that the book did not foresee: somebody was called or reminded. Units: minor units."""

    loan_id: str
    amount_minor: int


@dataclass(slots=True)
class DailyFiles:
    """The files of a made-up book by the day on which the bank told us.

    Who pays more than the book foresaw pays so much less of what it foresees later.
    """

    book: Path
    _tables: dict[str, pa.Table] = field(default_factory=dict)
    _ahead: Counter[str] = field(default_factory=Counter)  # minor units paid ahead, by loan
    _dropped: set[str] = field(default_factory=set)  # payments that came earlier in another form

    def before(self, day: date, folder: Path) -> None:
        """The folder holds everything that was known before a day."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(self.book.glob("*.parquet")):
            rows = pq.read_table(file)
            old = pc.less(rows["known_date"], pa.scalar(day))
            pq.write_table(rows.filter(old), folder / file.name)
            if file.stem not in OF_BEFORE:
                self._tables[file.stem] = rows.filter(pc.invert(old))

    def of(self, day: date, folder: Path, extra: Sequence[Extra] = ()) -> None:
        """The folder holds what the bank tells on a day, with payments that it did not foresee."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self._tables.items():
            new = rows.filter(pc.equal(rows["known_date"], pa.scalar(day)))
            if name == "payments":
                new = pa.concat_tables([self._still_to_pay(new), self._paid(day, extra)])
            if new.num_rows:
                pq.write_table(new, folder / f"{name}-{day}.parquet")

    def _paid(self, day: date, extra: Sequence[Extra]) -> pa.Table:
        for payment in extra:
            self._ahead[payment.loan_id] += payment.amount_minor
        rows = [
            {
                "payment_id": f"E{day:%Y%m%d}-{n:04d}",
                "loan_id": payment.loan_id,
                "value_date": day,
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
