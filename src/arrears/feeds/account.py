"""Account: every row and amount of a table is counted, file by file, and none may be missing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears.core.errors import Finding
from arrears.feeds.checks import DUPLICATE, WAITS
from arrears.feeds.intake import Job
from arrears.feeds.plan import Plan
from arrears.feeds.report import TableReport
from arrears.lake.book import Part, TableLoad
from arrears.lake.duck import Connection, literal

WAITING = f"coalesce(_fault IN ({', '.join(map(literal, WAITS))}), false)"
QUARANTINED = f"coalesce(_fault <> {literal(DUPLICATE)}, false)"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a table's rows: where the good ones lie, and what is wrong with the others."""

    findings: tuple[Finding, ...]
    waiting: int
    quarantine: Path | None
    repeats: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """The rows and amounts of `typed`, by what became of them, and the manifest's entries."""

    rows: dict[str, int]
    money: dict[str, dict[str, int]]
    retried: int
    entries: list[dict[str, Any]]


def take_account(con: Connection, job: Job, plan: Plan | None, *, corrected: bool) -> Account:
    """The table's rows are counted as they stand in `typed`; one that waits again is left out."""
    money = job.table.money
    kind = "CASE WHEN _fault IS NULL THEN 'loaded' "
    kind += f"WHEN {QUARANTINED} THEN 'quarantined' ELSE 'duplicate' END"
    rows: dict[str, int] = {}
    amounts: dict[str, dict[str, int]] = {}
    counted = con.execute(
        f"SELECT {kind}, count(*) {_sums(money)} FROM typed "
        f"WHERE NOT (_retried AND {WAITING}) GROUP BY 1"
    ).fetchall()
    for what, number, *totals in counted:
        rows[what], amounts[what] = number, _named(money, totals)
    again = con.execute(f"SELECT count(*) FROM typed WHERE _retried AND NOT ({WAITING})").fetchone()
    entries = _entries(con, job, plan, corrected=corrected) if plan else []
    return Account(rows, amounts, int(again[0]) if again else 0, entries)


def table_load(job: Job, account: Account, outcome: Outcome) -> TableLoad:
    """What the manifest keeps of one table."""
    return _load(job, account.rows, account.money, outcome)


def table_report(job: Job, account: Account, outcome: Outcome) -> TableReport:
    """What a person is told of one table: files that were loaded before count as duplicates."""
    rows = dict(account.rows)
    money = {what: dict(totals) for what, totals in account.money.items()}
    for again in job.again:
        rows["duplicate"] = rows.get("duplicate", 0) + again["rows_in"]
        said = money.setdefault("duplicate", {})
        for name, total in again["money_in"].items():
            said[name] = said.get(name, 0) + total
    every = [*account.entries, *job.again]
    load = _load(job, rows, money, outcome)
    report = TableReport(
        job.table.name, job.mode,
        sum(e["rows_read"] for e in every), sum(e["not_picked"] for e in every),
        sum(e["rows_in"] - e["rows_read"] + e["not_picked"] for e in every), account.retried,
        load.rows_in, load.loaded, load.quarantined, load.duplicate,
        load.money_in, load.money_loaded, load.money_quarantined, load.money_duplicate,
        outcome.waiting, outcome.findings, outcome.quarantine,
    )  # fmt: skip
    report.check()
    return report


def _load(
    job: Job, rows: dict[str, int], amounts: dict[str, dict[str, int]], outcome: Outcome
) -> TableLoad:
    money = {
        kind: {name: amounts.get(kind, {}).get(name, 0) for name in job.table.money}
        for kind in ("loaded", "quarantined", "duplicate")
    }
    return TableLoad(
        table=job.table.name,
        mode=job.mode,
        rows_in=sum(rows.values()),
        loaded=rows.get("loaded", 0),
        quarantined=rows.get("quarantined", 0),
        duplicate=rows.get("duplicate", 0),
        money_in={name: sum(one[name] for one in money.values()) for name in job.table.money},
        money_loaded=money["loaded"],
        money_quarantined=money["quarantined"],
        money_duplicate=money["duplicate"],
        repeats=outcome.repeats,
        parts=outcome.parts,
    )


def _entries(con: Connection, job: Job, plan: Plan, *, corrected: bool) -> list[dict[str, Any]]:
    """What the manifest keeps of each fresh file: enough to know it again, and to count it."""
    money = job.table.money
    by = "''" if corrected else "source_file"
    view = "''" if corrected else "_file"
    read = dict(con.execute(f"SELECT {view}, count(*) FROM {plan.main.view} GROUP BY 1").fetchall())
    found = con.execute(
        f"SELECT {by}, count(*) FILTER (WHERE {plan.picked_rows}), count(*) {_sums(money)} "
        "FROM typed WHERE NOT _retried GROUP BY 1"
    ).fetchall()
    totals = {name: (picked, number, rest) for name, picked, number, *rest in found}
    entries = []
    for file, mark in job.fresh.items():
        name = "" if corrected else file.name
        picked, rows_in, sums = totals.get(name, (0, 0, []))
        entries.append(
            {
                "file": file.name,
                "table": job.table.name,
                "sha256": file.sha256,
                "bytes": file.size,
                "mark": mark,
                "rows_read": read.get(name, 0),
                "not_picked": read.get(name, 0) - picked,
                "rows_in": rows_in,
                "money_in": _named(money, sums),
            }
        )
    return entries


def _sums(money: tuple[str, ...]) -> str:
    return "".join(f", coalesce(sum({name}), 0)" for name in money)


def _named(money: tuple[str, ...], totals: list[Any]) -> dict[str, int]:
    padded = [*totals, *[0] * (len(money) - len(totals))]
    return {name: int(total) for name, total in zip(money, padded, strict=True)}
