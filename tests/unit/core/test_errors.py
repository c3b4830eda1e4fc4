"""A user error says what is wrong and what to do; a finding is a value that can be compared."""

import pytest

from arrears.core.errors import Finding, UserError


class NoSuchThing(UserError):
    exit_code = 9


def test_a_user_error_reads_as_what_is_wrong_and_how_to_mend_it():
    error = NoSuchThing("The thing is not there", hint="Bring it.")
    assert str(error) == "The thing is not there\nBring it."
    assert (error.wrong, error.hint, error.findings) == ("The thing is not there", "Bring it.", ())


def test_a_user_error_without_a_hint_is_one_line():
    assert str(UserError("It is not so")) == "It is not so"


def test_each_kind_of_user_error_has_its_exit_code():
    assert (UserError.exit_code, NoSuchThing.exit_code) == (2, 9)


def test_a_user_error_carries_its_findings():
    findings = (Finding("too_long", "row 3", "Shorten it.", "loans.csv"),)
    with pytest.raises(UserError) as raised:
        raise NoSuchThing("Forty rows are bad", findings=findings)
    assert raised.value.findings == (Finding("too_long", "row 3", "Shorten it.", "loans.csv"),)
