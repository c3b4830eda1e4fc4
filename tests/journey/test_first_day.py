"""The first day as its people live it: a case, why, a promise; a day later it is kept, or it is not."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.lib.peers import kannel, postfix, wait_for
from tests.lib.small_bank import PASSWORD, SmallBank

CHANNELS = """
[email]
host = "127.0.0.1"
port = {mail}
from_address = "notice@bank.test"
name = "某某银行"
ca_file = "{certificate}"

[sms]
url = "http://127.0.0.1:{sms}/cgi-bin/sendsms"
user = "arrears"
password_env = "ARREARS_SMS_PASSWORD"
sender = "95588"
"""
# What stands on the pages, by language.
SAID = {
    "zh": {
        "sign_in": "登录",
        "name": "登录名",
        "password": "密码",
        "next": "下一个案件",
        "steps": "看每一步",
        "back": "回到案件",
        "outcome": "承诺还款",
        "note": "说明（可不填）",
        "save": "保存",
        "saved": "联系结果已记录。",
        "amount": "金额",
        "by": "哪一天之前",
        "promise": "记录承诺",
        "promised": "还款承诺已记录。",
        "release": "放回队列",
        "kept": "已兑现",
        "broken": "未兑现",
        "why": "逾期25天",
        "loan": "贷款 LB1",
    },
    "en": {
        "sign_in": "Sign in",
        "name": "User name",
        "password": "Password",
        "next": "Next case",
        "steps": "See every step",
        "back": "Back to the case",
        "outcome": "Promises to pay",
        "note": "Remarks (optional)",
        "save": "Save",
        "saved": "The outcome is recorded.",
        "amount": "Amount",
        "by": "By which day",
        "promise": "Record promise",
        "promised": "The promise is recorded.",
        "release": "Return to queue",
        "kept": "Kept",
        "broken": "Broken",
        "why": "25 days past due",
        "loan": "Loan LB1",
    },
}


@pytest.fixture(params=["zh", "en"])
def story(request, tmp_path):
    """A small bank whose messages go to a real relay and a real gateway, in one language."""
    with postfix() as relay, kannel() as gateway, gateway.carried():
        channels = CHANNELS.format(
            mail=relay.port, certificate=relay.certificate, sms=gateway.sendsms
        )
        bank = SmallBank(tmp_path, {"ARREARS_SMS_PASSWORD": "not-a-secret"}).opened(channels)
        with bank.served() as address:
            yield bank, address, relay, gateway, request.param


def sign_in(page: Page, address: str, who: str, language: str) -> None:
    page.goto(address)
    if language == "en":
        page.get_by_role("button", name="English").click()
    said = SAID[language]
    page.get_by_label(said["name"]).fill(who)
    page.get_by_label(said["password"]).fill(PASSWORD)
    page.get_by_role("button", name=said["sign_in"], exact=True).click()


def promise(page: Page, said: dict[str, str], amount: str, day: str) -> str:
    """The next case is in hand and its borrower's word written down; the case's address."""
    page.get_by_role("button", name=said["next"]).click()
    expect(page).to_have_url(re.compile(r"/case/\d+/$"))
    page.wait_for_load_state()  # the keys are heard when the page's script has run
    page.keyboard.press("1")
    expect(page.get_by_label(said["outcome"])).to_be_checked()
    page.get_by_label(said["note"]).fill("工资发放后还。")
    page.get_by_role("button", name=said["save"], exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(said["saved"])
    page.get_by_label(said["amount"], exact=True).fill(amount)
    page.get_by_label(said["by"]).fill(day)
    page.get_by_role("button", name=said["promise"]).click()
    expect(page.get_by_role("status")).to_contain_text(said["promised"])
    return page.url


def test_a_promise_is_kept_another_is_broken_and_reminders_arrive(page, story):
    bank, address, relay, gateway, language = story
    said = SAID[language]
    sign_in(page, address, "ana", language)
    expect(page).to_have_url(re.compile("/work/$"))
    expect(page.locator("tbody tr")).to_have_count(5)

    first = promise(page, said, "6000", str(bank.tomorrow))
    expect(page.get_by_text(said["why"]).first).to_be_visible()
    page.get_by_role("link", name=said["steps"]).first.click()
    expect(page.locator("main")).to_contain_text("6,000.00")
    expect(page.get_by_text(said["loan"]).first).to_be_visible()
    page.get_by_role("link", name=said["back"]).click()
    page.get_by_role("button", name=said["release"]).click()
    page.goto(f"{address}/work/")
    second = promise(page, said, "¥8,000.00", str(bank.tomorrow))
    assert second != first

    bank.load(
        "next",
        bank.tomorrow,
        payments=f"payment_id,loan_id,value_date,amount\nP1,LB1,{bank.tomorrow},6000.00\n",
    )
    bank.day(bank.tomorrow)
    for case, state in ((first, said["kept"]), (second, said["broken"])):
        page.goto(case)
        expect(page.locator("#words").locator("xpath=../..")).to_contain_text(state)

    bank.arrears("send")
    wait_for("the text message arrives", gateway.got, patience_s=60)
    wait_for("both mails arrive", lambda: len(relay.mails("zhang/", "")) == 2, patience_s=60)
    ((sender, to, text),) = gateway.got()
    assert (sender, to) == ("95588", "13800000103")
    assert "700.00" in text
    mails = {mail["Subject"]: mail.get_content() for mail in relay.mails("zhang/", "")}
    assert "900.00" in mails["还款提醒"]
    assert "650.00" in mails["Your repayment"]
