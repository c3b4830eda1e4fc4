"""Scopes that several rules of the pack share, and the sentences that they say alike."""

from arrears.rules.condition import Lacks, OneOf
from arrears.rules.logic import All, Not

# Each reads the words of the limit of the rule that uses it.
FOR_PURPOSE = OneOf("purpose", "purposes")
BY_CHANNEL = OneOf("channel", "channels")
IN_ROLE = OneOf("role", "roles")
OF_RECORD = OneOf("record_kind", "kinds")
BY_AGENCY = OneOf("actor", "actors")
AGREED = Not(Lacks("agreements", "agreed"))  # an agreement of that kind is in force, with evidence
CALL_OF_MODE = All((BY_CHANNEL, OneOf("mode", "modes")))

STATE_SAYS = (
    "只有案件处于以下状态才可{purposes}：{states}",
    "Contact to {purposes} only while the case is: {states}",
)
STATE_AGAINST = (
    "案件状态为“{case_state}”，不得{purpose}",
    "The case is {case_state}: no contact to {purpose}",
)
HELD = ("现有暂停或限制：{found}", "In force: {found}")
