"""Failed sign-ins, counted for a quarter of an hour by name and by address.

The counts live in the cache: with several processes and no shared cache each process counts for itself.
"""

from hashlib import sha256

from django.core.cache import cache

WINDOW_SECONDS = 15 * 60
MOST_BY_NAME = 5
MOST_BY_ADDRESS = 50  # a whole branch may share one address


def closed(username: str, address: str) -> bool:
    """Whether too many sign-ins failed lately for this name or from this address."""
    by_name, by_address = _keys(username, address)
    counts = cache.get_many([by_name, by_address])
    return bool(
        counts.get(by_name, 0) >= MOST_BY_NAME or counts.get(by_address, 0) >= MOST_BY_ADDRESS
    )


def count(username: str, address: str) -> None:
    """One more sign-in has failed for this name and from this address."""
    for key in _keys(username, address):
        cache.add(key, 0, WINDOW_SECONDS)
        try:
            cache.incr(key)
        except ValueError:  # its time ended between the two
            cache.add(key, 1, WINDOW_SECONDS)


def forget(username: str, address: str) -> None:
    """The name starts again from nothing; what the address did before still counts."""
    cache.delete(_keys(username, address)[0])


def _keys(username: str, address: str) -> tuple[str, str]:
    return (
        "knock-name-" + sha256(username.strip().casefold().encode()).hexdigest(),
        "knock-address-" + sha256(address.encode()).hexdigest(),
    )
