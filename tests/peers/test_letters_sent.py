"""Letters the whole way: from a day's run by the gate to PDFs in one batch, with every word they need."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
import typst

from arrears.channels.letter.settings import LetterSettings
from arrears.core.capitals import in_capitals
from arrears.core.money import spoken
from arrears.rules.speech.template import KINDS
from arrears.rules.speech.told import TextsWrong
from tests.lib.program import arrears
from tests.lib.small_bank import SmallBank, zone_at_noon

pytestmark = pytest.mark.peers  # the font is of the machine

# Who is written to after a hundred days: number, name, product, yuan, language, address ("": none is known).
OWED = (
    ("B6", "钱六", "consumer", "1234.56", "zh", "某省某市某区某路6号601室"),
    ("B7", "孙七", "card", "2003.40", "zh", "某省某市某区某路7号"),
    ("B8", "Ann Eight", "consumer", "800.00", "en", "8 Some Road, Some Town"),
    ("B9", "周九", "consumer", "900.00", "zh", ""),
)
TOLD = {
    "reason": "信用卡账单到期未还",
    "law": "《中华人民共和国民法典》第六百七十五条、第六百七十六条",
    "rights": "您可以核对账目、提出异议，也可以与我行协商还款；请按约定归还欠款",
    "check_way": "手机银行、客服热线或任一网点",
    "pay_way": "存入原还款账户，或到任一网点办理",
    "object_way": "致电客服，或把材料寄到信头的地址",
    "contact": "客服 95588，工作日 9:00–17:00",
    "seal": "（业务专用章）",
}
IN_ENGLISH = {"pay_way": "pay into your repayment account", "contact": "tel. 95588, working days"}
LETTERS = """
from arrears.web.ledger.models import Person
from tests.peers.test_letters_sent import texts
kay, lee = (Person.objects.get(username=name) for name in ("kay", "lee"))
for text in texts():
    made = write_template(**text, by=kay, at=at)
    approve_template(template_id=made.pk, by=lee, at=at)
"""
NEXT = """
from arrears.web.ledger.actions.cases import take_next_case
from arrears.web.ledger.models import Case, Person
eve = Person.objects.get(username="eve")
while case_id := take_next_case(by=eve, at=at):
    print(Case.objects.get(pk=case_id).borrower_id)
"""
STATES = """
from arrears.web.ledger.models import Message
for message in Message.objects.filter(channel="letter").order_by("borrower_id"):
    print(message.borrower_id, message.template.name, message.state, message.parts)
"""


def texts():
    """A letter of a loan in two languages, and a card's, each with all that it needs."""
    capital = "（大写：{amount_in_capitals}）"
    loan = (
        "尊敬的{holder}：\n截至{as_of}，您在{institution}的贷款已逾期{days}天，逾期金额{amount}"
        f"{capital}。\n请通过以下方式还款：{{pay_way}}。\n如有疑问，请联系：{{contact}}。\n{{object_way}}"
    )
    card = (
        "尊敬的{holder}：\n因{reason}，截至{as_of}，您在{institution}的信用卡欠款余额为{balance}，其中逾期{amount}"
        f"{capital}。\n依据：{{law}}。\n{{rights}}。\n查询账户：{{check_way}}。\n还款：{{pay_way}}。\n"
        "提出异议和提供证据：{object_way}。\n联系方式：{contact}。\n{seal}"
    )
    english = (
        "Dear {holder},\nOn {as_of}, {amount} of your loan with {institution} is {days} days past due.\n"
        "How to pay: {pay_way}.\nContact: {contact}."
    )
    told = (
        ("loan_letter", "zh", "贷款逾期还款提示函", loan),
        ("card_letter", "zh", "信用卡逾期还款提示函", card),
        ("loan_letter", "en", "Your loan is past due", english),
    )
    return [
        {"name": name, "channel": "letter", "language": language, "subject": subject, "text": text}
        for name, language, subject, text in told
    ]


def written(tables):
    """The file in which the institution tells what no book has."""
    return "".join(
        f"[{language}]\n" + "".join(f'{name} = "{value}"\n' for name, value in table.items())
        for language, table in tables.items()
    )


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """A bank with four borrowers more, a hundred days late, whose texts of letters are approved."""
    if LetterSettings.__dataclass_fields__["font"].default not in typst.Fonts().families():
        pytest.skip("the font is not installed: apt-get install fonts-noto-cjk")
    folder = tmp_path_factory.mktemp("bank")
    (folder / "letters").mkdir()
    channel = f'[letter]\nfolder = "{folder / "letters"}"\ninstitution = "某某银行"\n'
    bank = SmallBank(folder).opened(channel + 'address = "某市某路2号"\nphone = "95588"\n')
    bank.load("late", bank.today, **late(bank))
    bank.day(bank.today)
    bank.ledger("from arrears.web.ledger.actions.templates import *\n" + LETTERS)
    return bank


def late(bank):
    """The files of those who are written to."""
    due, opened = bank.today - timedelta(days=100), bank.today - timedelta(days=400)
    zone = zone_at_noon(datetime.now(UTC))
    return {
        "products": "product,kind,order,grace_days,tolerance,tolerance_per,dpd_start,day_count\n"
        "card,card,per_instalment,0,0,loan,day_after,act_360\n",
        "borrowers": "borrower_id,kind,name,zone,language\n"
        + "".join(f"{n},person,{name},{zone},{lang}\n" for n, name, _, _, lang, _ in OWED),
        "loans": "loan_id,borrower_id,product,branch,currency,opened_date,principal,status\n"
        + "".join(f"L{n},{n},{p},总行,CNY,{opened},20000.00,open\n" for n, _, p, *_ in OWED),
        "instalments": "loan_id,seq,due_date,principal,interest,fee\n"
        + "".join(f"L{n},1,{due},{yuan},0,0\n" for n, _, _, yuan, *_ in OWED)
        + "".join(f"L{n},2,{due + timedelta(days=900)},500.00,0,0\n" for n, *_ in OWED),
        "contact_points": "point_id,borrower_id,role,kind,value,source,valid_from\n"
        + "".join(f'A{n},{n},debtor,address,"{at}",contract,\n' for n, *_, at in OWED if at),
    }


def said(bank, *words):
    """What the program said, none of it about a borrower."""
    done = arrears(*words, environ=bank.environ)
    assert done.returncode == 0, done.stderr
    heard = done.stdout + done.stderr
    personal = [word for _n, name, *_, at in OWED for word in (name, at) if word]
    assert [word for word in personal if word in heard] == []
    return done.stdout


def test_letters_are_proposed_claimed_set_and_put_in_one_batch(bank):
    # What the institution has not told is in no letter, and so there is none; people work on the cases.
    assert "reminders proposed" in said(bank, "send", "--wait")
    assert bank.ledger(STATES) == ""
    (bank.home / "texts.toml").write_text("[zh]\npay_wya = '{x}'\n", encoding="utf-8")
    assert arrears("send", environ=bank.environ).returncode == TextsWrong.exit_code
    assert "Was pay_way meant?" in " ".join(
        arrears("doctor", environ=bank.environ).stdout.replace("│", " ").split()
    )

    told = written({"zh": TOLD, "en": IN_ENGLISH})
    (bank.home / "texts.toml").write_text(told, encoding="utf-8")
    first = said(bank, "send", "--wait")
    assert "3 reminders proposed." in first
    assert "3 sent." in first
    assert bank.ledger(STATES).splitlines() == [
        "B6 loan_letter sent 1",
        "B7 card_letter sent 1",
        "B8 loan_letter sent 1",
    ]
    assert "0 reminders proposed." in said(bank, "send", "--wait")
    handed = bank.ledger(NEXT).split()
    assert "B9" in handed  # nobody knows where to write to
    assert not {"B6", "B7", "B8"} & set(handed)

    assert said(bank, "letters").endswith(": 3 letters, 3 pages.\n")
    assert said(bank, "letters") == "No letter waits.\n"
    (listed,) = (bank.folder / "letters").glob("*/letters.csv")
    files = [row["file"] for row in csv.DictReader(io.StringIO(listed.read_text()))]
    letters = [text_of(listed.parent / file) for file in files]
    assert len(letters) == 3
    for (_n, name, product, yuan, language, address), text in zip(OWED, letters, strict=False):
        minor = int(yuan.replace(".", ""))
        words = [name, address, spoken(minor, "CNY", language), bank.today.isoformat(), "某某银行"]
        if language == "zh":
            words.append(in_capitals(minor))
        tell = TOLD if language == "zh" else IN_ENGLISH
        needs = KINDS["card_letter" if product == "card" else "loan_letter"].needs
        words += [tell[word] for word in needs if word in tell]
        if product == "card":
            words.append(spoken(minor + 50_000, "CNY", language))
        assert [word for word in words if "".join(word.split()) not in text] == []
        assert "{" not in text


def text_of(file):
    """What stands on the pages, without spaces and line breaks."""
    return "".join("".join(p.extract_text() for p in pypdf.PdfReader(file).pages).split())
