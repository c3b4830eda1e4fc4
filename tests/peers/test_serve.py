"""`arrears serve` as a bank runs it: it sends, it ends in order, and a broken machine loses nothing."""

import os
import re
import signal
import subprocess
import time

import pytest

from tests.lib.outbox import START, outbox
from tests.lib.peers import free_port, listening, wait_for
from tests.lib.program import ARREARS, Browser, arrears, noon, serving
from tests.lib.server import postgres

pytestmark = [
    pytest.mark.peers,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

PASSWORD = "plum-orchard-7"
NOTES = START + "from arrears.web.ledger.models import Note; print(Note.objects.count())"
# As an action of a page does, in another process than the sender's.
PROPOSE_NOW = (
    START
    + """
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.sender.worker import listen
listen(home.path / "ledger")
print(propose_reminders(institution="B", currency="CNY", at=datetime.now(UTC)))
"""
)


@pytest.fixture(scope="module")
def server():
    with postgres() as found:
        yield found


@pytest.fixture
def large(server, tmp_path):
    """A bank that keeps its ledger on a server."""
    with outbox(tmp_path, loans=400, zone=noon(), server=server.address()) as found:
        yield found


def collector(port):
    """A collector at the first case of the list, and the address of its note's form."""
    browser = Browser(port)
    browser.sign_in("s", PASSWORD)
    case = re.search(r"/case/(\d+)/", browser.get("/work/").text)
    assert case
    return browser, f"/case/{case[1]}/note/"


def notes(made):
    return int(made.run(NOTES))


@pytest.mark.parametrize(
    ("kind", "number"), [("SQLite", signal.SIGTERM), ("PostgreSQL", signal.SIGINT)]
)
def test_what_waits_is_sent_beside_the_pages_and_it_ends_in_order(kind, number, server, tmp_path):
    address = server.address() if kind == "PostgreSQL" else ""
    with outbox(tmp_path, loans=400, zone=noon(), server=address) as bank:
        channels = "[sms]\nlocal = true\n[email]\nlocal = true\n"
        (bank.home / "channels.toml").write_text(channels)
        with serving(bank.home, environ=bank.environ) as served:
            wait_for("the reminders", lambda: len(bank.states()) > 5, patience_s=20)
            assert int(bank.run(PROPOSE_NOW)) == 0
            sent = {"sent"}
            wait_for("the sender", lambda: set(bank.states().values()) == sent, patience_s=20)
            served.process.send_signal(number)
            assert served.process.wait(30) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_that_is_gone_for_a_while_loses_nothing_and_doubles_nothing(
    large, server, workers
):
    with serving(large.home, "--workers", workers, environ=large.environ) as served:
        browser, form = collector(served.port)
        server.stop()
        try:
            answer = browser.post(form, text="客户来电", once="t-1")
            assert answer.status == 503
            assert "没有保存，请稍后再试" in answer.text
            assert 'name="once" value="t-1"' in answer.text
            assert browser.get("/work/").status == 503
            assert browser.health() == (503, {"status": "broken", "database": "no answer"})
            away = arrears("send", "--home", large.home, environ=large.environ)
            assert (away.returncode, "does not answer" in away.stderr) == (107, True)
            assert arrears("doctor", "--home", large.home, environ=large.environ).returncode == 1
        finally:
            server.start()
        wait_for("it answers again", lambda: browser.health()[0] == 200)
        assert browser.post(form, text="客户来电", once="t-1").status == 200
        assert "没有重复记录" in browser.post(form, text="客户来电", once="t-1").text
        assert served.process.poll() is None
    assert notes(large) == 1


def test_several_processes_count_failed_sign_ins_together(large):
    with serving(large.home, "--workers", "3", environ=large.environ) as served:
        said = [Browser(served.port).sign_in("s", "wrong").status for _ in range(7)]
        assert said == [422] * 5 + [429] * 2
        assert served.stop() == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_behind_a_proxy_each_address_is_counted_by_itself_and_nobody_else_is_believed(
    large, workers
):
    words = ("--workers", workers, "--proxy", "127.0.0.1")
    with serving(large.home, *words, environ=large.environ) as served:
        told = {"X-Forwarded-For": "10.0.0.1"}
        for n in range(50):
            browser = Browser(served.port, told)
            assert browser.sign_in(f"guess{n}", "wrong").status == 422
        assert browser.sign_in("s", PASSWORD).status == 429
        assert (
            Browser(served.port, {"X-Forwarded-For": "10.0.0.2"}).sign_in("s", PASSWORD).status
            == 200
        )
    with serving(large.home, "--workers", workers, environ=large.environ) as served:
        spoof = Browser(served.port, {"X-Forwarded-For": "10.0.0.1"})
        assert spoof.sign_in("s", PASSWORD).status == 200


@pytest.mark.parametrize("after_s", [0.5, 1.5, 2.5, 3, 3.5, 4])
def test_told_to_end_while_its_processes_begin_it_ends(large, after_s):
    command = [*ARREARS, "serve", "--home", str(large.home), "--workers", "2"]
    process = subprocess.Popen(
        [*command, "--port", str(free_port())],
        env={**os.environ, **large.environ},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after_s)
    process.terminate()
    process.wait(40)
    with pytest.raises(ProcessLookupError):  # and nobody of its group is left
        wait_for("the group ends", lambda: os.killpg(process.pid, 0))


def test_killed_it_leaves_no_process_behind(large):
    with serving(large.home, "--workers", "2", environ=large.environ) as served:
        served.process.kill()
        served.process.wait()
        wait_for("the port is free", lambda: not listening(served.port))


def test_a_ledger_in_a_file_is_served_by_one_process(tmp_path):
    with outbox(tmp_path, loans=50) as made:
        told = arrears("serve", "--home", made.home, "--workers", "2", environ={})
    assert told.returncode == 17
    assert "postgresql://" in told.stderr
