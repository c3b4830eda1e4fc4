"""Which page of a long list is shown, and how many there are."""


def page_count(total: int, size: int) -> int:
    """How many pages there are, at least one."""
    return max(-(-total // size), 1)


def page_number(asked: int, total: int, size: int) -> int:
    """The page that was asked for; the nearest one where there is no such page."""
    return min(max(asked, 1), page_count(total, size))
