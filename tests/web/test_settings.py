"""What the home and the environment say is what the workbench goes by."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from arrears.lake.home import Home, Institution
from arrears.web.ledger.templatetags.shown import moment, money
from arrears.web.settings import settings_for

SERVER = "postgresql://arrears:x@db.bank.test:5432/arrears"


def made(path, **environ):
    return settings_for(Home(path), environ)


def test_currency_and_zone_are_those_of_the_book(tmp_path):
    Home(tmp_path).found(Institution("First Bank", "America/New_York", "USD"))
    told = made(tmp_path)
    assert (told["ARREARS_CURRENCY"], told["TIME_ZONE"]) == ("USD", "America/New_York")


def test_before_there_is_a_book_there_is_a_first_guess(tmp_path):
    told = made(tmp_path)
    assert (told["ARREARS_CURRENCY"], told["TIME_ZONE"]) == ("CNY", "Asia/Shanghai")


def test_amounts_and_moments_are_shown_as_the_institution_has_them(settings):
    settings.ARREARS_CURRENCY = "USD"
    at = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
    with translation.override("en"), timezone.override("America/New_York"):
        assert money(123456) == "$1,234.56"
        assert moment(at) == "19 Nov 2026, 22:30"


def test_a_form_that_came_through_a_proxy_with_tls_is_believed(tmp_path):
    hosts = "arrears.bank.test,.branch.test,*"
    https = made(tmp_path, ARREARS_HTTPS="1", ARREARS_HOSTS=hosts)
    assert https["CSRF_TRUSTED_ORIGINS"] == ["https://arrears.bank.test", "https://*.branch.test"]
    assert https["SESSION_COOKIE_SECURE"]
    assert made(tmp_path, ARREARS_HOSTS=hosts)["CSRF_TRUSTED_ORIGINS"] == []


@pytest.mark.parametrize(
    ("address", "backend"), [(SERVER, "db.DatabaseCache"), ("", "locmem.LocMemCache")]
)
def test_where_several_processes_may_serve_they_share_their_counts(tmp_path, address, backend):
    cache = made(tmp_path, ARREARS_DATABASE=address)["CACHES"]["default"]
    assert cache["BACKEND"].endswith(backend)
