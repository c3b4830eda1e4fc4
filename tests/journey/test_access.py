"""Every page for everyone: axe finds nothing serious, nothing runs off the side, keys get through."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from arrears.web.ledger.policy import RIGHTS
from tests.journey.conftest import SIZES
from tests.lib.routes import routes
from tests.lib.small_bank import PASSWORD, PEOPLE, SmallBank

AXE = Path(__file__).parents[1] / "lib" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SERIOUS = ("serious", "critical")
OUTSIDE = {"health", "sign-out/", "language/"}  # for machines, and what is only sent to
# What stands for each hole of a route.
HOLES = {
    "case_id": "1",
    "loan_id": "LB1",
    "person_id": "1",
    "template_id": "1",
    "verdict_id": "1",
    "pack": "cn",
    "rule_id": "cn_frequency",
    "key": "k1",
}
PROOF = "from arrears.web.ledger.proof import proof_of\nprint(proof_of('message k1'))\n"
# What has happened when the pages are looked at: a case in hand with all kinds of records, whose number
# rang in vain until someone let it pass, and one on hold, of whose message the gate was asked.
ACTS = """
from arrears.web.ledger.actions.calls import claim_call, override_block
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import Scope, place_hold
from arrears.web.ledger.actions.outbox import claim_message
from arrears.web.ledger.actions.payments import record_payment
from arrears.web.ledger.actions.people import certify_person
from arrears.web.ledger.actions.records import record_outcome, record_promise, write_note
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.models import Case, Message, Person
ana, eve = (Person.objects.get(username=name) for name in ("ana", "eve"))
mine, held = (Case.objects.get(borrower_id=number).pk for number in ("B1", "B5"))
today = at.date()
certify_person(
    username="ana", exam_date=today, background_clear=True, secrecy_signed=True, by=None, at=at)
ana.refresh_from_db()
take_case(case_id=mine, by=ana, at=at)
for _ in range(6):
    assert claim_call(case_id=mine, point_id="T1", by=ana, at=at).call
    record_outcome(case_id=mine, channel="call", outcome="no_answer", point_id="T1", by=ana, at=at,
        contact_date=today)
claim_call(case_id=mine, point_id="T1", by=ana, at=at)
override_block(case_id=mine, point_id="T1", rule_id="cn_unanswered_cap", reason="客户要求此时回电。",
    by=eve, at=at)
propose_reminders(institution="某某银行", currency="CNY", at=at)
for _ in range(3):
    record_outcome(case_id=mine, channel="call", outcome="promised", note="工资发放后还。", by=ana, at=at,
        contact_date=today)
record_promise(case_id=mine, amount_minor=600000, due_date=today + timedelta(days=3), made_date=today,
    by=ana, at=at)
write_note(case_id=mine, text="下午四点后再联系。", by=ana, at=at)
place_hold(case_id=held, kind="dispute", evidence="称已还过一次。", by=eve, at=at)
for message in Message.objects.filter(case_id=held):
    claim_message(message_id=message.pk, at=at + timedelta(minutes=1))
place_hold(
    case_id=mine, kind="opt_out", evidence="来信。", scope=Scope(channels=("sms",)), by=eve, at=at)
record_payment(
    case_id=mine, payment_id="P1", amount_minor=100, value_date=today, by=ana, at=at)
"""
# Pages that are answers, not places: a sign-in that failed, a page that is not there, one that is closed.
ANSWERS = {"nowhere/": 404, "team/": 403}


def places() -> dict[str, Any]:
    """Every page that is opened by its address, with its holes filled, and its view."""
    return {
        re.sub(r"<\w+:(\w+)>", lambda hole: HOLES[hole[1]], route): view
        for route, view in sorted(routes().items())
        if getattr(view, "method", "GET") == "GET"
        and route not in OUTSIDE
        and not hasattr(view, "told_by")
    }


def who_may(view: Any) -> str:
    """Someone of the small bank who may open a page."""
    needed = getattr(view, "rights", ())
    return next(
        username
        for username, (_, role) in PEOPLE.items()
        if not needed or any(right in RIGHTS[role] for right in needed)
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A small bank's workbench with something on every page."""
    bank = SmallBank(tmp_path_factory.mktemp("bank")).opened("[sms]\nlocal = true\n")
    bank.ledger(ACTS)
    HOLES["proof"] = bank.ledger(PROOF).split()[-1]
    with bank.served() as address:
        yield address


@pytest.fixture
def complaints():
    """What the consoles of a test's pages complained of."""
    return []


@pytest.fixture
def sign_in(browser, served, complaints):
    """A function that gives a page of someone who has signed in."""
    windows = []

    def signed_in(who: str, size: str = "desk", scheme: str = "light", language: str = "zh-CN"):
        window = browser.new_context(
            viewport=SIZES[size], color_scheme=scheme, locale=language, reduced_motion="reduce"
        )
        windows.append(window)
        page = window.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served}/sign-in/")
        if who:
            page.fill("#username", who)
            page.fill("#password", PASSWORD)
            page.click("main button.btn-primary")
            expect(page).not_to_have_url(re.compile("sign-in"))
        return page

    yield signed_in
    for window in windows:
        window.close()


def found_by_axe(page: Page) -> list[str]:
    """What axe calls serious on a page, each with the first element it is about."""
    page.evaluate(
        AXE.read_text(encoding="utf-8")
    )  # not a script of the page: its policy stays strict
    told = page.evaluate(
        "(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]} ({one['nodes'][0]['failureSummary'][:160]})"
        for one in told["violations"]
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_no_page_keeps_anyone_out(sign_in, served, complaints, size, scheme):
    wrong: dict[str, list[str]] = {}
    pages: dict[str, Page] = {}
    for place, view in places().items():
        who = "" if place.startswith(("sign-in/", "unsubscribe/")) else who_may(view)
        if who not in pages:
            pages[who] = sign_in(who, size, scheme)
        page = pages[who]
        answer = page.goto(f"{served}/{place}")
        found = found_by_axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth") - SIZES[size]["width"]
        found += [f"{wide} px run off the side"] if wide > 0 else []
        found += [] if answer and answer.ok else [f"answered {answer and answer.status}"]
        found += complaints
        complaints.clear()
        if found:
            wrong[f"{place} as {who}"] = found
    assert wrong == {}


@pytest.mark.parametrize(("place", "status"), ANSWERS.items())
def test_a_page_that_says_no_can_be_read_by_everyone(sign_in, served, place, status):
    page = sign_in("ana", "phone")
    answer = page.goto(f"{served}/{place}")
    assert answer is not None
    assert answer.status == status
    assert found_by_axe(page) == []


def test_axe_would_find_something(sign_in):
    page = sign_in("ana")
    page.evaluate("document.querySelector('main h1').style.color = '#ddd'")
    page.evaluate("document.querySelector('#search').removeAttribute('id')")
    assert {line.split(":")[0] for line in found_by_axe(page)} >= {"color-contrast"}


def test_the_queue_is_worked_by_keyboard_alone(sign_in, served):
    page = sign_in("bo")
    page.goto(f"{served}/work/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#search")).to_have_value("j")
    page.locator("#search").blur()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(r"/case/\d+/$"))
    page.wait_for_load_state()
    page.keyboard.press("7")
    expect(page.locator("#o-no_answer")).to_be_checked()
    page.keyboard.press("n")
    expect(page.locator("#text")).to_be_focused()


def test_single_keys_can_be_switched_off(sign_in, served):
    page = sign_in("ana")
    page.goto(f"{served}/work/")
    page.locator("[data-keys-switch]").click()
    page.locator("body").press("j")
    expect(page).to_have_url(re.compile("/work/$"))
