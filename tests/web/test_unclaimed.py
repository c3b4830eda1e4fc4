"""A call or visit that nobody claimed is written down as such, and those who watch see how many there are."""

import pytest

from arrears.web.ledger.models import Event
from tests.web.conftest import AT
from tests.web.test_call import clock, one, the_bank  # noqa: F401
from tests.web.test_desk import signed_in, text_of
from tests.web.test_dial import by, dial, ended, mine  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("channel", "claimed", "verb"),
    [
        ("call", True, "record_outcome"),
        ("call", False, "record_unclaimed"),
        ("visit", False, "record_unclaimed"),
        ("inbound", False, "record_outcome"),
    ],
)
def test_the_log_says_whether_the_gate_was_asked(mine, by, channel, claimed, verb):  # noqa: F811
    if claimed:
        dial(mine, by)
    ended(mine, by, "refused", channel=channel)
    told = Event.objects.filter(verb__startswith="record_").values_list("verb", "detail__channel")
    assert list(told) == [(verb, channel)]


def test_the_front_page_of_compliance_counts_them(mine, by, people, monkeypatch):  # noqa: F811
    clock(monkeypatch, AT)
    for channel in ("call", "visit", "inbound"):
        ended(mine, by, "no_answer" if channel == "call" else "refused", channel=channel)
    browser = signed_in(people["compliance"])
    page = text_of(browser.get("/watch/"))
    row = page.split("未经规则判断的电话和上门")[1].split("</tr>")[0]
    assert '<td class="amount">2</td>' in row
    log = text_of(browser.get("/log/?verb=record_unclaimed"))
    assert log.count(f'href="/case/{mine.pk}/"') == 2
    english = browser.get("/log/?verb=record_unclaimed", headers={"accept-language": "en"})
    assert "Write down a contact about which the rules were not asked" in text_of(english)
