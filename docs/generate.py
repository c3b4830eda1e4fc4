"""Writes the pages of docs/reference that follow from the code: `make docs`."""

import sys
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory
from typing import Any

import sqlglot
from typer.main import get_command

import arrears
from arrears.batch import plan
from arrears.batch.run import shipped_decisions
from arrears.cli.app import app
from arrears.core.errors import UserError
from arrears.core.hold import CHANNELS, KINDS, PURPOSES, HoldKind
from arrears.core.tables import BOOK, PROVENANCE, RUN, Column, Kind, Table
from arrears.decide.check import sound
from arrears.decide.compile import ranked
from arrears.lake.home import Home
from arrears.web.start import start
from docs.rulebook import rule_pages

ROOT = Path(__file__).parents[1]
SAMPLE = plan.parameters(as_of=date(2026, 6, 30), oldest_snapshot=date(2026, 5, 16))
SPARK = "arrears.batch.engines.spark"  # needs an extra, and adds no user error
MADE = "<!-- Made by `make docs` from the code. Change it there. -->\n"
MEANING = {
    Kind.TEXT: "text",
    Kind.DAY: "calendar date",
    Kind.MINOR: "64-bit whole minor units (分)",
    Kind.WHOLE: "32-bit whole number",
    Kind.DEGREE: "degrees, WGS-84",
}


def generated() -> dict[str, str]:
    """The text of each generated page by its path in the repository."""
    return {
        "docs/reference/tables.md": tables_page(),
        "docs/reference/commands.md": commands_page(),
        **rule_pages(MADE),
        "docs/reference/holds.md": holds_page(),
        "docs/reference/log.md": _log_page(),
        **{f"tests/agree/spark/{name}.sql": text for name, text in spark_texts().items()},
    }


def spark_texts() -> dict[str, str]:
    """The SQL that Spark is given for each step, to be read when it changes."""
    said = {step.name: plan.filled(step.sql, SAMPLE) for step in plan.steps()}
    said["worklist"] = ranked(sound(shipped_decisions()))
    return {
        name: sqlglot.transpile(sql, read="duckdb", write="spark", pretty=True)[0] + "\n"
        for name, sql in said.items()
    }


def tables_page() -> str:
    """Every declared table, column by column."""
    parts = [
        MADE,
        "# Tables\n",
        "What rooms hand each other, from `src/arrears/core/tables.py`.\n"
        + "Amounts are whole minor units of the book's one currency; ids are text.\n",
        "## The book\n",
        "Written by `arrears load`. Every table of the book also ends with "
        + ", ".join(f"`{c.name}`" for c in PROVENANCE)
        + ": where the row came from and the day the bank told us.\n",
        *(_table(t) for t in BOOK.values()),
        "## A run\n",
        "Written by `arrears run`, one set for each day.\n",
        *(_table(t) for t in RUN.values()),
    ]
    return "\n".join(parts)


def _table(table: Table) -> str:
    rows = "\n".join(_column(column, table) for column in table.columns)
    return (
        f"### {table.name}\n\n{table.grain[0].upper()}{table.grain[1:]}.\n\n"
        f"| column | holds | rules |\n|---|---|---|\n{rows}\n"
    )


def _column(column: Column, table: Table) -> str:
    rules = ["key"] if column.name in table.key else []
    rules += [] if column.required else ["may be empty"]
    rules += [" \\| ".join(f"`{word}`" for word in column.one_of)] if column.one_of else []
    rules += [f"≥ {column.least}"] if column.least is not None else []
    return f"| `{column.name}` | {MEANING[column.kind]} | {', '.join(rules)} |"


def holds_page() -> str:
    """Every kind of hold with what it stops where the hold itself does not say otherwise."""
    rows = "\n".join(_hold(kind) for kind in KINDS.values())
    return "\n".join(
        [
            MADE,
            "# Kinds of hold\n",
            "What a hold stops where it does not say otherwise itself, from `src/arrears/core/hold.py`.\n"
            "A hold may be narrowed to channels, purposes, the role of the person reached, one contact\n"
            "point, and days, where the table does not say otherwise; a kind that is not in this table\n"
            "stops everything. How holds are placed and ended: [Holds and stops](../howto/holds.md).\n",
            f"Channels: {_codes(CHANNELS)}. Purposes: {_codes(PURPOSES)}. A purpose that is not in this "
            "list is stopped.\n",
            "| kind | in words | lets through | needs | lasts | ended by | asked for by |",
            f"|---|---|---|---|---|---|---|\n{rows}\n",
        ]
    )


def _hold(kind: HoldKind) -> str:
    needs = {
        "first day and end": kind.needs_days,
        "one contact point": kind.needs_point,
        "a contact point or a channel": kind.needs_scope,
    }
    kept = {"not to be narrowed": not kind.narrows, "without days": not kind.has_days}
    ender = "compliance" if kind.by_compliance else "a supervisor or compliance"
    through = _codes(kind.spares) or "nothing"
    through += "; the point that it names" if kind.spares_point else ""
    cells = (
        f"`{kind.kind}`",
        " · ".join(kind.words),
        through,
        ", ".join(name for name, asked in {**needs, **kept}.items() if asked) or "-",
        _lasts(kind),
        ender if kind.placed else "the run that has the payment, or a supervisor or compliance",
        f"{kind.basis}{', for every borrower' if kind.of_anyone else ''}",
    )
    return f"| {' | '.join(cells)} |"


def _lasts(kind: HoldKind) -> str:
    if kind.needs_days:
        return "its days"
    if kind.usual_days:
        return f"{kind.usual_days} days, unless it says otherwise"
    return "until it is ended" if kind.placed else "until it is booked"


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def commands_page() -> str:
    """Every command with its arguments and options."""
    tree: Any = get_command(app)
    parts = [_command(name, command) for name, command in tree.commands.items()]
    head = "# Commands\n\nWhat `arrears COMMAND --help` says, on one page.\n"
    return "\n".join([MADE, head, *parts, _exit_codes()])


def user_errors() -> list[type[UserError]]:
    """The user errors of all rooms, in order of exit code."""
    _begin()
    for module in walk_packages(arrears.__path__, "arrears."):
        if module.name != SPARK:
            import_module(module.name)
    ours = (error for error in _kinds(UserError) if _is_ours(error))
    return sorted(ours, key=lambda e: (e.exit_code, e.__name__))


def _begin() -> None:
    """The workbench's models know of a ledger, as they want to before they are imported."""
    with TemporaryDirectory() as folder:
        start(Home(Path(folder)), {})


def _log_page() -> str:
    """How the log is written, in the words of the verifier and of the workbench."""
    _begin()
    page: str = import_module("docs.logbook").log_page(MADE)
    return page


def _is_ours(error: type[UserError]) -> bool:
    """Whether its module has it by its name: a copy that a test made of a module has gone by then."""
    module = sys.modules.get(error.__module__)
    return error.__module__.startswith("arrears.") and getattr(module, error.__name__, 0) is error


def _exit_codes() -> str:
    """What each exit code means."""
    rows = "\n".join(
        f"| {error.exit_code} | {(error.__doc__ or '').splitlines()[0]} | `{error.__name__}` |"
        for error in user_errors()
    )
    head = (
        "## Exit codes\n\n0: done. 1: a fault of ours, or the doctor found something to mend. "
        "2: the command line cannot be read.\n10–19: what was asked; 20–29: the home; "
        "30–39: the mapping; 40–49: the bank's files; 50–59: the run; 60–69: the decision table; "
        "70–79: the gate; 80–89: the channels; from 90: the workbench.\n"
    )
    return f"{head}\n| code | what it says | name |\n|---|---|---|\n{rows}\n"


def _kinds(error: type[UserError]) -> list[type[UserError]]:
    return [kind for sub in error.__subclasses__() for kind in (sub, *_kinds(sub))]


def _command(name: str, command: Any) -> str:
    arguments = [p.name.upper() for p in command.params if p.param_type_name == "argument"]
    usage = " ".join(["arrears", name, *arguments, "[OPTIONS]"])
    rows = "\n".join(_parameter(p) for p in command.params)
    options = f"| | | |\n|---|---|---|\n{rows}\n"
    return f"## arrears {name}\n\n{command.help}\n\n```\n{usage}\n```\n\n{options}"


def _parameter(parameter: Any) -> str:
    argument = parameter.param_type_name == "argument"
    names = [parameter.name.upper()] if argument else parameter.opts + parameter.secondary_opts
    default = "" if parameter.default in (None, False) else f"default `{parameter.default}`"
    rule = "required" if parameter.required else default
    return f"| {', '.join(f'`{n}`' for n in names)} | {parameter.help or ''} | {rule} |"


if __name__ == "__main__":
    for path, text in generated().items():
        (ROOT / path).write_text(text, encoding="utf-8")
