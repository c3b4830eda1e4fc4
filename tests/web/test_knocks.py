"""Failed sign-ins at the same moment are all counted, in whatever cache they live."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection

from arrears.web.door.knocks import MOST_BY_ADDRESS, MOST_BY_NAME, closed, count, forget

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody(transactional_db):
    cache.clear()


def knock(n):
    try:
        count(f"name-{n}", "10.0.0.1")
    finally:
        connection.close()


def test_guesses_at_the_same_moment_do_not_hide_each_other():
    with ThreadPoolExecutor(10) as crowd:
        list(crowd.map(knock, range(MOST_BY_ADDRESS)))
    assert closed("another", "10.0.0.1")
    assert not closed("another", "10.0.0.2")


def test_a_name_is_closed_after_so_many_and_open_again_once_it_was_right():
    for _ in range(MOST_BY_NAME - 1):
        count("Name", "10.0.0.1")
    assert not closed("name", "10.0.0.1")
    count(" NAME ", "10.0.0.9")
    assert closed("name", "10.0.0.7")
    forget("name", "10.0.0.1")
    assert not closed("name", "10.0.0.7")
