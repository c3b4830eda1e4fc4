"""What Kannel tells at the address that each message names, and what borrowers write back."""

from collections.abc import Mapping

from arrears.channels.report import Reply, Report, ReportUnreadable, told
from arrears.channels.transport import KEY

# Kannel 1.4.5 user guide, "Delivery Reports"; 4 is queued on the carrier, 8 accepted by it.
STATES = {"1": "delivered", "2": "bounced", "4": "sent", "8": "sent", "16": "bounced"}
LONGEST_REPLY = 2000
BECAUSE = {"2": "not delivered to the phone", "16": "rejected by the carrier"}


def report_of(query: Mapping[str, str]) -> Report:
    """What a request for `report_url` tells. Raises: ReportUnreadable."""
    row = dict(query)
    key, code = told(row, "key"), told(row, "state")
    if code not in STATES or not KEY.fullmatch(key):
        raise ReportUnreadable("key or state is none that Kannel was given")
    return Report(f"{key}:{code}", STATES[code], key=key, because=BECAUSE.get(code, ""))


def reply_of(query: Mapping[str, str]) -> Reply:
    """What a `get-url` with from=%p, id=%I and text=%a tells. Raises: ReportUnreadable."""
    value, text = told(dict(query), "from"), query.get("text", "")[:LONGEST_REPLY]
    return Reply(told(dict(query), "id"), value, text)
