"""Failed sign-ins, each remembered for a quarter of an hour, by name and by address.

They live in the cache, which all processes share where there may be several: on PostgreSQL. Each is an
entry of its own, as adding an entry is the one thing that a cache does whole: a counter that is read
and written back would lose what is tried at the same moment.
"""

from hashlib import sha256

from django.core.cache import cache

WINDOW_SECONDS = 15 * 60
MOST_BY_NAME = 5
MOST_BY_ADDRESS = 50  # a whole branch may share one address


def closed(username: str, address: str) -> bool:
    """Whether too many sign-ins failed lately for this name or from this address."""
    by_name, by_address = _places(username, address)
    taken = cache.get_many([*by_name, *by_address])
    return all(place in taken for place in by_name) or all(place in taken for place in by_address)


def count(username: str, address: str) -> None:
    """One more sign-in has failed for this name and from this address."""
    for places in _places(username, address):
        taken = cache.get_many(places)
        for place in places:
            if place not in taken and cache.add(place, 1, WINDOW_SECONDS):
                break


def forget(username: str, address: str) -> None:
    """The name starts again from nothing; what the address did before still counts."""
    cache.delete_many(_places(username, address)[0])


def _places(username: str, address: str) -> tuple[list[str], list[str]]:
    """The entries that the failures of a name, and those of an address, may fill."""
    name = sha256(username.strip().casefold().encode()).hexdigest()
    origin = sha256(address.encode()).hexdigest()
    return (
        [f"knock-name-{n}-{name}" for n in range(MOST_BY_NAME)],
        [f"knock-address-{n}-{origin}" for n in range(MOST_BY_ADDRESS)],
    )
