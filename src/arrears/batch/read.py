"""The only way in which others read the lake: a run's tables, and one loan with its facts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears.batch.conventions import read_terms
from arrears.batch.engines.engine import ARROW, arrow_schema
from arrears.batch.explain import Explanation, explanation
from arrears.batch.runs import Run, latest, runs
from arrears.core.day import Span
from arrears.core.errors import UserError
from arrears.core.loan import Instalment, LoanFacts, Payment, Snapshot, Terms
from arrears.core.tables import BOOK, CASE_DAY, RUN, STATED_FACTS, WORKLIST, Table
from arrears.lake import duck
from arrears.lake.book import Version, reading, versions
from arrears.lake.home import Home, bucket_of

PARTIES = ("borrowers", "contact_points")


class NoRun(UserError):
    """That day has not been run."""

    exit_code = 53


class NoTable(UserError):
    """A run has no table of that name, or it cannot be written to such a file."""

    exit_code = 54


class NoLoan(UserError):
    """The book, as known then, has no loan of that id."""

    exit_code = 55


class FilesGone(UserError):
    """Files of a run or of the book that should be in the lake are away or damaged."""

    exit_code = 56


def day_run(home: Home, *, as_of: date, known_on: date | None = None) -> Run:
    """The newest run of a day. Raises: NoBook, NoRun."""
    home.institution()
    found = latest(home, as_of=as_of, known_on=known_on)
    if found is None:
        days = sorted({r.as_of for r in runs(home)})
        there = f"runs there are: {days[0]} … {days[-1]}" if days else "there are none yet"
        known = f" --known-on {known_on}" if known_on else ""
        raise NoRun(
            f"{as_of} has not been run{' with that known day' if known_on else ''} ({there})",
            hint=f"Run it first: arrears run --as-of {as_of}{known}",
        )
    return found


def rows(
    run: Run,
    table: str,
    *,
    where: str = "",
    order: str = "",
    most: int | None = None,
    bucket: int | None = None,
) -> pa.Table:
    """Rows of one of the run's tables; `where` and `order` are our own SQL, never a user's.

    `bucket` leaves out the files of all others. Raises: FilesGone, where the run had rows of that table.
    """
    declared = _declared(table)
    files = run.files(table, bucket)
    if not files and run.rows.get(table):
        raise _gone()
    if not files:
        return arrow_schema(declared).empty_table()
    sql = f"SELECT * FROM read_parquet({duck.file_list(files)}, hive_partitioning = false)"
    sql += f" WHERE {where}" if where else ""
    sql += f" ORDER BY {order or ', '.join(declared.key)}"
    sql += f" LIMIT {most}" if most is not None else ""
    return query(sql)


def query(sql: str) -> pa.Table:
    """The answer to a query of ours over files of the lake. Raises: FilesGone."""
    try:
        return duck.asked(sql)
    except duck.FILE_ERRORS as error:
        raise _gone() from error


def export(home: Home, table: str, *, as_of: date, out: Path, known_on: date | None = None) -> int:
    """One table of a day's run is in a file, columns as declared; the number of rows.

    Raises: NoBook, NoRun, NoTable.
    """
    form = {".csv": "FORMAT csv, HEADER", ".parquet": "FORMAT parquet, COMPRESSION zstd"}
    declared = _declared(table)
    if out.suffix not in form:
        raise NoTable(f"{out.name} names no format", hint="Let --out end in .csv or .parquet.")
    if not out.parent.exists():
        raise NoTable(f"There is no folder {out.parent}", hint="Make it, or choose another --out.")
    run = day_run(home, as_of=as_of, known_on=known_on)
    columns = ", ".join(declared.names)
    source = f"read_parquet({duck.file_list(run.files(table))}, hive_partitioning = false)"
    draft = out.with_name(f".{out.name}.draft")
    connection = duck.connect()
    try:
        written = connection.execute(
            f"COPY (SELECT {columns} FROM {source} ORDER BY {', '.join(declared.key)}) "
            f"TO {duck.literal(draft)} ({form[out.suffix]})"
        ).fetchone()
    finally:
        connection.close()
    draft.replace(out)
    return int(written[0]) if written else 0


def explain(
    home: Home,
    loan_id: str,
    *,
    as_of: date,
    known_on: date | None = None,
    borrower_id: str | None = None,
) -> Explanation:
    """Every figure of one loan on a day, with what set it, worked out by core from the book.

    Where the caller knows whose loan it is, it is looked for among that borrower's only.
    Raises: NoBook, NoLoan, FilesGone.
    """
    institution = home.institution()
    loan = loan_facts(home, loan_id, known_on=known_on or date.max, borrower_id=borrower_id)
    return explanation(
        loan, as_of=as_of, known_on=known_on or date.max, currency=institution.currency
    )


def ranked_cases(run: Run) -> pa.Table:
    """The cases of a run with their rank, treatment and reasons, best first: what is put before people.

    Grain: one row per borrower with an overdue loan; the columns of case_day, then rank, treatment
    and reasons.
    """
    if not run.files("case_day"):
        empty = arrow_schema(CASE_DAY).empty_table()
        for column in ("rank", "treatment", "reasons"):
            kind = ARROW[WORKLIST.column(column).kind]
            empty = empty.append_column(column, pa.array([], kind))
        return empty
    return query(
        f"SELECT c.*, w.rank, w.treatment, w.reasons FROM {_files(run, 'case_day')} AS c "
        f"JOIN {_files(run, 'worklist')} AS w ON w.borrower_id = c.borrower_id ORDER BY w.rank"
    )


def parties(home: Home, run: Run) -> tuple[pa.Table, pa.Table]:
    """Who the borrowers of a run's cases are and how they can be reached, as the run knew the book.

    Grain: one row per borrower of the book; one row per contact point of one.
    """
    if not run.files("case_day"):
        people, points = (arrow_schema(BOOK[name]).empty_table() for name in PARTIES)
        return people, points
    theirs = f"borrower_id IN (SELECT borrower_id FROM {_files(run, 'case_day')})"
    known_on = run.known_on or date.max
    people, points = (
        pa.concat_tables(
            known_rows(home, name, known_on, theirs, bucket)
            .select(BOOK[name].names)
            .cast(arrow_schema(BOOK[name]))
            for bucket in range(max(home.institution().buckets, 1))
        )
        for name in PARTIES
    )
    return people, points


def borrower_ids(home: Home) -> list[str]:
    """The ids of all borrowers in the book, as known today, in order."""
    found: list[str] = []
    for bucket in range(max(home.institution().buckets, 1)):
        found += known_rows(home, "borrowers", date.max, "true", bucket)["borrower_id"].to_pylist()
    return sorted(found)


def stated(home: Home, run: Run) -> list[dict[str, Any]]:
    """What the institution states of all its borrowers on the day of a run, as the run knew the book.

    Grain: one per fact that a contact may ask for. A value that is none of the lawful ones is left out.
    """
    known_on = run.known_on or date.max
    latest: dict[str, dict[str, Any]] = {}
    for row in _known(home, "facts", known_on, f"from_date <= DATE '{run.as_of}'"):
        latest[row["fact"]] = row  # in the order of fact and from_date
    return [
        {
            "fact": fact,
            "value": row["value"],
            "evidence": row["evidence"] or "",
            "from_date": row["from_date"],
        }
        for fact, row in latest.items()
        if fact in STATED_FACTS and (not STATED_FACTS[fact] or row["value"] in STATED_FACTS[fact])
    ]


def cards(home: Home, run: Run) -> list[str]:
    """The products that are cards, as the run knew the book, in order."""
    known_on = run.known_on or date.max
    return sorted(
        row["product"]
        for row in _known(home, "products", known_on, "true")
        if row["kind"] == "card"
    )


def payments_of(home: Home, borrower_ids: Sequence[str]) -> dict[str, list[Payment]]:
    """All payments and reversals on the loans of some borrowers, as known today, by borrower."""
    buckets = home.institution().buckets
    of_bucket: dict[int, list[str]] = {}
    for borrower_id in borrower_ids:
        of_bucket.setdefault(bucket_of(borrower_id, buckets), []).append(borrower_id)
    found: dict[str, list[Payment]] = {}
    for bucket, here in of_bucket.items():
        theirs = f"borrower_id IN ({', '.join(duck.literal(b) for b in here)})"
        owner = {
            row["loan_id"]: row["borrower_id"]
            for row in _known(home, "loans", date.max, theirs, bucket)
        }
        if not owner:
            continue
        own = f"loan_id IN ({', '.join(duck.literal(loan) for loan in owner)})"
        for row in _known(home, "payments", date.max, own, bucket):
            paid = found.setdefault(owner[row["loan_id"]], [])
            paid.extend(_each(Payment, [row]))
    return found


def payments_booked(home: Home, run: Run, wanted: Mapping[str, Iterable[str]]) -> list[str]:
    """Which payments, by their borrower, the book of a run has, counting by its day.

    Only versions that were sealed when the run was made are looked at.
    """
    sealed = [v for v in versions(home) if v.number <= run.book_version]
    buckets = home.institution().buckets
    of_bucket: dict[int, list[str]] = {}
    for borrower_id, ids in wanted.items():
        of_bucket.setdefault(bucket_of(borrower_id, buckets), []).extend(ids)
    found: list[str] = []
    for bucket, ids in of_bucket.items():
        named = f"payment_id IN ({', '.join(duck.literal(i) for i in ids)})"
        booked = f"{named} AND value_date <= DATE '{run.as_of}'"
        known_on = run.known_on or date.max
        rows = known_rows(home, "payments", known_on, booked, bucket, sealed)
        found += rows["payment_id"].to_pylist()
    return sorted(set(found))


def owner_of(home: Home, loan_id: str, *, borrower_id: str | None = None) -> str | None:
    """Whose loan it is, as known today; None where it is nobody's, or not that borrower's."""
    own, bucket = f"loan_id = {duck.literal(loan_id)}", None
    if borrower_id is not None:
        own += f" AND borrower_id = {duck.literal(borrower_id)}"
        bucket = bucket_of(borrower_id, home.institution().buckets)
    found = _known(home, "loans", date.max, own, bucket)
    return str(found[0]["borrower_id"]) if found else None


def loans_of(home: Home, run: Run, borrower_id: str) -> list[dict[str, Any]]:
    """The rows of `arrears` of one borrower's open loans, with the product, the worst loan first.

    Raises: FilesGone.
    """
    bucket = bucket_of(borrower_id, home.institution().buckets)
    own = f"borrower_id = {duck.literal(borrower_id)}"
    products = {
        row["loan_id"]: row["product"]
        for row in _known(home, "loans", run.known_on or date.max, own, bucket)
    }
    if not products:
        return []
    where = f"loan_id IN ({', '.join(duck.literal(loan) for loan in products)})"
    order = "counted_dpd DESC, dpd DESC, loan_id"
    found = rows(run, "arrears", where=where, order=order, bucket=bucket)
    return [{**row, "product": products[row["loan_id"]]} for row in found.to_pylist()]


def _files(run: Run, table: str) -> str:
    """One of the run's tables as something to select from."""
    return f"read_parquet({duck.file_list(run.files(table))}, hive_partitioning = false)"


def loan_facts(
    home: Home, loan_id: str, *, known_on: date, borrower_id: str | None = None
) -> LoanFacts:
    """All facts about one loan as known on a day, from its one bucket. Raises: NoLoan."""
    institution = home.institution()
    own = f"loan_id = {duck.literal(loan_id)}"
    if borrower_id is None:
        found = _known(home, "loans", known_on, own)
    else:
        theirs = f"{own} AND borrower_id = {duck.literal(borrower_id)}"
        found = _known(home, "loans", known_on, theirs, bucket_of(borrower_id, institution.buckets))
    if not found:
        raise NoLoan(
            f"The book has no loan {loan_id!r}"
            + ("" if known_on == date.max else f" known on {known_on}"),
            hint="Check the id: arrears export arrears lists the open loans of a day.",
        )
    row = found[0]
    bucket = bucket_of(row["borrower_id"], institution.buckets)
    borrower = f"loan_id IS NULL AND borrower_id = {duck.literal(row['borrower_id'])}"
    flags = _known(home, "flags", known_on, f"kind = 'pause' AND ({own} OR {borrower})", bucket)
    return LoanFacts(
        loan_id=loan_id,
        opened_date=row["opened_date"],
        borrower_id=row["borrower_id"],
        status=row["status"],
        terms=_terms(home, row["product"], known_on),
        instalments=tuple(_each(Instalment, _known(home, "instalments", known_on, own, bucket))),
        payments=tuple(_each(Payment, _known(home, "payments", known_on, own, bucket))),
        snapshots=tuple(_each(Snapshot, _known(home, "snapshots", known_on, own, bucket))),
        pauses=tuple(Span(f["from_date"], f["to_date"]) for f in flags),
    )


def _terms(home: Home, product: str, known_on: date) -> Terms:
    own = f"product = {duck.literal(product)}"
    products = _known(home, "products", known_on, own)
    rates = _known(home, "rates", known_on, own)
    read = read_terms(pa.Table.from_pylist(products), pa.Table.from_pylist(rates))
    return read.get(product, Terms(product=product))


def _each(kind: Any, found: list[dict[str, Any]]) -> Iterator[Any]:
    return (kind(**{name: row[name] for name in kind._fields}) for row in found)


def _known(
    home: Home, name: str, known_on: date, where: str, bucket: int | None = None
) -> list[dict[str, Any]]:
    """Rows of a book table as known on a day, the latest known one per key."""
    found: list[dict[str, Any]] = known_rows(home, name, known_on, where, bucket).to_pylist()
    return found


def known_rows(
    home: Home,
    name: str,
    known_on: date,
    where: str,
    bucket: int | None = None,
    sealed: Sequence[Version] | None = None,
) -> pa.Table:
    """The same rows in columns, with where they came from; of some sealed versions, or of all."""
    table = BOOK[name]
    read = reading(home, name, known_on=known_on, bucket=bucket, sealed=sealed)
    if not read.paths:
        return arrow_schema(table).empty_table()
    key = ", ".join(f'"{k}"' for k in table.key)
    source = f"read_parquet({duck.file_list(list(read.paths))}, hive_partitioning = false)"
    latest_known = f"ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY known_date DESC) = 1"
    sql = f"SELECT * FROM {source} WHERE ({where}) AND known_date <= DATE '{known_on}'"
    if read.pick_latest:
        sql += f" QUALIFY {latest_known}"
    return query(f"{sql} ORDER BY {key}")


def _gone() -> FilesGone:
    return FilesGone(
        "Files of the lake are away or damaged",
        hint="Restore book/ and runs/ of the home from a backup, or run the day again.",
    )


def _declared(table: str) -> Table:
    if table not in RUN:
        raise NoTable(f"A run has no table {table!r}", hint=f"Choose one of: {', '.join(RUN)}.")
    return RUN[table]
