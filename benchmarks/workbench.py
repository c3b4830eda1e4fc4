"""The busiest pages of the workbench with fifty people on them, beside the cheapest page, in one go.

    python benchmarks/workbench.py [--people 50] [--loans 60000] [--seconds 60] [--workers N]
    bash tests/lib/on_postgres python benchmarks/workbench.py

Makes a bank (a made-up book, two days run and published, people, what they wrote on the first day), starts
`arrears serve` as its operator would, and lets the people in benchmarks/crowd.py work: each signed in, with
cookies and forms, one in ten a supervisor. Four rounds:

    flat out      everybody asks again as soon as they are answered: this measures how many pages a second
                  the machine gives, and the times only say how long fifty people queue for it
    at work       everybody asks once in --think seconds: the times are what a person waits

each with the work itself and, for the floor, with the cheapest page behind the door (`/password/`: session,
person, frame; no case) under the same load. `x floor` is how many times as long the page takes, at the
median. Nothing is measured before everybody has signed in.

The five busiest pages are the queue, a case, take next, record outcome and search; the supervisors' floor
stands beside them. CPU is that of the server's processes, of the crowd, and of all others on the machine,
the database among them. Where the crowd's is not small against the server's, or others than the database were
busy, the times say more about the measuring than about the workbench: measure again on a quiet machine.

At the end the ledger is asked whether it holds what the people were told: every outcome that was
acknowledged stands once, and no case was handed to two. ARREARS_DATABASE or --database names an empty
PostgreSQL; otherwise the ledger is a SQLite file. The bar is no error, and 95 of 100 answers of each page
within half a second at work.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from arrears.batch.run import run
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
from arrears.synth.book import make_book

DAY = date(2026, 11, 20)
SEED = 11
PASSWORD = "plum-orchard-7"
PROGRAM = "from arrears.cli import main; main()"
FLOOR = "/password/"
PAGES = ("queue", "case", "take next", "record outcome", "search", "floor")
BAR_MS = 500
WRITTEN = 10  # cases that each collector worked on the day before


class Round(NamedTuple):
    """What one round came to. Units: seconds."""

    name: str
    told: dict[str, Any]
    server_cpu: float
    machine_cpu: float


def make_bank(home: Home, asked: argparse.Namespace) -> list[str]:
    """The home has two published days, people, and what they wrote on the first; who works here."""
    day_before = DAY - timedelta(days=1)
    make_book(home.path / "files", loans=asked.loans, seed=SEED, last_date=DAY)
    load(home, read_mapping("standard"), home.path / "files", today=DAY)
    from arrears.web.start import start, upgrade

    start(home, environ_of(asked.database))
    upgrade()
    from arrears.web.ledger.actions.marks import mark_cases
    from arrears.web.ledger.actions.publish import publish_run
    from arrears.web.ledger.models import Case, Person

    if Person.objects.exists():
        raise SystemExit("The database holds a ledger already: name an empty one.")
    publish_run(home=home, run=run(home, as_of=day_before), at=datetime.now(UTC))
    mark_cases(at=datetime.now(UTC))
    collectors, leaders = admit(asked.people)
    write_history(collectors, day_before)
    publish_run(home=home, run=run(home, as_of=DAY), at=datetime.now(UTC))
    mark_cases(at=datetime.now(UTC))
    open_cases = Case.objects.filter(state="open").count()
    print(
        f"{asked.loans:,} loans, {open_cases:,} open cases, {len(collectors)} collectors, ", end=""
    )
    print(f"{len(leaders)} supervisors")
    return [person.username for person in (*collectors, *leaders)]


def admit(people: int) -> tuple[list[Any], list[Any]]:
    """Collectors and, one in ten, supervisors of one team, all with one password."""
    from arrears.web.ledger.actions.people import admit_person, found_team

    at = datetime.now(UTC)
    team = found_team(name="一组", by=None, at=at)
    leaders = max(people // 10, 1)
    made: dict[str, list[Any]] = {"collector": [], "lead": []}
    for n in range(people):
        kind, role = ("lead", "supervisor") if n < leaders else ("collector", "phone_collector")
        one = admit_person(
            username=f"{kind}{n}",
            name=f"同事{n}",
            role=role,
            password=PASSWORD,
            team=team,
            by=None,
            at=at,
        )
        made[kind].append(one)
    return made["collector"], made["lead"]


def write_history(collectors: list[Any], day: date) -> None:
    """Every collector has called, been promised, and written notes; cases are back in the queue."""
    from arrears.web.ledger.actions.cases import release_case, take_next_case
    from arrears.web.ledger.actions.records import record_outcome, record_promise, write_note

    for nth in range(WRITTEN):
        for person in collectors:
            said: dict[str, Any] = {"by": person, "at": datetime.now(UTC)}
            case_id = take_next_case(**said)
            if case_id is None:
                return
            said["case_id"] = case_id
            for outcome in ("no_answer", "promised"):
                record_outcome(channel="call", outcome=outcome, contact_date=day, **said)
            due = day + timedelta(days=3 + nth)
            record_promise(amount_minor=100_000, due_date=due, made_date=day, **said)
            write_note(text="周五发工资后还款", **said)
            release_case(**said)


def environ_of(database: str) -> dict[str, str]:
    return {"ARREARS_DATABASE": database} if database else {}


@contextmanager
def serving(home: Home, asked: argparse.Namespace) -> Iterator[tuple[int, int]]:
    """`arrears serve` answers; its port and the process that leads its session."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arrears = [sys.executable, "-c", PROGRAM]
    wide = {**os.environ, "COLUMNS": "200"}  # or the help cuts the names of its options short
    asking = [*arrears, "serve", "--help"]
    told = subprocess.run(asking, env=wide, capture_output=True, text=True, check=True)
    words = [*arrears, "serve", "--home", str(home.path), "--port", str(port)]
    workers = asked.workers or (2 if asked.database else 0)
    if workers and "--workers" in told.stdout:
        words += ["--workers", str(workers)]
    print("server:", "arrears", " ".join(words[3:]), flush=True)
    environ = {**os.environ, **environ_of(asked.database)}
    with (home.path / "serve.log").open("w") as log:
        server = subprocess.Popen(
            words, env=environ, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(port, server, home.path / "serve.log")
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """The server is well. Raises: SystemExit with what it said when it is not within a minute."""
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise SystemExit(f"The server does not answer:\n{log.read_text()[-2000:]}")


def play(name: str, session: int, **told: Any) -> Round:
    """One round, played by a process of its own."""
    crowd = Path(__file__).with_name("crowd.py")
    with subprocess.Popen(
        [sys.executable, str(crowd)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as playing:
        assert playing.stdin is not None
        assert playing.stdout is not None
        playing.stdin.write(json.dumps(told | {"password": PASSWORD, "seed": SEED}))
        playing.stdin.close()
        playing.stdout.readline()
        watch = CpuWatch(session)
        answer = playing.stdout.read()
        server, machine = watch.used()
    if playing.returncode:
        raise SystemExit("The crowd broke off.")
    print(f"{name}: done", file=sys.stderr, flush=True)
    return Round(name, json.loads(answer), server, machine)


class CpuWatch:
    """CPU-seconds since the watch was made: of a session's processes, of the machine. Linux only, else 0."""

    def __init__(self, session: int) -> None:
        self.session = session
        self.began = self._now()

    def used(self) -> tuple[float, float]:
        return tuple(now - then for now, then in zip(self._now(), self.began, strict=True))  # type: ignore[return-value]

    def _now(self) -> tuple[float, float]:
        if not Path("/proc/stat").exists():
            return 0.0, 0.0
        ticks = os.sysconf("SC_CLK_TCK")
        ours = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:  # it has ended
                continue
            if int(fields[3]) == self.session:
                ours += int(fields[11]) + int(fields[12])
        busy = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
        return ours / ticks, (sum(busy[:3]) + sum(busy[5:8])) / ticks


def report(work: Round, floor: Round) -> bool:
    """Print one pace; whether every answer was in order."""
    took, cheapest = work.told["took"], floor.told["took"][FLOOR]
    least = statistics.median(cheapest)
    print(f"\n{work.name}")
    heads = ("requests", "p50 ms", "p95 ms", "p99 ms", "x floor")
    print(f"{'':16}" + "".join(f"{head:>10}" for head in heads))
    for page, seconds in [*((p, took.get(p, [])) for p in PAGES), (f"({FLOOR})", cheapest)]:
        if not seconds:
            print(f"{page:16}{0:>10}")
            continue
        cut = [1000 * quantile(seconds, q) for q in (0.50, 0.95, 0.99)]
        ratio = statistics.median(seconds) / least
        print(f"{page:16}{len(seconds):>10,}" + "".join(f"{ms:>10.0f}" for ms in cut), end="")
        print(f"{ratio:>10.1f}")
    for one, what in ((work, "work"), (floor, "floor")):
        asked, spent = sum(map(len, one.told["took"].values())), one.told["seconds"]
        print(
            f"{what:7}{asked / spent:6.1f} pages/s; CPU-s: server {one.server_cpu:.1f} "
            f"({1000 * one.server_cpu / max(asked, 1):.1f} ms a page), crowd {one.told['cpu']:.1f}, "
            f"others {max(one.machine_cpu - one.server_cpu - one.told['cpu'], 0):.1f} in {spent:.0f} s; "
            f"errors {len(one.told['failed'])}, conflicts (409) {one.told['conflicts']}"
        )
        for line in one.told["failed"][:5]:
            print("  ", line)
    return not work.told["failed"] and not floor.told["failed"]


def quantile(seconds: list[float], q: float) -> float:
    """The value that the share `q` of all does not exceed."""
    return sorted(seconds)[min(int(q * len(seconds)), len(seconds) - 1)]


def holds_what_was_told(rounds: list[Round], before: int) -> bool:
    """Whether the ledger holds each acknowledged outcome once, and each case in the hands it was given to."""
    from arrears.web.ledger.models import Case, Contact

    recorded = Contact.objects.count() - before
    told = sum(r.told["recorded"] for r in rounds)
    hands: dict[int, set[str]] = {}
    for one in rounds:
        for username, case_ids in one.told["given"].items():
            for case_id in case_ids:
                hands.setdefault(case_id, set()).add(username)
    twice = [case_id for case_id, names in hands.items() if len(names) > 1]
    held = dict(Case.objects.filter(pk__in=list(hands)).values_list("pk", "taken_by__username"))
    astray = [case_id for case_id, names in hands.items() if held.get(case_id) not in names]
    print(
        f"\noutcomes acknowledged {told:,}, in the ledger {recorded:,}; "
        f"cases given {len(hands):,}, to two people {len(twice)}, in other hands {len(astray)}"
    )
    return told == recorded and not twice and not astray


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--loans", type=int, default=60_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each round of work")
    parser.add_argument("--think", type=float, default=2.0, help="seconds between two requests")
    parser.add_argument("--database", default=os.environ.get("ARREARS_DATABASE", ""))
    parser.add_argument("--workers", type=int, default=0, help="processes of the server")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name) / "home")
        people = make_bank(home, asked)
        from django.db import connections

        from arrears.web.ledger.models import Contact

        before = Contact.objects.count()
        connections.close_all()
        rounds: list[Round] = []
        fine = True
        with serving(home, asked) as (port, session):
            for pace, think in (("flat out", 0.0), ("at work", asked.think)):
                both = []
                for floor, seconds in ((FLOOR, asked.seconds / 3), ("", asked.seconds)):
                    told = {"port": port, "people": people, "seconds": seconds, "think": think}
                    both.append(play(pace, session, floor=floor, **told))
                fine = report(both[1], both[0]) and fine
                rounds += both
        fine = holds_what_was_told(rounds, before) and fine
    slowest = max(quantile(s, 0.95) for page, s in rounds[-1].told["took"].items()) * 1000
    holds = fine and slowest <= BAR_MS
    store = "PostgreSQL" if asked.database else "SQLite"
    print(
        f"{store}: slowest p95 at work {slowest:.0f} ms (bar {BAR_MS} ms, no error): "
        f"{'holds' if holds else 'DOES NOT HOLD'}"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
