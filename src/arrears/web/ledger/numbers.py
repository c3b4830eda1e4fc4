"""One number however it is written: how it is found, and how it is named without telling it."""

from django.utils.crypto import salted_hmac

from arrears.core.hold import plain

SALT = "arrears.ledger.number"


def number_mark(value: str) -> str:
    """What stands for a number: the same however it is written and whichever points have it.

    Whoever lacks the home's secret key cannot find the number by it, so it may stay once the number is
    erased. Under another key a day's calls are counted from nothing.
    """
    return salted_hmac(SALT, plain(value), algorithm="sha256").hexdigest()
