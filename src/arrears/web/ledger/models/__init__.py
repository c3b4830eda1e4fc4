"""The ledger's tables. Only an action may write a row; anything may read one."""

from arrears.web.ledger.models.call import Call, Companion, Override, RuleBook, Visit
from arrears.web.ledger.models.case import (
    Case,
    CaseDay,
    CaseMark,
    Grant,
    Pointer,
    PublishedRun,
    RunFigure,
    StatedFact,
)
from arrears.web.ledger.models.client import Answer, ApiClient
from arrears.web.ledger.models.event import (
    Event,
    EventLink,
    EventValue,
    EventWaiting,
    LogCheck,
    LogHead,
)
from arrears.web.ledger.models.journal import JournalHead, Unaccounted
from arrears.web.ledger.models.message import (
    GateVerdict,
    Message,
    Report,
    Slot,
    Template,
    VerdictReason,
)
from arrears.web.ledger.models.party import Borrower, ContactPoint
from arrears.web.ledger.models.person import Person, Team
from arrears.web.ledger.models.record import (
    Contact,
    Hold,
    Note,
    Promise,
    ReceivedPayment,
)
from arrears.web.ledger.models.token import Token

__all__ = [
    "Answer",
    "ApiClient",
    "Borrower",
    "Call",
    "Case",
    "CaseDay",
    "CaseMark",
    "Companion",
    "Contact",
    "ContactPoint",
    "Event",
    "EventLink",
    "EventValue",
    "EventWaiting",
    "GateVerdict",
    "Grant",
    "Hold",
    "JournalHead",
    "LogCheck",
    "LogHead",
    "Message",
    "Note",
    "Override",
    "Person",
    "Pointer",
    "Promise",
    "PublishedRun",
    "ReceivedPayment",
    "Report",
    "RuleBook",
    "RunFigure",
    "Slot",
    "StatedFact",
    "Team",
    "Template",
    "Token",
    "Unaccounted",
    "VerdictReason",
    "Visit",
]
