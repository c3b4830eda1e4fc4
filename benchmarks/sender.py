"""The sender: text messages a second through a real Kannel to its carrier, each claimed before it goes.

    python benchmarks/sender.py [--loans 20000] [--database postgresql://user@host:port/name]

A made-up book has everybody reminded. `sent` is what `send_waiting` does: for each message the gate is asked
and the claim committed, the gateway asked, the outcome committed. `bare` is the same requests to the same
gateway with no ledger at all: what the way out itself can do. The bar: 200 messages a second on two cores,
gateway and carrier included, and every message sent is one that the carrier got. It needs Debian's kannel
and kannel-extras.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.lib.outbox import PROPOSE, START, Outbox, outbox
from tests.lib.peers import Kannel, kannel, wait_for

BAR = 200
SEND = (
    START
    + """
from collections import Counter
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.sms.transport import SmsTransport
from arrears.web.ledger.models import Message
from arrears.web.sender.drain import send_waiting
way = SmsTransport(SmsSettings(sys.argv[2], "arrears", "not-a-secret", "95588", per_second=1000.0))
began, ended = time.perf_counter(), Counter()
send_waiting({"sms": way}, folder=home.path / "ledger", now=lambda: NOW)
took = time.perf_counter() - began
print(json.dumps([Message.objects.filter(state="sent").count(), took, time.process_time()]))
"""
)
BARE = """
import sys, time, json
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.sms.transport import SmsTransport
from arrears.channels.transport import Message
way = SmsTransport(SmsSettings(sys.argv[2], "arrears", "not-a-secret", "95588", per_second=1000.0))
n = int(sys.argv[3])
began = time.perf_counter()
for k in range(n):
    way.send(Message("13800000001", "", "某某银行：请还款 ¥1,234.56", "zh-CN"), key=f"bare-{k}")
print(json.dumps([n, time.perf_counter() - began]))
"""


def main() -> None:
    """Prints how many a second, beside the bare gateway."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--loans", type=int, default=20_000)
    parser.add_argument("--database", default=os.environ.get("ARREARS_DATABASE", ""))
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        kannel() as gateway,
        gateway.carried(),
        outbox(Path(folder), loans=asked.loans, server=asked.database) as made,
    ):
        made.run(PROPOSE)
        print(f"waiting: {len(made.states())}")
        sent, took, cpu = _run(made, SEND, gateway)
        wait_for("the carrier", lambda: len(gateway.got()) >= sent)
        bare, bare_took = _run(made, BARE, gateway)[:2]
    rate, limit = sent / took, bare / bare_took
    print(
        f"sent {sent:,} in {took:.1f} s: {rate:.0f}/s (bar {BAR}), {1000 * cpu / sent:.1f} ms CPU each"
    )
    print(f"bare gateway: {limit:.0f}/s; sender/bare = {rate / limit:.2f}")


def _run(made: Outbox, script: str, gateway: Kannel):
    url = f"http://127.0.0.1:{gateway.sendsms}/cgi-bin/sendsms"
    return json.loads(made.run(script, url, 3000).splitlines()[-1])


if __name__ == "__main__":
    main()
