"""Promises, decided by what was paid."""

from collections import defaultdict
from datetime import date, datetime

from arrears.batch import read
from arrears.core.promise import PromiseFacts, promise_states
from arrears.lake.home import Home
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.models import Promise


@action
def settle_promises(*, home: Home, as_of: date, at: datetime) -> int:
    """Every promise is as the payments known by now make it at the close of a day; how many were decided.

    A cent counts for one promise only, so all promises of a borrower are looked at together. What has
    been decided stays so: a payment reversed or backdated later changes no promise that has ended.
    """
    waiting = Promise.objects.filter(state="open").values_list("borrower_id", flat=True)
    borrowers = sorted(set(waiting))
    payments = read.payments_of(home, borrowers)
    promises = defaultdict(list)
    for promise in Promise.objects.filter(borrower_id__in=borrowers).exclude(state="withdrawn"):
        promises[promise.borrower_id].append(promise)
    decided = 0
    for borrower_id in borrowers:
        rows = {str(p.pk): p for p in promises[borrower_id]}
        facts = [
            PromiseFacts(n, p.made_date, p.due_date, p.amount_minor, p.tolerance_days)
            for n, p in rows.items()
        ]
        for state in promise_states(facts, payments.get(borrower_id, []), as_of=as_of):
            promise = rows[state.promise_id]
            if promise.state != "open":
                continue
            if (promise.state, promise.paid_minor) == (state.state, state.paid_minor):
                continue
            kept = Promise.objects.filter(pk=promise.pk, state="open").update(
                state=state.state, paid_minor=state.paid_minor, decided_date=state.decided_date
            )
            if kept and state.state != "open":  # not one that was withdrawn meanwhile
                decided += 1
                log(
                    "settle_promise",
                    by=None,
                    at=at,
                    case=promise.case,
                    promise=promise.pk,
                    state=state.state,
                    paid_minor=state.paid_minor,
                )
    return decided
