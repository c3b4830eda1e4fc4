"""The life of a message to a borrower: which state may follow which."""

# `claimed` is committed before anything goes out; after a crash a claimed message is `in_doubt` and
# is never sent again by itself. `withdrawn` is only possible before the claim.
OUTBOX_MOVES = {
    "proposed": ("refused", "withdrawn", "claimed"),
    "claimed": ("sent", "failed", "in_doubt"),
    "in_doubt": ("sent", "failed"),
    "sent": ("delivered", "bounced"),
    "refused": (),
    "withdrawn": (),
    "failed": (),
    "delivered": (),
    "bounced": (),
}
