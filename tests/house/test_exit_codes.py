"""What a script can rely on: each user error ends the program with a code that is its alone."""

from collections import Counter

import pytest

from docs.generate import user_errors

LAST = 125  # shells keep the codes above for themselves


@pytest.mark.parametrize("error", user_errors(), ids=lambda error: error.__name__)
def test_a_user_error_states_its_own_exit_code(error):
    assert "exit_code" in vars(error)
    assert 2 < error.exit_code <= LAST  # 0 done, 1 our fault, 2 the command line


def test_no_two_user_errors_share_an_exit_code():
    shared = Counter(error.exit_code for error in user_errors())
    assert [code for code, times in shared.items() if times > 1] == []
