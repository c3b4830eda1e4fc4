"""`arrears demo`: a made-up book, its last month, today's figures and list, one loan explained."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from arrears.batch import read
from arrears.batch.run import run
from arrears.cli.edge import today
from arrears.cli.figures import show_ageing, show_list, show_roll, show_summary, show_treatments
from arrears.cli.screen import Language, LanguageOption, Report, progress, say
from arrears.core.errors import UserError
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.files import clear, read_json, write_json
from arrears.lake.home import Home
from arrears.synth.book import make_book

ZONE = "Asia/Shanghai"
SEED = 20260101
SHOWN = 15
DEMO_HOME = Path("arrears-demo")


class NotADemo(UserError):
    """The folder holds something else than a demonstration, which must not be overwritten."""

    exit_code = 13


def demo(
    loans: Annotated[int, typer.Option(min=1, help="How many loans to make up.")] = 20_000,
    days: Annotated[int, typer.Option(min=1, help="How many days to run, up to today.")] = 30,
    lang: LanguageOption = Language.zh,
    home: Annotated[
        Path, typer.Option("--home", file_okay=False, help="The folder of the demonstration.")
    ] = DEMO_HOME,
) -> None:
    """Make up a loan book that ends today, run its last days, show the figures and the list.

    Nothing leaves this machine, and nobody in the book exists. Asked again on the same day it shows
    the same; on another day the folder is made anew.
    """
    place = Home(home)
    last = today(ZONE)
    with progress() as report:
        _prepare(place, last, loans, report)
        for n in range(days):
            report("Running days", n, days)
            run(place, as_of=last - timedelta(days=days - 1 - n))
    _show(place, last, lang)


def _prepare(home: Home, last: date, loans: int, report: Report) -> None:
    """The home holds the made-up book of this day, loaded. Raises: NotADemo."""
    wanted = {"last_date": last.isoformat(), "loans": loans, "seed": SEED}
    mark = home.path / "demo.json"
    if home.path.exists() and any(home.path.iterdir()) and not mark.exists():
        raise NotADemo(
            f"{home.path} holds something that is no demonstration",
            hint="Name an empty folder: arrears demo --home FOLDER",
        )
    if not mark.exists() or read_json(mark) != wanted:
        clear(home.path)
        write_json(mark, wanted)
    files = home.path / "files"
    make_book(
        files,
        loans=loans,
        seed=SEED,
        last_date=last,
        progress=lambda done, total: report("Making up loans", done, total),
    )
    load(home, read_mapping("standard"), files, today=last, progress=report)


def _show(home: Home, last: date, lang: Language) -> None:
    """Today's figures, the top of the list, and its first loan explained."""
    zh = lang is Language.zh
    currency = home.institution().currency
    say(f"虚构账簿，业务日期 {last}" if zh else f"A made-up book as of {last}")
    done = read.day_run(home, as_of=last)
    arrears = read.rows(done, "arrears").to_pylist()
    show_summary(arrears, lang)
    show_ageing(arrears, lang)
    show_roll(read.rows(done, "roll").to_pylist(), lang)
    worklist = read.rows(done, "worklist").to_pylist()
    show_treatments(worklist, lang)
    show_list(worklist, lang, currency=currency, first=SHOWN)
    if not worklist:
        return
    loan = worklist[0]["worst_loan_id"]
    say()
    say(f"为什么是 {loan}？" if zh else f"Why {loan}?")
    say()
    say(read.explain(home, loan, as_of=last).as_text(lang.value))
    say()
    again = f"arrears explain {loan} --home {home.path} --as-of {last}"
    say(f"再看一遍：{again}" if zh else f"Ask again: {again}")
