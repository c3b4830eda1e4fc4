"""A real Kannel reports to a real server what its carrier told, and brings what a borrower wrote back."""

import json

import pytest

from tests.lib.outbox import START, outbox
from tests.lib.peers import LOOPBACK, free_port, kannel, wait_for
from tests.lib.program import noon, serving
from tests.lib.server import postgres

pytestmark = [
    pytest.mark.peers,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

PHONE = "13800000001"
PROOF = START + "from arrears.web.ledger.proof import proof_of; print(proof_of('kannel'))"
HEARD = (
    START
    + """
from arrears.web.ledger.models import Hold, Note, Report
print(json.dumps({
    "reports": sorted(Report.objects.values_list("state", flat=True)),
    "notes": list(Note.objects.values_list("text", flat=True)),
    "holds": list(Hold.objects.values_list("kind", "channels")),
}))
"""
)
CHANNELS = """
[sms]
url = "http://127.0.0.1:{sendsms}/cgi-bin/sendsms"
user = "arrears"
password = "not-a-secret"
sender = "95588"
report_url = "http://127.0.0.1:{port}/reports/kannel?key={{key}}&proof={{proof}}&state=%d"
"""


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def made(request, tmp_path):
    """A home in which one borrower is to be reminded by text message."""
    points = [("mobile", PHONE)]
    if request.param == "SQLite":
        with outbox(tmp_path, loans=400, zone=noon(), points=points) as found:
            yield found
        return
    with (
        postgres() as server,
        outbox(tmp_path, loans=400, zone=noon(), points=points, server=server.address()) as found,
    ):
        yield found


def heard(made):
    """What the ledger has of it."""
    return json.loads(made.run(HEARD).splitlines()[-1])


def test_what_the_carrier_tells_and_what_the_borrower_writes_back_reach_the_case(made):
    port, proof = free_port(), made.run(PROOF).strip()
    replies = f"http://{LOOPBACK}:{port}/replies/kannel?from=%p&id=%I&text=%a&proof={proof}"
    with kannel(reply_url=replies) as gateway:
        told = CHANNELS.format(sendsms=gateway.sendsms, port=port)
        (made.home / "channels.toml").write_text(told, encoding="utf-8")
        with serving(made.home, environ=made.environ, port=port):
            with gateway.carried():
                delivered = {"delivered"}
                wait_for("the report", lambda: set(made.states().values()) == delivered)
            with gateway.carried(says=f"{PHONE} 95588 text TD"):
                wait_for("the reply", lambda: heard(made)["notes"])
    assert heard(made) == {
        "reports": ["delivered", "reply", "reply", "sent"],  # one is of a number nobody has
        "notes": ["【sms】TD"],
        "holds": [["closed_point", "sms"]],
    }
