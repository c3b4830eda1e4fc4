"""`arrears demo`: a made-up bank, its last ninety days of collection work, and the workbench of today."""

import secrets
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from arrears.batch import read
from arrears.cli.edge import today
from arrears.cli.figures import show_ageing, show_list, show_roll, show_summary, show_treatments
from arrears.cli.ledger import open_ledger
from arrears.cli.screen import Language, LanguageOption, Report, progress, say, table
from arrears.cli.workbench import serve
from arrears.core.errors import UserError
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.files import clear, read_json, write_json
from arrears.lake.home import Home
from arrears.synth.book import make_book
from arrears.synth.daily import DailyFiles

if TYPE_CHECKING:
    from arrears.web.rehearsal.day import Rehearsal

ZONE = "Asia/Shanghai"
SEED = 20260101
SHOWN = 10
WEEKEND = (5, 6)
BANK = "示例银行"
DEMO_HOME = Path("arrears-demo")
CHANNELS = "# The demonstration: messages are taken and go nowhere; the outbox page shows them.\n"


class NotADemo(UserError):
    """The folder holds something else than a demonstration, which must not be overwritten."""

    exit_code = 13


def demo(
    loans: Annotated[int, typer.Option(min=1, help="How many loans to make up.")] = 20_000,
    days: Annotated[int, typer.Option(min=1, help="How many days to live, up to today.")] = 90,
    lang: LanguageOption = Language.zh,
    home: Annotated[
        Path, typer.Option("--home", file_okay=False, help="The folder of the demonstration.")
    ] = DEMO_HOME,
    serve_it: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Open the workbench at the end.")
    ] = True,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The workbench's port.")] = 8000,
) -> None:
    """Make up a bank, live its last days up to today, and open its workbench.

    Every day reminders go out, collectors call, borrowers answer and pay, the bank's files come in,
    the day is run and published. Nothing leaves this machine, and nobody in the book exists. Asked
    again on the same day it opens the same bank; on another day the folder is made anew.
    """
    place = Home(home)
    last = today(ZONE)
    with progress() as report:
        password = _lived(place, last, loans, days, report)
    _show(place, last, lang)
    _invite(password, lang)
    if serve_it:
        serve(home=home, port=port)


def _lived(home: Home, last: date, loans: int, days: int, report: Report) -> str:
    """The home holds the demonstration of this day, lived to its end; its password. Raises: NotADemo."""
    wanted = {"last_date": last.isoformat(), "loans": loans, "days": days, "seed": SEED}
    mark = home.path / "demo.json"
    if home.path.exists() and any(home.path.iterdir()) and not mark.exists():
        raise NotADemo(
            f"{home.path} holds something that is no demonstration",
            hint="Name an empty folder: arrears demo --home FOLDER",
        )
    told = read_json(mark) if mark.exists() else {}
    if told.get("lived") and {name: told.get(name) for name in wanted} == wanted:
        open_ledger(home, {})
        return str(told["password"])
    password = secrets.token_urlsafe(9)
    clear(home.path)
    write_json(mark, {**wanted, "lived": False})
    _live(home, last, loans, days, password, report)
    write_json(mark, {**wanted, "lived": True, "password": password})
    mark.chmod(0o600)
    return password


def _live(home: Home, last: date, loans: int, days: int, password: str, report: Report) -> None:
    """The bank is founded so many days ago and every day since has been worked, the last published."""
    book = home.path / "files" / "whole"
    make_book(
        book,
        loans=loans,
        seed=SEED,
        last_date=last,
        progress=lambda done, total: report("Making up loans", done, total),
    )
    first = last - timedelta(days=days - 1)
    before = first - timedelta(days=1)
    folder = home.path / "files" / "before"
    files = DailyFiles(book)
    files.before(first, folder)
    load(home, read_mapping("standard"), folder, today=last, progress=report)
    home.rename(BANK)
    open_ledger(home, {})  # the demonstration never writes into a database of the bank
    _hurry()
    rehearsal = _founded(home, files, password, _evening(before))
    rehearsal.publish(before, _evening(before))
    for n in range(days - 1):
        day = first + timedelta(days=n)
        report("Living days", n, days)
        if day.weekday() not in WEEKEND:  # the bank rests; on Monday it tells of all three days
            rehearsal.work(day)
            rehearsal.close(day, _evening(day))
    now = datetime.now(UTC)
    rehearsal.close(last, now - timedelta(minutes=2))
    rehearsal.remind(now - timedelta(minutes=1))


def _hurry() -> None:
    """No write waits for the disk meanwhile: a demonstration that is cut short is lived anew."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")


def _founded(home: Home, files: DailyFiles, password: str, at: datetime) -> "Rehearsal":
    """People work here, with approved texts and channels that lead nowhere."""
    from arrears.web.rehearsal.cast import admit_cast, approve_texts
    from arrears.web.rehearsal.day import TRANSPORTS, Rehearsal

    people = admit_cast(password=password, at=at)
    approve_texts(people, at=at)
    ways = "".join(f"\n[{channel}]\nlocal = true\n" for channel in TRANSPORTS)
    (home.path / "channels.toml").write_text(CHANNELS + ways, encoding="utf-8")
    return Rehearsal(home, ZoneInfo(ZONE), people, files, SEED)


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(20), ZoneInfo(ZONE)).astimezone(UTC)


def _show(home: Home, last: date, lang: Language) -> None:
    """Today's figures and the top of the list."""
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
    if worklist:
        loan = worklist[0]["worst_loan_id"]
        say()
        again = f"arrears explain {loan} --home {home.path} --as-of {last}"
        say(f"为什么是 {loan}？请问：{again}" if zh else f"Why {loan}? Ask: {again}")


def _invite(password: str, lang: Language) -> None:
    """Who can sign in, and what there is to see as whom."""
    from arrears.web.rehearsal.cast import cast

    zh = lang is Language.zh
    rows = [(one.username, one.name, one.shows_zh if zh else one.shows_en) for one in cast()]
    heads = ("登录名", "姓名", "可以看到") if zh else ("sign-in", "name", "to see")
    title = (
        f"工作台登录，密码都是 {password}" if zh else f"Sign-ins, all with the password {password}"
    )
    table(title, heads, rows, left=3)
