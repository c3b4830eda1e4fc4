"""The quarantine: every bad row as the bank wrote it and what is wrong, to mend in a spreadsheet.

A row that only waits (for its loan, its borrower, the payment it reverses) is also kept typed
beside it, and is tried again at every later load.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arrears.core.errors import Finding, UserError
from arrears.core.tables import BOOK, PROVENANCE, Table
from arrears.feeds.cells import LOAD_DAY
from arrears.feeds.checks import DUPLICATE, WAITS
from arrears.feeds.plan import SQL_TYPE, Plan, quoted
from arrears.lake.duck import Connection, literal
from arrears.lake.files import sync_file

MARKS = ("_table", "_file", "_row", LOAD_DAY, "_column", "_value", "_reason", "_code", "_mapping")
SAMPLE = 20
_FORMULA = "=+-@\t\r'"
_NUMBER = re.compile(r"[+-]?[\d.,]+")

REASONS = {
    "encoding": "the line is neither UTF-8 nor GB18030",
    "quote": "a quote on this line is not closed, or stands inside a value",
    "width": "the line has another number of values than the header",
    "missing": "a value is needed here",
    "not_a_day": "this is no day in the form that the mapping states",
    "date_absurd": "the year is not between 1900 and 2200",
    "date_future": "this day lies after the day on which it became known",
    "not_an_amount": "this is no amount",
    "amount_decimals": "the amount has more decimals than the currency",
    "amount_absurd": "the amount is too large to be true",
    "amount_negative": "the amount may not be negative",
    "amount_not_positive": "a payment is more than zero unless it reverses another",
    "below_least": "the number is too small",
    "not_whole": "this is no whole number, or too large",
    "not_a_degree": "this is no coordinate",
    "not_one_of": "the value is not among those allowed",
    "value_unmapped": "the mapping's values do not say what this means; add it there",
    "currency_other": "the book has another currency; one home holds one currency",
    "no_partner": "the joined source has no row for it",
    "partner_twice": "the joined source has several rows for it",
    "borrower_unknown": "the borrower is not in the book yet; tried again at every load",
    "loan_unknown": "the loan is not in the book yet; tried again at every load",
    "payment_unknown": "the payment it reverses is not in the book yet; tried again at every load",
    "reversal_of_reversal": "what it undoes is itself a reversal; undo the payment by a new one",
    "reversal_other_loan": "a reversal is of the same loan as the payment it undoes",
    "reversal_before_payment": "a reversal neither counts nor is known before its payment",
    "reversal_exceeds": "all reversals of a payment together take back no more than was paid",
    "key_conflict": "the same key with the same known day says something else",
    "borrower_changed": "a loan keeps its borrower: give a loan taken over a new id",
}


class NotACorrection(UserError):
    """The file of corrections is not one that the quarantine wrote."""

    exit_code = 46


@dataclass(frozen=True, slots=True)
class Corrections:
    """The corrected rows of one file, by table: the bank's columns, then file and line."""

    columns: dict[str, list[str]]
    rows: dict[str, list[tuple[str, ...]]]


def safe(text: str) -> str:
    """The text as a spreadsheet will not run it; plain numbers stay as they are."""
    if text and text[0] in _FORMULA and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def unsafe(text: str) -> str:
    """What `safe` was given."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in _FORMULA else text


def write_rows(con: Connection, plan: Plan, mapping: str, path: Path | None) -> tuple[Finding, ...]:
    """The newly quarantined rows of `typed` are in the file; a sample of them comes back.

    Grain: one line per row of the source, however many faults or instalments it has.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE held AS SELECT DISTINCT ON (source_file, source_row) "
        "source_file, source_row, _fault, _at, _because, known_date FROM typed "
        f"WHERE _fault IS NOT NULL AND _fault <> '{DUPLICATE}' AND NOT _retried "
        "ORDER BY source_file, source_row, _at"
    )
    names = [name for name in plan.main.places if not name.startswith("_")]
    sample: list[Finding] = []
    writer, file = None, None
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="utf-8-sig", newline="")
        writer = csv.writer(file)
        writer.writerow([*names, *MARKS])
    for raw, where, known, faults in _held(con, plan, names):
        columns, values, codes, reasons = zip(*faults, strict=True)
        if len(sample) < SAMPLE:
            sample.extend(
                Finding(
                    code, f"{where[0]} row {where[1]}", f"{column} {value!r}: {reason}", mapping
                )
                for column, value, code, reason in faults
            )
        if writer:
            said = [" | ".join(texts) for texts in (columns, values, reasons, codes)]
            marks = [plan.table.name, *where, known, *said, mapping]
            writer.writerow([safe(text) for text in [*raw, *marks]])
    if file is not None and path is not None:
        file.close()
        sync_file(path)
    return tuple(sample[:SAMPLE])


Fault = tuple[str, str, str, str]  # column, value, code, reason


def _held(
    con: Connection, plan: Plan, names: list[str]
) -> Iterator[tuple[list[str], tuple[str, str], str, list[Fault]]]:
    """Each held row: its raw values, file and line, load's day, and all its faults."""
    met = "v._file = h.source_file AND v._row = h.source_row"
    main = f"(SELECT v.* FROM {plan.main.view} v SEMI JOIN held h ON {met})"
    made = [*plan.made, *([plan.count] if plan.count else [])]
    raw = ", ".join(f"CAST(r.{plan.main.places[name]} AS VARCHAR)" for name in names)
    cells = ", ".join(f"CAST(q.t_{m.column.name} AS VARCHAR), q.f_{m.column.name}" for m in made)
    result = con.execute(
        f"SELECT h.source_file, h.source_row, h._fault, h._at, h._because, h.known_date, r._line, "
        f"{raw}, {cells} FROM held h "
        f"JOIN {plan.main.view} r ON r._file = h.source_file AND r._row = h.source_row "
        f"JOIN ({plan.read(main)}) q ON q._file = h.source_file AND q._row = h.source_row "
        "ORDER BY h.source_file, h.source_row"
    )
    while rows := result.fetchmany(5000):
        for row in rows:
            file, number, fault, at, because, known, line = row[:7]
            values = [text if text is not None else "" for text in row[7 : 7 + len(names)]]
            texts = dict(zip((m.column.name for m in made), row[7 + len(names) :: 2], strict=True))
            codes = dict(zip((m.column.name for m in made), row[8 + len(names) :: 2], strict=True))
            faults = [(c, texts[c] or "", code, REASONS[code]) for c, code in codes.items() if code]
            if line is not None:
                faults = [("_line", line, fault, REASONS[fault])]
            elif not faults or fault not in codes.values():
                reason = f"{REASONS[fault]}: {because}" if because else REASONS[fault]
                shown = texts.get(at) or ", ".join(texts[k] or "" for k in plan.table.key)
                faults = [(at or "_row", shown, fault, reason)]
            faults = [(c, v.removeprefix("\x01"), code, why) for c, v, code, why in faults]
            yield values, (file, str(number)), str(known or ""), faults


def read_corrections(path: Path) -> Corrections:
    """The rows of a corrected quarantine file. Raises: NotACorrection."""
    hint = "Correct the cells of a file under quarantine/ and keep its columns that begin with _."
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            columns = [name for name in reader.fieldnames or () if not name.startswith("_")]
            made = Corrections({}, {})
            for number, row in enumerate(reader, start=2):
                if (
                    None in row
                    or None in row.values()
                    or not {"_table", "_file", "_row"} <= set(row)
                ):
                    raise NotACorrection(f"Row {number} of {path.name} is not whole", hint=hint)
                said = {key: unsafe(value) for key, value in row.items()}
                if said["_table"] not in BOOK or not said["_row"].isdigit():
                    raise NotACorrection(
                        f"Row {number} of {path.name} names no table or row", hint=hint
                    )
                made.columns[said["_table"]] = [*columns, LOAD_DAY]
                kept = (
                    *(said[name] for name in columns),
                    said.get(LOAD_DAY, ""),
                    said["_file"],
                    said["_row"],
                )
                made.rows.setdefault(said["_table"], []).append(kept)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotACorrection(f"{path.name} cannot be read: {error}", hint=hint) from error
    if not made.rows:
        raise NotACorrection(f"{path.name} holds no rows", hint=hint)
    return made


# -- rows that wait -------------------------------------------------------------------------------


def waiting_path(folder: Path, table: str) -> Path:
    """Where a version's quarantine keeps the rows of a table that wait."""
    return folder / "waiting" / f"{table}.parquet"


def retry_sql(path: Path | None, table: Table, mode: str, mapping: str) -> str:
    """The waiting rows of a table (none without a path) as rows of `typed`, to be checked again."""
    names = {quoted(c.name): SQL_TYPE[c.kind] for c in (*table.columns, *PROVENANCE)}
    if path is None:
        nulls = ", ".join(f"NULL::{kind} AS {name}" for name, kind in names.items())
        select, source, where = f"{nulls}, NULL::VARCHAR AS _raw", "(SELECT 1)", "false"
    else:
        select, source = f"{', '.join(names)}, _raw", f"read_parquet({literal(path)})"
        where = _mine(mode, mapping)
    return (
        f"SELECT {select}, NULL::VARCHAR AS _fault, NULL::VARCHAR AS _at, "
        f"NULL::VARCHAR AS _because, true AS _retried FROM {source} WHERE {where}"
    )


def keep_waiting(
    con: Connection,
    plan: Plan | None,
    table: Table,
    mode: str,
    mapping: str,
    old: Path | None,
    path: Path,
) -> int:
    """The rows of a table that wait as of now are in the file; the count of them comes back."""
    columns = quoted(*table.names)
    marks = "source_file, source_row, known_date"
    raw = "t._raw"
    joined = ""
    if plan is not None:
        names = {n: p for n, p in plan.main.places.items() if not n.startswith("_")}
        pairs = ", ".join(f"{literal(name)}, r.{place}" for name, place in names.items())
        raw = f"coalesce(t._raw, CAST(json_object({pairs}) AS VARCHAR))"
        joined = (
            f"LEFT JOIN {plan.main.view} r ON r._file = t.source_file AND r._row = t.source_row"
        )
    waits = ", ".join(literal(code) for code in WAITS)
    select = (
        f"SELECT t.* EXCLUDE (_fault, _at, _because, _retried, _raw), {literal(mode)} AS _mode, "
        f"{literal(mapping)} AS _mapping, {raw} AS _raw FROM typed t {joined} "
        f"WHERE t._fault IN ({waits})"
    )
    select = f"SELECT {columns}, {marks}, _mode, _mapping, _raw FROM ({select})"
    if old is not None:
        select += (
            f" UNION ALL SELECT {columns}, {marks}, _mode, _mapping, _raw "
            f"FROM read_parquet({literal(old)}) WHERE NOT ({_mine(mode, mapping)})"
        )
    counted = con.execute(f"SELECT count(*) FROM ({select})").fetchone()
    if counted is None or not counted[0]:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    order = ", ".join((*table.key, "known_date", "source_file", "source_row"))
    con.execute(
        f"COPY ({select} ORDER BY {order}) TO {literal(path)} (FORMAT parquet, COMPRESSION zstd)"
    )
    sync_file(path)
    return int(counted[0])


def write_contradicted(con: Connection, table: Table, mapping: str, path: Path) -> None:
    """Retried rows that turned out to contradict the book are added to the quarantine file."""
    others = ", ".join(map(literal, (*WAITS, DUPLICATE)))
    rows = con.execute(
        "SELECT source_file, source_row, known_date, _at, _fault, _because, _raw FROM typed "
        f"WHERE _retried AND _fault NOT IN ({others}) ORDER BY ALL"
    ).fetchall()
    if not rows:
        return
    names = list(json.loads(rows[0][6]))
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path if not path.exists() else path.with_name(f"{table.name}_retried.csv")
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, *MARKS])
        for where, number, known, at, fault, because, raw in rows:
            said = json.loads(raw)
            reason = f"{REASONS[fault]}: {because}" if because else REASONS[fault]
            marks = [
                table.name,
                where,
                str(number),
                str(known),
                at or "",
                "",
                reason,
                fault,
                mapping,
            ]
            writer.writerow(
                [safe(str(text or "")) for text in [*(said.get(n) for n in names), *marks]]
            )
    sync_file(target)


def _mine(mode: str, mapping: str) -> str:
    """Which waiting rows a load tries: those of increments, or of its mapping's own snapshots."""
    same = f"_mode = 'snapshot' AND _mapping = {literal(mapping)}"
    return same if mode == "snapshot" else "_mode = 'increment'"
