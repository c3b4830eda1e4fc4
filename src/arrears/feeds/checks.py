"""Checks across rows: what came twice, what contradicts the book, and what waits for its loan.

They work on the temp table `typed` of one table: a row without `_fault` is good; a check gives a
row its fault (`duplicate` included), the column it concerns (`_at`) and the sentence (`_because`).
"""

from dataclasses import dataclass
from pathlib import Path

from arrears.core.tables import Table
from arrears.lake.book import TableLoad, versions
from arrears.lake.duck import Connection, file_list, literal
from arrears.lake.home import Home, bucket_sql

DUPLICATE = "duplicate"
WAITS = ("borrower_unknown", "loan_unknown", "payment_unknown")  # retried at every later load


@dataclass(frozen=True, slots=True)
class Stored:
    """The sealed parts of one table that can hold a key of it."""

    paths: tuple[Path, ...]
    others: tuple[Path, ...]  # those that a new snapshot of this mapping does not replace

    @property
    def sql(self) -> str:
        """The stored rows, as a FROM item."""
        return f"read_parquet({file_list(list(self.paths))})"


def stored(home: Home, table: str, mapping: str, mode: str) -> Stored:
    """The parts of a table in all sealed versions."""
    loads = [(v.mapping, load) for v in versions(home) for load in v.tables if load.table == table]

    def replaced(name: str, load: TableLoad) -> bool:
        return mode == load.mode == "snapshot" and name == mapping

    every = tuple(home.path / part.path for _, load in loads for part in load.parts)
    others = tuple(
        home.path / p.path for n, load in loads if not replaced(n, load) for p in load.parts
    )
    return Stored(every, others)


def check_repeats(con: Connection, table: Table, old: Stored) -> bool:
    """Duplicates and contradictions are marked; true when a good row gives a key a new version."""
    keys = ", ".join(table.key)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE twice AS SELECT {keys} FROM typed WHERE _fault IS NULL "
        f"GROUP BY {keys} HAVING count(*) > 1"
    )
    within = bool(con.execute("SELECT 1 FROM twice LIMIT 1").fetchall())
    if within:
        con.execute(_within(table))
    if old.paths:
        con.execute(_against(table, old))
    versions_within = (
        f"SELECT 1 FROM typed t SEMI JOIN twice k ON {_met(table, 't', 'k')} WHERE _fault IS NULL "
    )
    versions_within += f"GROUP BY {keys} HAVING count(*) > 1 LIMIT 1"
    if within and con.execute(versions_within).fetchall():
        return True
    if not old.others:
        return False
    others = Stored(old.others, ())
    again = f"SELECT 1 FROM typed t SEMI JOIN {others.sql} s ON {_met(table, 't', 's')} "
    return bool(con.execute(again + "WHERE t._fault IS NULL LIMIT 1").fetchall())


def _met(table: Table, left: str, right: str) -> str:
    required = {c.name: c.required for c in table.columns}
    return " AND ".join(
        f"{left}.{k} {'=' if required[k] else 'IS NOT DISTINCT FROM'} {right}.{k}"
        for k in table.key
    )


def _same(table: Table, left: str, right: str) -> str:
    others = [name for name in table.names if name not in table.key]
    return (
        " AND ".join(f'{left}."{n}" IS NOT DISTINCT FROM {right}."{n}"' for n in others) or "true"
    )


def _verdict(same: str, where: str) -> str:
    return (
        f"CASE WHEN {same} THEN '{DUPLICATE}' ELSE 'key_conflict' END AS fault, "
        f"'the same key is already known otherwise from ' || {where} AS because"
    )


def _within(table: Table) -> str:
    """Of rows with equal key and known day the first stays; others repeat or contradict it."""
    keys = ", ".join(f"t.{k}" for k in table.key)
    verdict = _verdict(_same(table, "a", "b"), "b.source_file || ' row ' || b.source_row")
    return (
        "UPDATE typed SET _fault = v.fault, _at = '_key', _because = v.because FROM ("
        "WITH turns AS ("
        f"SELECT t.rowid AS id, first_value(t.rowid) OVER (PARTITION BY {keys}, t.known_date "
        f"ORDER BY t._retried DESC, t.source_file, t.source_row, t.rowid) AS first "
        f"FROM typed t SEMI JOIN twice k ON {_met(table, 't', 'k')} WHERE t._fault IS NULL) "
        f"SELECT a.rowid AS id, {verdict} FROM turns JOIN typed a ON a.rowid = turns.id "
        f"JOIN typed b ON b.rowid = turns.first WHERE turns.id <> turns.first) v "
        "WHERE typed.rowid = v.id"
    )


def _against(table: Table, old: Stored) -> str:
    """Rows whose key and known day are stored already repeat what is stored, or contradict it."""
    verdict = _verdict(
        f"bool_or({_same(table, 't', 's')})", "min(s.source_file || ' row ' || s.source_row)"
    )
    return (
        f"UPDATE typed SET _fault = v.fault, _at = '_key', _because = v.because FROM ("
        f"SELECT t.rowid AS id, {verdict} FROM typed t JOIN {old.sql} s "
        f"ON {_met(table, 't', 's')} AND t.known_date = s.known_date "
        f"WHERE t._fault IS NULL GROUP BY t.rowid) v WHERE typed.rowid = v.id"
    )


# -- who is known ---------------------------------------------------------------------------------


_KNOWN = {  # table -> the temp table of what is known of it, and its columns
    "products": ("described", ("product",)),
    "borrowers": ("known_borrowers", ("borrower_id",)),
    "loans": ("owners", ("loan_id", "borrower_id")),
}


def know(con: Connection, home: Home, buckets: int) -> None:
    """The temp tables `described`, `known_borrowers`, `owners` hold what is stored, each once.

    `owners` also has the bucket of each loan.
    """
    for table, (name, columns) in _KNOWN.items():
        nothing = ", ".join(f"NULL::VARCHAR AS {column}" for column in columns)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS "
            f"SELECT {_known(table, buckets)} FROM (SELECT {nothing}) LIMIT 0"
        )
        old = stored(home, table, "", "")
        if old.paths:
            _add(con, table, buckets, old.sql)


def learn(con: Connection, table: Table, buckets: int) -> None:
    """The good rows of products, borrowers and loans count as known for the tables that follow."""
    if table.name in _KNOWN:
        name, columns = _KNOWN[table.name]
        fresh = f"{columns[0]} NOT IN (SELECT {columns[0]} FROM {name})"
        _add(con, table.name, buckets, f"typed WHERE _fault IS NULL AND {fresh}")


def _add(con: Connection, table: str, buckets: int, rows: str) -> None:
    con.execute(
        f"INSERT INTO {_KNOWN[table][0]} SELECT DISTINCT {_known(table, buckets)} FROM {rows}"
    )


def _known(table: str, buckets: int) -> str:
    bucket = f", {bucket_sql('borrower_id', buckets)} AS bucket" if table == "loans" else ""
    return ", ".join(_KNOWN[table][1]) + bucket


def undescribed(con: Connection) -> list[str]:
    """The products of good loans that no row of products describes, in order."""
    rows = con.execute(
        "SELECT DISTINCT product FROM typed WHERE _fault IS NULL "
        "AND product NOT IN (SELECT product FROM described) ORDER BY product"
    ).fetchall()
    return [product for (product,) in rows]


def check_owners(con: Connection, table: Table) -> None:
    """A row whose borrower or loan is not known yet waits; a loan keeps its borrower."""
    if "borrower_id" in table.names and table.name != "borrowers":
        wait(con, "borrower_unknown", "borrower_id", "known_borrowers", "borrower_id")
    if "loan_id" in table.names and table.name != "loans":
        wait(con, "loan_unknown", "loan_id", "owners", "loan_id")
    if table.name == "loans":
        con.execute(
            "UPDATE typed SET _fault = 'borrower_changed', _at = 'borrower_id', "
            "_because = v.because FROM (SELECT t.rowid AS id, "
            "'the loan belongs to ' || k.borrower_id AS because FROM typed t JOIN ("
            "SELECT loan_id, borrower_id FROM owners UNION ALL (SELECT loan_id, "
            "arg_min(borrower_id, (known_date, source_file, source_row)) FROM typed "
            "WHERE _fault IS NULL AND loan_id NOT IN (SELECT loan_id FROM owners) "
            "GROUP BY loan_id)) k USING (loan_id) WHERE t._fault IS NULL "
            "AND t.borrower_id <> k.borrower_id) v WHERE typed.rowid = v.id"
        )
    if {"borrower_id", "loan_id"} <= set(table.names) and table.name != "loans":
        con.execute(
            "UPDATE typed SET _fault = 'missing', _at = 'borrower_id' "
            "WHERE _fault IS NULL AND borrower_id IS NULL AND loan_id IS NULL"
        )


def wait(con: Connection, code: str, column: str, known: str, key: str) -> int:
    """How many good rows now wait because what they name in the column is not known."""
    changed = con.execute(
        f"UPDATE typed SET _fault = '{code}', _at = '{column}' WHERE _fault IS NULL "
        f"AND {column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {known})"
    ).fetchone()
    return int(changed[0]) if changed else 0


def mark(con: Connection, verdicts: str) -> int:
    """How many rows have the fault that a query (id, fault, place, because) now gives them."""
    changed = con.execute(
        "UPDATE typed SET _fault = v.fault, _at = v.place, _because = v.because "
        f"FROM ({verdicts}) v WHERE typed.rowid = v.id"
    ).fetchone()
    return int(changed[0]) if changed else 0


def check_shrink(con: Connection, home: Home, table: str, mapping: str) -> tuple[int, int] | None:
    """Rows before and now, when a snapshot has lost more than half of the one before; else None."""
    sizes: dict[str, int] = {}
    for version in versions(home):
        for load in version.tables:
            if load.table == table and load.mode == "snapshot" and version.mapping == mapping:
                for part in load.parts:
                    sizes[part.known_first] = sizes.get(part.known_first, 0) + part.rows
    days = con.execute(
        "SELECT known_date::VARCHAR, count(*) FROM typed WHERE NOT _retried "
        f"AND (_fault IS NULL OR _fault = {literal(DUPLICATE)}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for day, now in days:
        earlier = [known for known in sizes if known < day]
        before = sizes[max(earlier)] if earlier else 0
        if now * 2 < before:
            return before, int(now)
        sizes[day] = max(now, sizes.get(day, 0))
    if not days and sizes:
        return sizes[max(sizes)], 0
    return None
