"""Made-up ways to reach the borrowers of a book that has none: nobody's numbers, marked as made up."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.core.errors import UserError
from arrears.core.tables import MADE_UP, POINT_SOURCES
from arrears.lake.home import Institution
from arrears.synth.people import UNASSIGNED_MOBILE
from arrears.synth.sheet import schema

DOMAIN = "borrower.invalid"  # reserved: no mail can be delivered there
EMAIL_EVERY = 3  # one borrower in so many has an e-mail address as well


class NoSource(UserError):
    """The source that is to be stated for the made-up points is none of the lawful ones."""

    exit_code = 15


def make_points(
    folder: Path,
    borrowers: Sequence[str],
    *,
    institution: Institution,
    seed: int,
    known_date: date,
    source: str = "",
) -> int:
    """The folder holds made-up points of the borrowers and the mapping that loads them; how many points.

    The same arguments give the same bytes, and a borrower's points do not depend on who else is there.
    The points say of no source. With `source` the mapping states it of all of them; without, no contact
    by them is lawful. Raises: NoSource.
    """
    if source and source not in POINT_SOURCES:
        raise NoSource(
            f"{source!r} is no lawful source of a contact point",
            hint=f"Choose one of: {', '.join(POINT_SOURCES)}; or leave it out.",
        )
    rows = [row for borrower in sorted(set(borrowers)) for row in _points(borrower, seed)]
    made = pa.Table.from_pylist(
        [{**row, "known_date": known_date} for row in rows],
        schema("contact_points"),
    )
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(made, folder / "contact_points.parquet", compression="zstd")
    text = _mapping(institution, source)
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    return len(rows)


def _points(borrower: str, seed: int) -> Iterator[dict[str, Any]]:
    """A mobile number in a range that no operator gives out, and for some an e-mail address."""
    drawn = hashlib.sha256(borrower.encode()).digest()
    rng = np.random.default_rng([seed, int.from_bytes(drawn[:8], "big")])
    number = f"{UNASSIGNED_MOBILE}{rng.integers(0, 10**8):08d}"
    one = {"borrower_id": borrower, "role": "debtor", "source": None}
    yield {**one, "point_id": f"{MADE_UP}{borrower}-1", "kind": "mobile", "value": number}
    if rng.integers(0, EMAIL_EVERY) == 0:
        address = f"{MADE_UP}{rng.integers(0, 10**10):010d}@{DOMAIN}"
        yield {**one, "point_id": f"{MADE_UP}{borrower}-2", "kind": "email", "value": address}


def _mapping(institution: Institution, source: str) -> str:
    """The standard layout of contact points, for the institution whose book it is.

    A statement about what never was holds on every day, so that any day of an old book can be tried.
    """
    words = [
        "# Made-up contact points, in the standard layout, for the book of this institution.",
        "",
        "[institution]",
        *(
            f"{key} = {json.dumps(getattr(institution, key))}"
            for key in ("name", "zone", "currency")
        ),
        "",
        "[source.contact_points]",
        'files = ["contact_points.parquet"]',
        "",
        "[table.contact_points]",
        'from = "contact_points"',
        "as_declared = true",
    ]
    if source:
        evidence = json.dumps(f"made-up contact points, stated to be from: {source}")
        words += ["", "[facts]"]
        words += [
            f'{kind}_source = {{value = "{source}", evidence = {evidence}, from_date = 1900-01-01}}'
            for kind in ("phone", "email")
        ]
    return "\n".join(words) + "\n"
