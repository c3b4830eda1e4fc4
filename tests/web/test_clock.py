"""A clock that cannot be right contacts nobody, and says what to do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from arrears.web.ledger import clock
from arrears.web.ledger.clock import ClockWrong, last_verdict_at, require_sound_clock, server_now
from arrears.web.ledger.models import Call
from tests.web.conftest import AT
from tests.web.test_call import one, page, the_bank  # noqa: F401
from tests.web.test_desk import signed_in, text_of
from tests.web.test_dial import by, dial, ended, mine  # noqa: F401

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("apart", [-3, 3])
def test_a_server_with_another_clock_stops_contact(db, monkeypatch, apart):
    monkeypatch.setattr(clock, "server_now", lambda: AT + apart * SECOND)
    with pytest.raises(ClockWrong, match="相差 3 秒") as caught:
        require_sound_clock(AT)
    assert "NTP" in caught.value.hint


@pytest.mark.parametrize("apart", [-2, 0, 2])
def test_two_seconds_are_no_matter(db, monkeypatch, apart):
    monkeypatch.setattr(clock, "server_now", lambda: AT + apart * SECOND)
    require_sound_clock(AT)


def test_nothing_is_earlier_than_the_last_verdict(mine, by):  # noqa: F811
    assert last_verdict_at() is None
    require_sound_clock(AT)
    dial(mine, by)
    assert last_verdict_at() == AT
    require_sound_clock(AT - 2 * SECOND)
    with pytest.raises(ClockWrong, match="2026-11-20 10:00:00 UTC"):
        require_sound_clock(AT - 3 * SECOND)


def test_a_server_tells_this_moment_and_a_file_tells_none(db):
    told = server_now()
    if connection.vendor == "postgresql":
        assert abs(told - datetime.now(UTC)) < 2 * SECOND
    else:
        assert told is None


def test_the_call_button_says_so_and_nothing_is_claimed(mine, by, monkeypatch):  # noqa: F811
    monkeypatch.setattr(clock, "server_now", lambda: AT - timedelta(hours=1))
    sent = {"point": "p1", "once": "a-token-of-this-test"}
    answered = signed_in(by).post(f"/case/{mine.pk}/call/", sent)
    assert answered.status_code == 422
    assert "暂停联系客户" in text_of(answered)
    assert not Call.objects.exists()
