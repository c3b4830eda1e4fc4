"""What was done about arrears before: flags, contacts and promises of the made-up borrowers."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from arrears.synth.people import People
from arrears.synth.season import Whole
from arrears.synth.sheet import chosen, digits, empty_where, joined, sheet

CONTACT_DAYS = 60  # how far back contacts are dense
_CHANNELS = ("call", "message", "letter", "visit")
_OUTCOMES = ("no_answer", "reached", "promised", "refused", "delivered")

# Kind; chance among those in arrears and among the others; days it lasts (0: without end).
_FLAGS = (
    ("pause", 0.02, 0.001, 45),
    ("complaint", 0.025, 0.002, 30),
    ("dispute", 0.015, 0.0005, 60),
    ("hardship", 0.04, 0.0005, 120),
    ("vulnerable", 0.02, 0.002, 0),
    ("bereavement", 0.004, 0.0002, 90),
    ("bankruptcy", 0.006, 0.0, 0),
    ("represented", 0.01, 0.0002, 0),
    ("no_contact", 0.012, 0.001, 0),
    ("plan", 0.03, 0.001, 365),
    ("legal", 0.02, 0.0, 0),
)


@dataclass(frozen=True, slots=True)
class Owing:
    """What each borrower of a chunk owes on the last day, since when, and on which loan."""

    minor: Whole
    since: Whole  # the day after the last when nothing is owed
    loan: Whole  # number of the loan in arrears longest


def owing(borrower: Whole, minor: Whole, since: Whole, number: Whole) -> Owing:
    """Per borrower, from figures per loan in order of borrower."""
    count = int(borrower[-1]) + 1
    start = np.searchsorted(borrower, np.arange(count))
    worst = np.lexsort((number, since, borrower))[start]
    return Owing(np.add.reduceat(minor, start), since[worst], number[worst])


def flag_table(rng: np.random.Generator, people: People, owed: Owing, last: int) -> pa.Table:
    """The table `flags`; half of the pauses name one loan, all else the borrower."""
    late = owed.minor > 0
    chances = np.where(late[:, None], [f[1] for f in _FLAGS], [f[2] for f in _FLAGS])
    row, kind = np.nonzero(rng.random(chances.shape) < chances)
    length = np.array([f[3] for f in _FLAGS])[kind]
    from_day = np.maximum(last - rng.integers(0, 120, len(row)), people.known[row])
    of_loan = (kind == 0) & (rng.random(len(row)) < 0.5)
    columns = {
        "borrower_id": people.ids.take(pa.array(row)),
        "loan_id": empty_where(joined("L", digits(owed.loan[row], 10)), ~of_loan),
        "kind": chosen([flag[0] for flag in _FLAGS], kind),
        "evidence": joined("示例工单", digits(people.number[row], 10)),
        "from_date": from_day,
        "to_date": pa.array(from_day + length, mask=length == 0),
        "known_date": from_day,
    }
    return sheet("flags", columns)


def contact_table(rng: np.random.Generator, people: People, owed: Owing, last: int) -> pa.Table:
    """The table `contacts`: mostly one soon after someone falls behind, some in the last weeks."""
    late = np.flatnonzero(owed.minor > 0)
    recent = np.repeat(late, rng.integers(0, 4, len(late)))
    reach = np.minimum(last + 1 - owed.since[recent], CONTACT_DAYS)
    recent_day = last - (rng.random(len(recent)) * reach).astype(np.int64)
    early = late[rng.random(len(late)) < 0.9]
    early_day = owed.since[early] + rng.integers(2, 12, len(early))
    row, day = np.append(recent, early), np.append(recent_day, early_day)
    row, day = row[day <= last], day[day <= last]
    order = np.lexsort((day, row))
    row, day = row[order], day[order]
    nth = np.arange(len(row)) - np.searchsorted(row, row) + 1
    channel = rng.choice(len(_CHANNELS), size=len(row), p=(0.6, 0.3, 0.07, 0.03))
    spoken = rng.choice(4, size=len(row), p=(0.6, 0.2, 0.12, 0.08))
    number = digits(people.number[row], 10)
    columns = {
        "contact_id": joined("C", number, "-", digits(nth, 2)),
        "borrower_id": joined("B", number),
        "loan_id": None,
        "channel": chosen(_CHANNELS, channel),
        "contact_date": day,
        "outcome": chosen(_OUTCOMES, np.where((channel == 0) | (channel == 3), spoken, 4)),
        "known_date": day,
    }
    return sheet("contacts", columns)


def promise_table(rng: np.random.Generator, people: People, owed: Owing, last: int) -> pa.Table:
    """The table `promises`: a quarter of those in arrears have promised, for a day around now."""
    due = last + rng.integers(-20, 8, len(owed.minor))
    row = np.flatnonzero((owed.minor > 0) & (owed.since < due) & (rng.random(len(due)) < 0.25))
    due = due[row]
    made = np.minimum(due - rng.integers(1, 11, len(row)), last)
    made = np.maximum(made, owed.since[row])
    share = rng.choice((30, 50, 100), size=len(row))
    number = digits(people.number[row], 10)
    columns = {
        "promise_id": joined("R", number, "-1"),
        "borrower_id": joined("B", number),
        "loan_id": None,
        "made_date": made,
        "due_date": due,
        "amount_minor": np.maximum(owed.minor[row] * share // 100, 1),
        "tolerance_days": rng.integers(0, 3, len(row)),
        "known_date": made,
    }
    return sheet("promises", columns)
