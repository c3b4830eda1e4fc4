"""Letters by the outbox: whom they are proposed for, what they say, and that they wait for nobody in vain."""

from datetime import timedelta

import pytest

from arrears.channels.transport import Doubtful, Pace, Reason, Receipt
from arrears.core.capitals import in_capitals
from arrears.core.money import spoken
from arrears.rules.speech.template import KINDS, TOLD
from arrears.rules.speech.told import FILE
from arrears.web.ledger.actions.cases import take_next_case
from arrears.web.ledger.actions.journal import reconcile_journal
from arrears.web.ledger.actions.outbox import claim_message, mark_message
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.actions.templates import approve_template, write_template
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    CaseMark,
    ContactPoint,
    Event,
    Message,
    PublishedRun,
    Slot,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.letters import LETTERS_APART
from arrears.web.ledger.queries.outbox import messages_of
from arrears.web.sender.drain import drain
from arrears.web.sender.worker import _told
from arrears.web.words import message as words_of
from tests.web.conftest import AT
from tests.web.test_journal import line, written
from tests.web.test_outbox import later
from tests.web.test_sending import next_run

pytestmark = pytest.mark.django_db
ADDRESS = "某省某市某路6号"
SAID = {"zh": {name: f"某某{name}" for name in TOLD}}


class Printer:
    """A way that keeps what it was given."""

    channel, idempotent, pace = "letter", True, Pace()

    def __init__(self, end=None):
        self.end, self.got = end, []

    def send(self, message, *, key):
        self.got.append(message)
        if self.end:
            raise self.end
        return Receipt(key, 1)


@pytest.fixture
def few(published, people):
    """Four cases that the run wants written to, each with an address; and no other case for anybody."""
    for name in ("loan_letter", "card_letter"):
        needs = (*KINDS[name].needs, "amount_in_capitals", "amount")
        made = write_template(
            name=name,
            channel="letter",
            language="zh",
            subject=f"{name}函",
            text="\n".join(f"{{{word}}}" for word in dict.fromkeys(needs)),
            by=people["compliance"],
            at=AT,
        )
        approve_template(template_id=made.pk, by=people["second_compliance"], at=AT)
    cases = list(Case.objects.order_by("pk")[:4])
    theirs = [case.borrower_id for case in cases]
    with writing("a test"):
        CaseDay.objects.update(treatment="none", flags="")
        CaseDay.objects.filter(borrower_id__in=theirs).update(treatment="letter", loans=1)
        Borrower.objects.update(zone="Asia/Shanghai", language="zh-CN")
        for case in cases:
            address(case)
    return cases


def address(case, **more):
    told = {"role": "debtor", "kind": "address", "value": ADDRESS, "source": "contract", **more}
    ContactPoint.objects.create(
        point_id=f"a-{case.pk}-{len(more)}", borrower_id=case.borrower_id, **told
    )


def proposed(told=SAID, at=AT, currency="CNY"):
    return propose_reminders(institution="某某银行", currency=currency, at=at, told=told)


def of(case):
    return CaseDay.objects.get(borrower_id=case.borrower_id)


def letter(case):
    return Message.objects.get(case=case)


def test_a_letter_holds_what_its_use_needs_in_figures_and_capitals(few):
    assert proposed() == 4
    made, day = letter(few[0]), of(few[0])
    name = Borrower.objects.get(pk=few[0].borrower_id).name
    assert (made.channel, made.template.name, made.state) == ("letter", "loan_letter", "proposed")
    assert made.point.value == ADDRESS
    assert made.text.splitlines() == [
        "某某银行",
        name,
        spoken(day.overdue_minor, "CNY", "zh"),
        "某某pay_way",
        "某某contact",
        in_capitals(day.overdue_minor),
    ]


def test_a_card_has_a_letter_of_its_own_with_the_balance_of_its_only_loan(few):
    with writing("a test"):
        PublishedRun.objects.update(cards=["gold"])
        theirs = [case.borrower_id for case in few[:2]]
        CaseDay.objects.filter(borrower_id__in=theirs).update(product="gold")
        CaseDay.objects.filter(borrower_id=theirs[1]).update(loans=2)
    assert proposed() == 3
    assert letter(few[0]).template.name == "card_letter"
    assert spoken(of(few[0]).outstanding_minor, "CNY", "zh") in letter(few[0]).text.splitlines()
    # Of two loans the balance of the card is not known: no letter with a hole.
    assert (letter(few[1]).state, letter(few[1]).because) == ("refused", "unfit:balance=absent")
    assert letter(few[2]).template.name == "loan_letter"


def test_publishing_knows_which_products_are_cards(published):
    known = {row["product"]: row["kind"] for row in products(published)}
    assert PublishedRun.objects.get().cards == sorted(
        p for p, kind in known.items() if kind == "card"
    )
    assert {"card", "loan"} <= set(known.values())


def products(bank):
    from arrears.batch.read import known_rows

    return known_rows(bank.home, "products", AT.date(), "true").to_pylist()


def test_what_is_not_known_of_a_borrower_refuses_the_letter_and_the_page_says_what(few):
    with writing("a test"):
        Borrower.objects.filter(pk=few[0].borrower_id).update(name="")
    assert proposed() == 3
    (row,) = messages_of(few[0])
    assert "持卡人或借款人姓名（没有内容）" in words_of(row)["not_sent"]


def test_capitals_are_of_renminbi_only(few):
    assert proposed(currency="USD") == 0
    assert {m.because for m in Message.objects.all()} >= {"unfit:amount_in_capitals=absent"}


def test_nothing_is_proposed_until_all_is_told_and_then_for_the_same_run(few):
    for told in (None, {}, {"zh": {"pay_way": "网点"}}, {"en": SAID["zh"]}):
        assert proposed(told) == 0
        assert not Message.objects.exists()
    assert proposed() == 4


def test_a_file_that_is_wrong_holds_up_letters_and_nothing_else(few, published, tmp_path):
    home = type(published.home)(tmp_path)
    assert _told(home) == {}
    (tmp_path / FILE).write_text("[zh]\npay_way = 1\n", encoding="utf-8")
    assert _told(home) is None
    (tmp_path / FILE).write_text("[zh]\npay_way = '网点'\n", encoding="utf-8")
    assert _told(home) == {"zh": {"pay_way": "网点"}}


def test_whom_a_letter_reaches_nobody_is_handed_and_whom_none_reaches_somebody_is(few, people):
    nowhere, barred, *_others = few
    run = PublishedRun.objects.get()
    with writing("a test"):
        ContactPoint.objects.filter(borrower_id=nowhere.borrower_id, kind="address").delete()
        CaseMark.objects.create(run=run, borrower_id=barred.borrower_id, letter="cn_point")
    assert proposed() == 2
    handed = []
    while case_id := take_next_case(by=people["supervisor"], at=AT):
        handed.append(case_id)
    assert sorted(handed) == [nowhere.pk, barred.pk]


def test_nobody_is_written_to_again_for_thirty_days_whom_a_letter_has_reached(few):
    proposed()
    went, failed, *waiting = few
    for case, state in ((went, "sent"), (failed, "failed")):
        claim_message(message_id=letter(case).pk, at=later()())
        mark_message(message_id=letter(case).pk, state=state, at=AT)
    next_run(days=1)
    assert proposed(at=AT + timedelta(days=1)) == 1 + len(waiting)  # what only waited is said anew
    next_run(days=1)
    before = AT + LETTERS_APART - timedelta(minutes=1)
    proposed(at=before)
    assert not Message.objects.filter(case=went, state="proposed").exists()
    next_run(days=1)
    proposed(at=AT + LETTERS_APART)
    assert Message.objects.filter(case=went, state="proposed").count() == 1


def test_the_gate_is_asked_and_the_name_goes_with_the_letter_and_into_no_event(few):
    unknown, *others = few
    with writing("a test"):
        theirs = ContactPoint.objects.filter(borrower_id=unknown.borrower_id, kind="address")
        theirs.update(source="")  # nobody knows where the bank has it from
    proposed()
    printer = Printer()
    assert drain({"letter": printer}, now=later())["sent"] == 3
    assert letter(unknown).state == "refused"
    assert "cn_source" in str(letter(unknown).verdict.record["verdict"])
    names = dict(Borrower.objects.values_list("pk", "name"))
    assert [m.name for m in printer.got] == [names[case.borrower_id] for case in others]
    assert {m.to for m in printer.got} == {ADDRESS}
    told = [str(event) for event in Event.objects.values_list("detail", "seals")]
    assert [name for name in names.values() if name in "".join(told)] == []
    assert Slot.objects.filter(kind="message").count() == 3


def test_a_letter_that_may_be_there_is_in_doubt_and_never_set_again(few):
    proposed()
    printer = Printer(Doubtful(Reason.UNCLEAR, "nobody knows"))
    drain({"letter": printer}, now=later())
    doubtful = Message.objects.filter(state="in_doubt")
    count = len(printer.got)
    assert doubtful.count() == count == 1  # the way takes nothing: the others wait
    drain({"letter": Printer()}, now=later(120))
    next_run(days=1)
    proposed(at=AT + timedelta(days=1))
    assert Message.objects.filter(case=doubtful.get().case).count() == 1


def test_a_letter_that_only_the_send_journal_knows_is_not_written_again(few):
    proposed()
    older = letter(few[0])
    written(line(1, older, key=f"r20261120-ffffffff-{few[0].pk}", channel="letter"))
    told = reconcile_journal(by=None, at=AT)
    assert (told.doubts, told.unknown) == (0, 1)
    next_run(days=1)
    proposed(at=AT + timedelta(days=1))
    older.refresh_from_db()
    assert (older.state, Message.objects.filter(case=few[0]).count()) == ("withdrawn", 1)
    assert Message.objects.filter(case=few[1], state="proposed").count() == 1


def test_a_letter_of_an_older_ledger_is_in_doubt_once_it_is_compared_with_the_journal(few, people):
    proposed()
    written(line(1, letter(few[0]), channel="letter"))
    assert reconcile_journal(by=None, at=AT).doubts == 1
    assert not reconcile_journal(by=people["compliance"], at=AT).waits  # the second of two
    printer = Printer()
    drain({"letter": printer}, now=later())
    assert (letter(few[0]).state, len(printer.got)) == ("in_doubt", 3)
