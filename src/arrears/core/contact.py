"""The life of a message, of a call and of a visit: which state may follow which, what each comes to."""

from collections.abc import Collection
from datetime import timedelta

# `claimed` is committed before anything goes out; after a crash a claimed message is `in_doubt` and
# is never sent again by itself. `withdrawn` is only possible before the claim. What a
# restored ledger has `proposed` and the send journal knows to be claimed is `in_doubt`. A far end may report
# before it is marked here that it has the message, and late that it arrived after all.
OUTBOX_MOVES = {
    "proposed": ("refused", "withdrawn", "claimed", "in_doubt"),
    "claimed": ("sent", "failed", "in_doubt", "delivered", "bounced"),
    "in_doubt": ("sent", "failed", "delivered", "bounced"),
    "sent": ("delivered", "bounced"),
    "refused": (),
    "withdrawn": (),
    "failed": (),
    "delivered": (),
    "bounced": ("delivered",),
}
SETTLED_BY_PERSON = ("sent", "failed")  # what somebody may find out of a message in doubt

# A call from the moment that it is claimed until it is known what came of it.
CALL_MOVES = {
    "dialling": ("talked", "connected", "unanswered", "not_dialled"),
    "talked": (),  # with the borrower, to some effect
    "connected": (),  # put through, but not to the borrower, or to no effect
    "unanswered": (),
    "not_dialled": (),  # claimed, and then not placed
}
# A visit from the moment that it is claimed, before anybody sets out.
VISIT_MOVES = {
    "on_the_way": ("met", "not_met", "cancelled"),
    "met": (),  # the borrower, to some effect
    "not_met": (),
    "cancelled": (),  # claimed, and then nobody went
}
DIAL_WITHIN = timedelta(minutes=5)  # of its claim a call is placed; after that it is claimed again
VISIT_WITHIN = timedelta(hours=4)  # of its claim one is at the door
# What is counted of a borrower's day, each kind apart; `ring` by the number as well.
SLOT_KINDS = ("contact", "message", "talk", "put_through", "ring", "visit")
MESSAGE_HOLDS = ("contact", "message")  # what a message uses
# What a call holds while it is under way, and of it what it keeps once its end is known.
CALL_HOLDS = {
    "interactive": ("contact", "talk", "ring"),
    "informing": ("contact", "put_through", "ring"),
}
CALL_KEEPS = {
    "talked": ("contact", "talk", "put_through"),
    "connected": ("contact", "put_through"),
    "unanswered": ("contact", "ring"),
    "not_dialled": (),
}
VISIT_HOLDS = ("contact", "visit")  # what a visit uses, also where nobody is met
VISIT_KEEPS = {"met": VISIT_HOLDS, "not_met": VISIT_HOLDS, "cancelled": ()}
TELEPHONES = ("mobile", "landline")  # kinds of contact points
ADDRESSES = ("address",)
# What each outcome of a call comes to; one that is not here was talked with the borrower.
RESULT = {"no_answer": "unanswered", "wrong_number": "connected", "third_person": "connected"}
# What is claimed before people talk with people, by its channel; `HOLDS` is what each uses at once.
IN_PERSON = ("call", "visit")
MOVES = {"call": CALL_MOVES, "visit": VISIT_MOVES}
BEGUN = {"call": "dialling", "visit": "on_the_way"}
DROPPED = {"call": "not_dialled", "visit": "cancelled"}
# The kinds of contact point that each channel reaches.
REACHED_BY = {
    "call": TELEPHONES,
    "visit": ADDRESSES,
    "sms": ("mobile",),
    "push": ("app",),
    "email": ("email",),
    "letter": ADDRESSES,
}
WITHIN = {"call": DIAL_WITHIN, "visit": VISIT_WITHIN}
HOLDS = {"call": CALL_HOLDS["interactive"], "visit": VISIT_HOLDS}
KEEPS = {"call": CALL_KEEPS, "visit": VISIT_KEEPS}
# Persons who have nothing to do with the debt: of them one may only ask how to reach the debtor.
THIRD_PERSONS = ("contact", "spouse", "heir")

# The debtor, or who speaks for a company that is one.
DEBTORS = ("debtor", "legal_representative")
# Kinds of hold of people from whom nobody collects, and whom one calls to help.
HELPED = frozenset(("hardship", "vulnerable"))
HELP = "plan_service"  # what such a call is made for


def result_of(outcome: str) -> str:
    """What a call with that outcome came to."""
    return RESULT.get(outcome, "talked")


def ended_by(channel: str, outcome: str) -> str:
    """The state in which a call or visit is with that outcome."""
    came = result_of(outcome)
    if channel == "visit":
        return "met" if came == "talked" else "not_met"
    return came


def purpose_of(role: str, stopping: Collection[str]) -> str:
    """What a call to, or visit of, a person in that role is for, where holds of these kinds stop collecting.

    A debtor whom nothing but hardship or a need of care protects is called to be offered help; if a company,
    by its legal representative. With any other kind beside these it stays collecting, which that kind then
    stops.
    """
    if role in THIRD_PERSONS:
        return "restore_contact"
    helped = role in DEBTORS and stopping and HELPED.issuperset(stopping)
    return HELP if helped else "collect"
