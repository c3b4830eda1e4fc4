"""A bank of five loans in files that a person can read, and its workbench in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.lib.peers import LOOPBACK, free_port, listening, wait_for
from tests.lib.tree import ROOT

PROGRAM = "from arrears.cli import main; main()"
PASSWORD = "plum-orchard-7"
PEOPLE = {
    "ana": ("安娜", "phone_collector"),
    "bo": ("博文", "phone_collector"),
    "eve": ("伊芙", "supervisor"),
    "kay": ("凯", "compliance"),
    "lee": ("李", "compliance"),
    "ada": ("艾达", "administrator"),
    "mia": ("米亚", "manager"),
    "odo": ("奥多", "auditor"),
}
# Who borrowed: number, name, days past due, amount in yuan of the instalment that is short, language.
LOANS = (
    ("B1", "张一", 25, "6000.00", "zh"),
    ("B2", "李二", 22, "8000.00", "zh"),
    ("B3", "王三", 5, "700.00", "zh"),
    ("B4", "赵四", 6, "900.00", "zh"),
    ("B5", "Wu Wu", 5, "650.00", "en"),
)
# How they are reached: B3 by text message, B4 and B5 by e-mail; the others by telephone.
POINTS = (
    ("T1", "B1", "mobile", "13800000101"),
    ("T2", "B2", "mobile", "13800000102"),
    ("T3", "B3", "mobile", "13800000103"),
    ("T4", "B4", "email", "zhang@example.test"),
    ("T5", "B5", "email", "zhang@example.test"),
)
LEDGER = """
import os, sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from arrears.cli.ledger import open_ledger
from arrears.lake.home import Home
open_ledger(Home(Path(os.environ["ARREARS_HOME"])))
at = datetime.now(UTC)
"""
SETUP = """
from arrears.web.ledger.actions.people import admit_person, found_team
from arrears.web.ledger.actions.templates import approve_template, write_template
from tests.lib.small_bank import PASSWORD, PEOPLE, texts
team = found_team(name="一组", by=None, at=at)
people = {
    username: admit_person(
        username=username, name=name, role=role, password=PASSWORD, team=team, by=None, at=at
    )
    for username, (name, role) in PEOPLE.items()
}
for text in texts():
    made = write_template(**text, by=people["kay"], at=at)
    approve_template(template_id=made.pk, by=people["lee"], at=at)
"""


def texts() -> list[dict[str, str]]:
    """Approved reminders of every channel and language."""
    zh = "【{institution}】截至{as_of}，您有{amount}逾期{days}天未还。"
    en = "{institution}: on {as_of} {amount} is {days} days past due."
    return [
        {
            "name": "reminder",
            "channel": channel,
            "language": language,
            "subject": subject if channel == "email" else "",
            "text": text,
        }
        for channel in ("sms", "email")
        for language, subject, text in (("zh", "还款提醒", zh), ("en", "Your repayment", en))
    ]


def zone_at_noon(now: datetime) -> str:
    """A zone in which it is about one in the afternoon now, so that every hour of the test is lawful."""
    return f"Etc/GMT{now.astimezone(UTC).hour - 13:+d}"


class SmallBank:
    """A home on disk, worked on by the program as its operator does it."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        self.environ |= {"ARREARS_HOME": str(self.home), **(environ or {})}
        self.today = datetime.now(ZoneInfo("Asia/Shanghai")).date()

    @property
    def tomorrow(self) -> date:
        return self.today + timedelta(days=1)

    def arrears(self, *words: object) -> str:
        """What the program said to these words; the test fails where it failed."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *map(str, words)],
            capture_output=True, text=True, env=self.environ, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"arrears {words}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def opened(self, channels: str = "") -> "SmallBank":
        """The bank's first day is loaded, run and published; its people and texts are there."""
        self.load("first", self.today, **self._first_files())
        (self.home / "channels.toml").write_text(channels, encoding="utf-8")
        self.day(self.today)
        self.ledger(SETUP)
        return self

    def ledger(self, acts: str) -> str:
        """Actions are done on the bank's ledger by a process of its own, and what it said; `at` is now."""
        done = subprocess.run(
            [sys.executable, "-c", LEDGER + acts],
            capture_output=True, text=True, env=self.environ, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def load(self, name: str, known: date, **tables: str) -> None:
        """Files of CSV text are loaded as what the bank told on a day."""
        folder = self.folder / name
        folder.mkdir()
        for table, text in tables.items():
            (folder / f"{table}.csv").write_text(text, encoding="utf-8")
        told = ("--known-date", known, "--institution", "某某银行")
        self.arrears("load", "--mapping", "standard", "--source", folder, *told)

    def day(self, as_of: date) -> None:
        """A day is run and before people."""
        self.arrears("run", "--as-of", as_of)
        self.arrears("publish", "--as-of", as_of)

    @contextmanager
    def served(self, *words: object) -> Iterator[str]:
        """The workbench answers meanwhile; its address. Its log lies in the bank's folder."""
        port = free_port()
        command = [sys.executable, "-c", PROGRAM, "serve", "--port", str(port), *map(str, words)]
        log = self.folder / "serve.log"
        with (
            log.open("ab") as out,
            subprocess.Popen(command, stdout=out, stderr=out, env=self.environ) as process,
        ):
            try:
                wait_for("the workbench answers", lambda: listening(port))
                yield f"http://{LOOPBACK}:{port}"
            finally:
                process.terminate()
                assert process.wait(30) is not None

    def _first_files(self) -> dict[str, str]:
        zone = zone_at_noon(datetime.now(UTC))
        due = {number: self.today - timedelta(days=late) for number, _, late, *_ in LOANS}
        opened = self.today - timedelta(days=100)
        return {
            "products": "product,kind,order,grace_days,tolerance,tolerance_per,dpd_start,day_count\n"
            "consumer,loan,per_instalment,0,0,loan,day_after,act_360\n",
            "borrowers": "borrower_id,kind,name,zone,language\n"
            + "".join(f"{n},person,{name},{zone},{lang}\n" for n, name, *_, lang in LOANS),
            "loans": "loan_id,borrower_id,product,branch,currency,opened_date,principal,status\n"
            + "".join(f"L{n},{n},consumer,总行,CNY,{opened},20000.00,open\n" for n, *_ in LOANS),
            "instalments": "loan_id,seq,due_date,principal,interest,fee\n"
            + "".join(f"L{n},1,{due[n]},{amount},0,0\n" for n, _, _, amount, _ in LOANS)
            + "".join(f"L{n},2,{due[n] + timedelta(days=90)},1,0,0\n" for n, *_ in LOANS),
            "contact_points": "point_id,borrower_id,role,kind,value,source,valid_from\n"
            + "".join(f"{p},{n},debtor,{k},{value},contract,\n" for p, n, k, value in POINTS),
        }
