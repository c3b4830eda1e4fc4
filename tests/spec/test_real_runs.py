"""Real books, run: every figure that an independent computation left in `golden`, loan by loan."""

import csv
from collections import Counter
from datetime import date

import pytest

from arrears.batch import read
from arrears.batch.run import run
from arrears.core.money import minor_from_text
from arrears.lake.home import Home
from tests.lib.files import take

pytestmark = pytest.mark.real


def golden(books, name):
    with (books / name).open(newline="") as file:
        return list(csv.DictReader(file))


def overdue(home, day):
    made = run(home, as_of=date.fromisoformat(day))
    return {r["loan_id"]: r for r in read.rows(made, "arrears", where="dpd >= 1").to_pylist()}


@pytest.fixture(scope="module")
def kiva(tmp_path_factory, books):
    home = tmp_path_factory.mktemp("kiva")
    take(home, books / "kiva" / "raw", "kiva")
    return Home(home)


@pytest.mark.parametrize(
    ("day", "by_bucket"),
    [
        ("2007-03-31", {"1-30": 152, "31-60": 102, "61-90": 43, "91+": 16}),
        ("2007-09-30", {"1-30": 8, "31-60": 6, "61-90": 2, "91+": 7}),
        ("2008-06-30", {"91+": 6}),
    ],
)
def test_kiva_loan_by_loan(kiva, books, day, by_bucket):
    ours = overdue(kiva, day)
    rows = [r for r in golden(books, "kiva/golden/asof_loans_dpd_gt0.csv") if r["as_of"] == day]
    assert {
        loan_id: (
            r["dpd"],
            str(r["oldest_unpaid_date"]),
            r["overdue_minor"],
            r["outstanding_minor"],
        )
        for loan_id, r in ours.items()
    } == {
        r["loan_id"]: (
            int(r["dpd"]),
            r["oldest_unpaid"],
            minor_from_text(r["overdue_amount"]),
            minor_from_text(r["outstanding"]),
        )
        for r in rows
    }
    bounds = ((30, "1-30"), (60, "31-60"), (90, "61-90"), (10**6, "91+"))
    counted = Counter(next(n for top, n in bounds if r["dpd"] <= top) for r in ours.values())
    assert counted == by_bucket


def test_kiva_figures_are_what_explain_shows(kiva):
    for loan_id, row in list(overdue(kiva, "2007-03-31").items())[:40]:
        told = read.explain(kiva, loan_id, as_of=date(2007, 3, 31)).figures
        assert told is not None
        assert {name: getattr(told, name) for name in row} == row


def test_berka_on_its_two_golden_days(tmp_path, books):
    take(tmp_path, books / "berka" / "raw", "berka")
    home = Home(tmp_path)
    for day in ("1993-12-31", "1994-02-28"):
        ours = overdue(home, day)
        rows = [
            r for r in golden(books, "berka/golden/asof_loans_dpd_gt0.csv") if r["as_of"] == day
        ]
        assert {n: (r["dpd"], str(r["oldest_unpaid_date"])) for n, r in ours.items()} == {
            r["loan_id"]: (int(r["dpd"]), r["oldest_unpaid"]) for r in rows
        }
        states = [r for r in golden(books, "berka/golden/asof_dpd.csv") if r["as_of"] == day]
        made = run(home, as_of=date.fromisoformat(day))
        assert made.rows["arrears"] == sum(int(r["loans"]) for r in states)


@pytest.fixture(scope="module")
def fannie(tmp_path_factory, books):
    home = tmp_path_factory.mktemp("fannie")
    take(home, books / "fannie_mae" / "raw", "fannie_mae")
    return Home(home)


def stated_on(books, day):
    """The loans that have a status of this very month, with it; the book's own rows."""
    path = books / "fannie_mae" / "raw" / "Performance_2007Q3.txt_0"
    with path.open() as file:
        rows = [line.split("|") for line in file]
    month = f"{day[5:7]}/{day[8:]}/{day[:4]}"
    return {r[0]: int(r[10]) for r in rows if r[1] == month}


def test_fannie_mae_on_its_three_periods(fannie, books):
    for period in golden(books, "fannie_mae/golden/asof_three_periods.csv"):
        day = period["period"]
        made = run(fannie, as_of=date.fromisoformat(day))
        ours = {r["loan_id"]: r["dpd"] for r in read.rows(made, "arrears").to_pylist()}
        stated = stated_on(books, day)
        # A loan that dropped this month is still spoken for by last month's status (45 days).
        assert set(stated) - set(ours) == {n for n, code in stated.items() if code < 0}
        codes = Counter((dpd - 1) // 30 if dpd else 0 for n, dpd in ours.items() if n in stated)
        bands = {
            "current": codes[0],
            "d30_59": codes[1],
            "d60_89": codes[2],
            "d90_119": codes[3],
            "d120_179": codes[4] + codes[5],
            "d180plus": sum(n for code, n in codes.items() if code >= 6),
            "unknown": len(set(stated) - set(ours)),
        }
        assert bands == {name: int(period[name]) for name in bands}


@pytest.mark.long
def test_fannie_mae_roll_matrix(fannie, books):
    """Month by month the run's own roll, summed; loans that dropped a month are taken out by hand."""
    bucket_of = {"0": "M0", "1": "M2", "2": "M3", "3": "M4", "4": "M5", "5": "M6", "6": "M7+"}
    expected: Counter[tuple[str, str]] = Counter()
    for r in golden(books, "fannie_mae/golden/roll_matrix.csv"):
        expected[bucket_of[r["from_status"]], bucket_of.get(r["to_status"], "closed")] += int(
            r["n"]
        )
    months = [date(2007 + n // 12, n % 12 + 1, 1) for n in range(6, 6 + 126)]
    ours: Counter[tuple[str, str]] = Counter()
    before: dict[str, tuple[str, bool]] = {}
    for month in months:
        made = run(fannie, as_of=month)
        rows = read.rows(made, "roll").to_pylist()
        stated = stated_on(books, month.isoformat())
        now = {
            r["loan_id"]: (r["bucket"], r["loan_id"] in stated)
            for r in read.rows(made, "arrears").to_pylist()
        }
        if before:
            rolled = Counter({(r["from_bucket"], r["to_bucket"]): r["loans"] for r in rows})
            assert rolled == counted_rolls(before, now)
            ours += rolled - unstated(before, now, stated)
        before = now
    assert {k: n for k, n in ours.items() if k[0] != "new"} == expected


def counted_rolls(before, now):
    """What the roll must be, counted from the two days' arrears."""
    gone = Counter((b, "closed") for n, (b, _) in before.items() if n not in now)
    moved = Counter((before[n][0] if n in before else "new", b) for n, (b, _) in now.items())
    return gone + moved


def unstated(before, now, stated):
    """Moves from or to a month in which the bank stated nothing: no roll in the golden."""
    moves: Counter[tuple[str, str]] = Counter()
    for n, (b, was_stated) in before.items():
        to, is_stated = now.get(n, ("closed", n in stated))
        if not (was_stated and is_stated):
            moves[b, to] += 1
    return moves
