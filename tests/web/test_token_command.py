"""`arrears token`: a system gets a token, once; it is listed without it, and it is taken away."""

import pytest

from arrears.cli import token as command
from arrears.web.ledger.actions.clients import ClientUnsound, NoSuchClient, token_hash
from arrears.web.ledger.models import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrears_token(tmp_path, monkeypatch):
    """A function that runs the command on the ledger of these tests and gives what it said."""
    monkeypatch.setattr(command, "open_ledger", lambda _home: None)

    def ran(name="", **options):
        lines = []
        monkeypatch.setattr(command, "say", lines.append)
        command.token(name=name, home=tmp_path, **{"may": None, "revoke": False, **options})
        return lines

    return ran


def test_a_token_is_shown_once_and_opens_what_it_is_for(arrears_token):
    (line,) = arrears_token("core", may=["stops", "payments"])
    shown = line.rpartition(" ")[2]
    client = ApiClient.objects.get(token_hash=token_hash(shown))
    assert (client.name, client.rights) == ("core", "payments stops")
    assert arrears_token() == ["core: payments stops (in use)"]
    assert shown not in str(arrears_token())


def test_a_token_is_revoked_and_its_name_stays_taken(arrears_token):
    arrears_token("core", may=["holds"])
    assert arrears_token("core", revoke=True) == ["Revoked: core"]
    assert "revoked" in arrears_token()[0]
    with pytest.raises(NoSuchClient):
        arrears_token("core", revoke=True)
    with pytest.raises(ClientUnsound):
        arrears_token("core", may=["holds"])


@pytest.mark.parametrize("may", [None, [], ["everything"]])
def test_a_token_for_nothing_is_not_given(arrears_token, may):
    with pytest.raises(ClientUnsound):
        arrears_token("core", may=may)
    assert not ApiClient.objects.exists()
