"""`arrears addresses`: what it prints is what the workbench answers at, and believes."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from arrears.cli import addresses as command
from arrears.web.ledger.models import Note
from arrears.web.ledger.proof import proof_of
from tests.web.test_outbox import one, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(tmp_path, monkeypatch):
    """By what each is for, the addresses that are printed."""
    lines = []
    monkeypatch.setattr(command, "open_ledger", lambda _home: None)
    monkeypatch.setattr(command, "say", lines.append)
    command.addresses("https://arrears.bank.example/", home=tmp_path)
    return dict(line.split(": ", 1) for line in lines)


def test_each_is_believed_where_it_leads(told, texts):
    proposed()
    message = one()
    filled = {"{key}": message.key, "{proof}": proof_of(f"message {message.key}")}
    assert len(told) == 7
    for what, address in told.items():
        for hole, value in {**filled, "%d": "8", "%p": "13", "%I": "1", "%a": "TD"}.items():
            address = address.replace(hole, value)
        at = urlsplit(address)
        assert f"{at.scheme}://{at.netloc}" == "https://arrears.bank.example"
        ask = Client().post if what.split(",")[0] in command.CLOUDS else Client().get
        answer = ask(f"{at.path}?{at.query}".rstrip("?"))
        assert answer.status_code in (200, 204, 400), what
        if answer.status_code == 400:
            assert "JSON" in answer.json()["error"]  # believed, and read: it was sent nothing
    assert not Note.objects.exists()
