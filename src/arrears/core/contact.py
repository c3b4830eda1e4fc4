"""The life of a message and of a call: which state may follow which, and what each comes to."""

# `claimed` is committed before anything goes out; after a crash a claimed message is `in_doubt` and
# is never sent again by itself. `withdrawn` is only possible before the claim. A far end may report
# before it is marked here that it has the message, and late that it arrived after all.
OUTBOX_MOVES = {
    "proposed": ("refused", "withdrawn", "claimed"),
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
    "dialling": ("talked", "connected", "unanswered"),
    "talked": (),  # with the borrower, to some effect
    "connected": (),  # put through, but not to the borrower, or to no effect
    "unanswered": (),
}
# What is counted of a borrower's day, each kind apart; `ring` by the number as well.
SLOT_KINDS = ("contact", "message", "talk", "put_through", "ring", "visit")
# What a call holds while it is under way, and of it what it keeps once its end is known.
CALL_HOLDS = {
    "interactive": ("contact", "talk", "ring"),
    "informing": ("contact", "put_through", "ring"),
}
CALL_KEEPS = {
    "talked": ("contact", "talk", "put_through"),
    "connected": ("contact", "put_through"),
    "unanswered": ("contact", "ring"),
}
TELEPHONES = ("mobile", "landline")  # kinds of contact points
# What each outcome of a call comes to; one that is not here was talked with the borrower.
RESULT = {"no_answer": "unanswered", "wrong_number": "connected", "third_person": "connected"}
# Persons who have nothing to do with the debt: of them one may only ask how to reach the debtor.
THIRD_PERSONS = ("contact", "spouse", "heir")


def result_of(outcome: str) -> str:
    """What a call with that outcome came to."""
    return RESULT.get(outcome, "talked")


def purpose_of(role: str) -> str:
    """What a call to a person in that role is made for."""
    return "restore_contact" if role in THIRD_PERSONS else "collect"
