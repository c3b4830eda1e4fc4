"""Eight processes contact the same few borrowers at once: no cap of anybody's day is ever passed."""

import os

import pytest

from tests.lib.crowd import A_DAY, CROWD, crowd

ATTEMPTS = int(os.environ.get("ARREARS_ATTEMPTS", "2000"))
MOST = {"message": 3, "talk": 3, "ring": 6, "contact": 10}
SECONDS = 6  # in which an action that counts and then inserts must be seen

pytestmark = pytest.mark.kill  # it starts many processes, as the kills do


def test_no_cap_is_passed_by_eight_at_once(tmp_path):
    each = ATTEMPTS // CROWD
    with crowd(tmp_path, messages=20 + 4 * each // A_DAY) as made:
        assert made.race("work", each, 1) == each * CROWD
        found = made.run("counted")
    for kind, most in MOST.items():
        assert found["most"][kind] <= most, kind
        assert found["slots"][kind] <= most, kind
    # Everybody's day was used up, so that they did meet at the caps.
    assert {kind: found["most"][kind] for kind in MOST} == MOST
    assert found["slots_used"] == found["used"]
    assert (found["without_verdict"], found["verdicts_used_twice"]) == (0, 0)
    assert found["settled"] > 0


def test_an_action_that_counts_and_then_inserts_is_seen_within_ten_seconds(tmp_path):
    with crowd(tmp_path, messages=600) as made:
        assert made.race("careless", SECONDS) > 0
        assert made.run("counted")["most"]["message"] > MOST["message"]
