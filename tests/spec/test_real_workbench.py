"""Real books before people: golden figures on the pages, made-up points marked, every message judged."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest

from arrears.batch.run import run
from arrears.channels.local.transport import LocalTransport
from arrears.cli import main
from arrears.core.money import minor_from_text
from arrears.lake.home import Home
from arrears.rules.gate import replay
from arrears.web.ledger.actions.people import admit_person
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.actions.templates import approve_template, write_template
from arrears.web.ledger.models import Case, CaseDay, ContactPoint, Message, StatedFact
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.templatetags.shown import money
from arrears.web.sender.drain import drain
from tests.lib.files import take

pytestmark = [pytest.mark.real, pytest.mark.django_db]

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # 13:00 in Nairobi, 11:00 in Prague
PASSWORD = "plum-orchard-7"
ZONE = 'zone = {value = "Africa/Nairobi", evidence = "a test", from_date = 1900-01-01}\n'


def command(*words):
    with pytest.raises(SystemExit) as done:
        main([str(word) for word in words])
    assert not done.value.code


def a_home(folder, books, name, *, more=""):
    """A home with a real book and made-up points, whose source the mapping states."""
    home, files = folder / "home", folder / "points"
    take(home, books / name / "raw", name)
    command("synth", files, "--points-for", home, "--stated-source", "contract")
    with (files / "mapping.toml").open("a", encoding="utf-8") as mapping:
        mapping.write(more)
    command("load", "--mapping", files / "mapping.toml", "--source", files, "--home", home)
    return Home(home)


@pytest.fixture(scope="module")
def kiva(tmp_path_factory, books):
    return a_home(tmp_path_factory.mktemp("kiva"), books, "kiva")


@pytest.fixture(scope="module")
def kiva_in_one_zone(tmp_path_factory, books):
    return a_home(tmp_path_factory.mktemp("kiva"), books, "kiva", more=ZONE)


@pytest.fixture(scope="module")
def berka(tmp_path_factory, books):
    return a_home(tmp_path_factory.mktemp("berka"), books, "berka")


@pytest.fixture
def opened(client, settings):
    """The day of a book is before people, one of whom has signed in."""

    def open_day(home, day):
        settings.ARREARS_HOME = home.path
        settings.ARREARS_CURRENCY = home.institution().currency
        publish_run(home=home, run=run(home, as_of=date.fromisoformat(day)), at=AT)
        client.force_login(_admit("collector", "phone_collector"))
        return client

    return open_day


def _admit(name, role):
    return admit_person(username=name, name=name, role=role, password=PASSWORD, by=None, at=AT)


def golden(books, name, day):
    with (books / name / "golden" / "asof_loans_dpd_gt0.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["as_of"] == day]


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def reminded(home):
    """Every case has been reminded, as far as the gate lets it; the messages."""
    write, approve = _admit("writer", "compliance"), _admit("approver", "compliance")
    for channel in ("sms", "email"):
        subject = "{institution}" if channel == "email" else ""
        words = {"channel": channel, "language": "zh", "subject": subject}
        text = "{institution}：应还 {amount}，逾期 {days} 天（{as_of}）。"
        made = write_template(name="reminder", text=text, by=write, at=AT, **words)
        approve_template(template_id=made.pk, by=approve, at=AT)
    with writing("a test"):  # what the decision table says of these days is not asked here
        CaseDay.objects.update(treatment="remind")
    held = home.institution()
    assert propose_reminders(institution=held.name, currency=held.currency, at=AT) > 0
    local = {channel: LocalTransport(channel) for channel in ("sms", "email")}
    drain(local, now=lambda: AT + timedelta(seconds=60))
    return list(Message.objects.select_related("verdict", "point"))


def test_kiva_shows_its_golden_figures_in_dollars(kiva, books, opened):
    client = opened(kiva, "2007-03-31")
    rows = golden(books, "kiva", "2007-03-31")
    assert f"共 {len(rows)} 户" in page(client, "/work/")
    for row in rows[:5]:
        case = Case.objects.get(borrower_id=f"K{row['loan_id']}")
        told = page(client, f"/case/{case.pk}/")
        assert f"客户 K{row['loan_id']} ·" in told
        assert f"<dd>{row['dpd']} ·" in told
        for amount in (row["overdue_amount"], row["outstanding"]):
            assert money(minor_from_text(amount)) in told
        assert money(minor_from_text(row["overdue_amount"])).startswith("$")
        assert "虚构联系方式" in told
        why = page(client, f"/case/{case.pk}/why/{row['loan_id']}/")
        assert row["oldest_unpaid"] in why
        assert row["overdue_amount"] in why
        assert "USD" in why


def test_kiva_states_no_zone_so_nothing_goes_and_the_fact_is_named(kiva, opened):
    opened(kiva, "2007-03-31")
    assert set(StatedFact.objects.values_list("fact", flat=True)) == {
        "phone_source",
        "email_source",
    }
    for message in reminded(kiva):
        assert (message.state, message.because) == ("refused", "fact_missing")
        missing = message.verdict.record["verdict"]["because"]
        assert "zone" in str(missing)
        assert message.verdict.record["facts"]["stated"] == ["point_source"]


def test_kiva_with_a_stated_zone_reminds_lawfully_and_the_record_says_what_was_stated(
    kiva_in_one_zone, opened
):
    opened(kiva_in_one_zone, "2007-03-31")
    messages = reminded(kiva_in_one_zone)
    assert {m.state for m in messages} == {"sent"}
    for message in messages:
        assert message.point.made_up
        assert message.gateway_id.startswith("local-")
        assert replay(message.verdict.record).allowed
        facts = message.verdict.record["facts"]
        assert facts["stated"] == ["point_source", "zone"]
        assert (facts["zone"], facts["point_source"]) == ("Africa/Nairobi", "contract")


def test_berka_shows_its_golden_loan_in_crowns_and_reminds_by_the_zone_it_states(
    berka, books, opened
):
    client = opened(berka, "1993-12-31")
    (row,) = golden(books, "berka", "1993-12-31")
    case, day = Case.objects.get(), CaseDay.objects.get()
    assert (day.worst_loan_id, day.dpd) == (row["loan_id"], int(row["dpd"]))
    queue = page(client, "/work/")
    told = page(client, f"/case/{case.pk}/")
    for shown in (queue, told):
        assert money(day.overdue_minor) in shown
        assert money(day.overdue_minor).startswith("CZK ")
    assert f"<dd>{row['dpd']} ·" in told
    assert row["oldest_unpaid"] in page(client, f"/case/{case.pk}/why/{row['loan_id']}/")
    (message,) = reminded(berka)
    assert message.state == "sent"
    assert message.verdict.record["facts"]["stated"] == ["point_source", "zone"]


def test_the_made_up_points_are_nobodys_and_the_same_each_time(kiva, tmp_path, opened):
    opened(kiva, "2007-03-31")
    points = ContactPoint.objects.all()
    assert {p.pk.startswith("made-up-") for p in points} == {True}
    for point in points:
        assert point.value.startswith("154") or point.value.endswith("@borrower.invalid")
    for name in ("a", "b"):
        command("synth", tmp_path / name, "--points-for", kiva.path)
    first, second = (
        (tmp_path / name / "contact_points.parquet").read_bytes() for name in ("a", "b")
    )
    assert first == second
