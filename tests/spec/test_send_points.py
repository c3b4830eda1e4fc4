"""Killed at each named point, before and after each commit and outside effect, nothing is lost or doubled."""

import os
import signal

import pytest

from tests.lib.outbox import PROPOSE, SEND, START, outbox, rest_of

HITS = int(os.environ.get("ARREARS_HITS", "2"))

# Where a process dies: the module, the name in it, and on which side of what it does.
POINTS = {
    "claim asked": ("web.sender.drain", "claim_messages", "before"),
    "claim written": ("web.ledger.actions.outbox", "journal_claims", "after"),
    "claim committed": ("web.ledger.actions.journal", "write_lines", "before"),
    "line half written": ("web.ledger.journal", "_append", "half"),
    "line written": ("web.ledger.actions.journal", "write_lines", "after"),
    "handing over": ("web.sender.drain", "_handed", "before"),
    "handed over": ("web.sender.drain", "_handed", "after"),
    "mark asked": ("web.sender.drain", "mark_messages", "before"),
    "mark written": ("web.ledger.actions.outbox", "_mark", "after"),
    "mark committed": ("web.sender.drain", "mark_messages", "after"),
    "doubt asked": ("web.sender.drain", "doubt_claimed", "before"),
    "doubt written": ("web.ledger.actions.outbox", "log", "after"),
    "doubt committed": ("web.sender.drain", "doubt_claimed", "after"),
}
PROPOSALS = {
    "proposal written": ("web.ledger.actions.reminders", "log", "after"),
    "proposal committed": ("web.ledger.actions.reminders", "propose_reminders", "after"),
}
REPORTS = {
    "report asked": ("web.ledger.actions.reports", "take_reports", "before"),
    "report written": ("web.ledger.actions.reports", "log_all", "after"),
    "report committed": ("web.ledger.actions.reports", "take_reports", "after"),
}
DIE = """
from importlib import import_module
room, name, side, hit = {point!r}
home_of, hits = import_module("arrears." + room), 0
real = getattr(home_of, name)
def die():
    os.kill(os.getpid(), 9)
def dies(*words, **named):
    global hits
    hits += 1
    if hits == hit and side == "before":
        die()
    if hits == hit and side == "half":
        real(words[0], words[1][: len(words[1]) // 2])
        die()
    done = real(*words, **named)
    if hits == hit:
        die()
    return done
setattr(home_of, name, dies)
"""
REPORT = (
    START
    + """
from arrears.channels.report import Report
from arrears.web.ledger.actions import reports
print("ready", flush=True)
sys.stdin.readline()
told = [Report(key=key, event=key, state="delivered") for key in sys.argv[2].split(",")]
print(reports.take_reports(channel="sms", reports=told, at=NOW))
"""
)


def dying(script, point, hit):
    """The script, in a process that dies the `hit`th time that it comes to the point."""
    return script.replace(START, START + DIE.format(point=(*point, hit)), 1)


def killed(made, script, *words):
    """The process came to its point, and died there."""
    work = made.begin(script, *words)
    work.communicate("\n")
    assert work.returncode == -signal.SIGKILL


@pytest.mark.kill
@pytest.mark.parametrize("hit", range(1, HITS + 1))
def test_a_sender_that_dies_at_any_point_sends_nothing_twice_and_loses_nothing(tmp_path, hit):
    with outbox(tmp_path, loans=3000) as made:
        made.run(PROPOSE)
        for name, point in POINTS.items():
            if name.startswith("doubt"):  # there is something to doubt
                killed(made, dying(SEND, POINTS["line written"], 1), made.far_end, 0, "alone")
                once = dying(SEND, point, 1)
                killed(made, once, made.far_end, 0, "alone")
            else:
                killed(made, dying(SEND, point, hit), made.far_end, 0, "alone")
        before = len(made.sent())
        assert rest_of(made.sender()) == "done\n"
        sent, states = made.sent(), made.states()
    assert len(sent) > before, "nothing was left to send after the last"
    assert len(sent) == len(set(sent)), "sent twice"
    for key, state in states.items():
        assert state in ("sent", "in_doubt"), (key, state)
        assert state == "in_doubt" or key in sent, "marked as sent, but never sent"
    assert set(sent) <= set(states)


@pytest.mark.kill
@pytest.mark.parametrize("name", PROPOSALS)
def test_proposing_that_dies_proposes_all_or_nothing(tmp_path, name):
    with outbox(tmp_path, loans=1000) as made:
        killed(made, dying(PROPOSE, PROPOSALS[name], 1), "wait")
        there = len(made.states())
        made.run(PROPOSE)
        whole = len(made.states())
    assert whole > 20
    assert there == (whole if name == "proposal committed" else 0)


@pytest.mark.kill
def test_a_report_that_dies_is_taken_whole_or_again(tmp_path):
    with outbox(tmp_path, loans=1000) as made:
        made.run(PROPOSE)
        assert rest_of(made.sender()) == "done\n"
        keys = ",".join(made.sent())
        new = len(made.sent())
        for name, point in REPORTS.items():
            killed(made, dying(REPORT, point, 1), keys)
            delivered = list(made.states().values()).count("delivered")
            assert delivered == (new if name == "report committed" else 0)
        with made.begin(REPORT, keys) as again:
            told, _ = again.communicate("\n")
        assert told == "0\n"
