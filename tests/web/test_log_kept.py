"""The log kept in order: anchored outside, checked; what is wrong is told by page and command."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from arrears.cli import doctor
from arrears.lake.home import Home
from arrears.web.ledger import keep
from arrears.web.ledger.actions.cases import release_case, reveal_value, take_case
from arrears.web.ledger.actions.records import write_note
from arrears.web.ledger.anchors import (
    LogSettingsWrong,
    anchors_in,
    own_place,
    places,
)
from arrears.web.ledger.keep import check_log, keep_log, review_log, tend_log
from arrears.web.ledger.models import Event, EventLink, EventValue, LogCheck
from arrears.web.ledger.models.guard import writing
from arrears.web.sender.keeper import log_kept
from tests.lib import tamper
from tests.web.conftest import AT
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The pages read the bank's home, and it is its day."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def made(home):
    home.mkdir()


@pytest.fixture
def noted(case, people):
    """A function that lets something happen."""

    def happened(at=AT):
        take_case(case_id=case.pk, by=people["phone_collector"], at=at)
        release_case(case_id=case.pk, by=people["phone_collector"], at=at)

    return happened


def turn(home, at):
    """A turn of whoever keeps the log; what was found wrong."""
    found = [tend_log(home, at=at), review_log(home, at=at)]
    return [one.kind for report in found if report for one in report.wrong]


def verbs(*wanted):
    return list(Event.objects.filter(verb__in=wanted).order_by("pk").values_list("verb", flat=True))


def test_it_is_anchored_every_five_minutes_if_there_is_something_new(home, noted):
    noted()
    assert keep_log(home, at=AT)
    noted()
    assert not keep_log(home, at=AT + 4 * MINUTE)
    assert keep_log(home, at=AT + 5 * MINUTE)
    assert not keep_log(home, at=AT + 11 * MINUTE)
    told = anchors_in([own_place(home)])
    assert [one.at[11:16] for one in told] == ["10:00", "10:05"]
    assert told[-1].count == EventLink.objects.count() == told[0].count + 2
    assert told[-1].hash == EventLink.objects.latest("seq").hash


def test_whatever_is_written_of_the_last_anchor_the_next_comes(home, noted):
    noted()
    far = AT + timedelta(days=900)
    keep_log(home, at=AT)
    changed = "UPDATE ledger_logcheck SET anchored_count = 1000000, tried_at = %s, whole_at = %s"
    tamper.run(changed, str(far), str(far))
    assert keep_log(home, at=AT + MINUTE)
    assert review_log(home, at=AT + MINUTE) is not None


def test_asked_for_it_is_anchored_at_once(home, noted):
    noted()
    assert keep_log(home, at=AT)
    noted()
    assert keep_log(home, at=AT + MINUTE, at_once=True)


def test_a_second_place_holds_the_same_and_is_never_made(home, noted, tmp_path):
    (home / "log.toml").write_text(f"anchors = ['{tmp_path / 'far'}', 'near']")
    (home / "near").mkdir()
    noted()
    assert keep_log(home, at=AT)
    own, far, near = places(home)
    assert own.read_text() == near.read_text()
    assert not far.parent.exists()
    [fault] = LogCheck.objects.get().faults
    assert fault.startswith(str(far))
    assert verbs("anchors_fail", "anchors_mended") == ["anchors_fail"]
    far.parent.mkdir()
    assert not keep_log(home, at=AT + 4 * MINUTE)
    assert keep_log(home, at=AT + 6 * MINUTE)
    assert far.exists()
    assert LogCheck.objects.get().faults == []
    assert verbs("anchors_fail", "anchors_mended") == ["anchors_fail", "anchors_mended"]


@pytest.mark.parametrize("text", ["anchors = 'x'", "anchor = ['x']", "anchors = [3]", "a b"])
def test_settings_with_a_mistake_are_told_and_the_own_place_is_written(home, noted, text):
    (home / "log.toml").write_text(text)
    with pytest.raises(LogSettingsWrong):
        places(home)
    noted()
    assert keep_log(home, at=AT)
    assert own_place(home).exists()
    assert "log.toml" in LogCheck.objects.get().faults[0]


def test_no_place_can_be_written_and_work_goes_on(home, noted):
    (home / "anchors").write_text("a file where a folder should be")
    noted()
    assert not keep_log(home, at=AT)
    assert LogCheck.objects.get().anchored_at is None
    assert EventLink.objects.count() == Event.objects.count() - 1  # the alarm itself waits
    noted(AT + MINUTE)


def test_a_line_that_a_power_cut_left_spoils_no_other(home, noted):
    noted()
    keep_log(home, at=AT)
    with own_place(home).open("a") as file:
        file.write('{"at": "2026-')
    noted()
    keep_log(home, at=AT + 5 * MINUTE)
    assert len(anchors_in([own_place(home)])) == 2


def test_anchors_that_are_gone_are_missed(home, noted):
    noted()
    keep_log(home, at=AT)
    assert check_log(home, at=AT).wrong == ()
    own_place(home).unlink()
    assert [one.kind for one in check_log(home, at=AT).wrong] == ["anchors"]


def test_a_turn_checks_what_is_new_and_once_a_day_all_of_it(home, noted):
    noted()
    assert turn(home, AT) == []
    tamper.run("UPDATE ledger_event SET verb = 'x' WHERE id = %s", tamper.links()[2][1])
    noted()
    at = AT + 6 * MINUTE
    assert turn(home, at) == []
    kept = LogCheck.objects.get()
    assert (kept.whole_at, kept.checked_at) == (AT, at)
    assert (tend_log(home, at=at + MINUTE), review_log(home, at=at + MINUTE)) == (None, None)
    tomorrow = AT + timedelta(days=1)
    assert turn(home, tomorrow) == ["edit"]
    noted()
    assert turn(home, tomorrow + 6 * MINUTE) == []
    assert [one["kind"] for one in LogCheck.objects.get().wrong] == ["edit"]  # until all is checked


def test_what_is_new_is_checked_against_what_was_checked(home, noted):
    noted()
    turn(home, AT)
    noted()
    tamper.rehash(3, tamper.Random(1))
    assert turn(home, AT + 6 * MINUTE) == ["rehash"]


def test_a_log_that_was_never_checked_delays_no_anchor(home, noted):
    noted()
    assert tend_log(home, at=AT) is None
    assert LogCheck.objects.get().anchored_count == EventLink.objects.count()


def test_rules_and_statements_are_logged_when_they_are_others(home, noted, monkeypatch):
    keep_log(home, at=AT)
    keep_log(home, at=AT + MINUTE)
    monkeypatch.setattr(keep, "stated_now", lambda: ["zone=Asia/Shanghai"])
    keep_log(home, at=AT + 2 * MINUTE)
    keep_log(home, at=AT + 3 * MINUTE)
    first, second = Event.objects.filter(verb="use_settings").order_by("pk")
    assert first.detail["rules"] == second.detail["rules"]
    assert (first.detail["stated"], second.detail["stated"]) == ([], ["zone=Asia/Shanghai"])


def test_looking_at_a_case_is_logged_once_a_person_and_day(case, people, monkeypatch):
    address = f"/case/{case.pk}/"
    for role in ("phone_collector", "phone_collector", "auditor"):
        assert signed_in(people[role]).get(address).status_code == 200
    seen = Event.objects.filter(verb="see_case").values_list("by__role", "case_id")
    assert set(seen) == {("phone_collector", case.pk), ("auditor", case.pk)}
    assert len(seen) == 2
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(days=1))
    signed_in(people["auditor"]).get(address)
    assert Event.objects.filter(verb="see_case").count() == 3


def test_no_event_holds_what_was_typed_or_dialled(case, people):
    by = people["phone_collector"]
    reveal_value(case_id=case.pk, what="name", reason="王小明来电", by=by, at=AT)
    write_note(case_id=case.pk, text="住在长安街", by=by, at=AT)
    told = json.dumps(list(Event.objects.values("detail", "seals")), ensure_ascii=False)
    assert "王小明" not in told
    assert "长安街" not in told
    assert set(EventValue.objects.values_list("value", flat=True)) == {"王小明来电", "住在长安街"}


def test_an_erased_reason_is_told_as_erased(case, people):
    reveal_value(
        case_id=case.pk,
        what="name",
        reason="王小明来电",
        by=people["phone_collector"],
        at=AT,
    )
    auditor = signed_in(people["auditor"])
    assert "王小明来电" in text_of(auditor.get("/log/"))
    with writing("a test"):
        EventValue.objects.all().delete()
    shown = text_of(auditor.get("/log/"))
    assert "王小明" not in shown
    assert "（已删除）" in shown


def test_the_page_says_how_the_log_stands(home, noted, people):
    auditor = signed_in(people["auditor"])
    assert "尚未核验" in text_of(auditor.get("/log/"))
    noted()
    turn(home, AT)
    shown = text_of(auditor.get("/log/"))
    assert "没有发现改动" in shown
    assert "alert" not in shown
    assert f"至编号 {EventLink.objects.count()}" in shown


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_says_aloud_what_is_wrong(home, noted, people, language):
    noted()
    turn(home, AT)
    tamper.run("UPDATE ledger_event SET verb = 'x' WHERE id = %s", tamper.links()[2][1])
    check_log(home, at=AT)
    auditor = signed_in(people["auditor"])
    auditor.post("/language/", {"language": language})
    shown = text_of(auditor.get("/log/"))
    said = {
        "zh-hans": "编号 3 的事件或它的哈希被改动",
        "en": "number 3: the event or its hash was changed",
    }
    assert said[language] in shown
    assert 'role="alert"' in shown


def test_the_page_says_when_nobody_keeps_the_log(home, noted, people, monkeypatch):
    noted()
    turn(home, AT)
    noted()
    auditor = signed_in(people["auditor"])
    late = "锚定已经超过十分钟没有更新"
    assert late not in text_of(auditor.get("/log/"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + 11 * MINUTE)
    assert late in text_of(auditor.get("/log/"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(days=3))
    assert "整本日志已经两天没有核验" in text_of(signed_in(people["auditor"]).get("/log/"))


def test_the_page_and_the_doctor_tell_a_place_that_cannot_be_written(home, noted, people):
    (home / "log.toml").write_text("anchors = ['far']")
    noted()
    turn(home, AT)
    assert "锚定写不进去" in text_of(signed_in(people["auditor"]).get("/log/"))
    stands, fault, checked = doctor._log(Home(home))
    assert "anchored to" in stands[1]
    assert (str(home / "far") in fault[1], bool(fault[2])) == (True, True)
    assert checked == ("log", "checked at 2026-11-20 10:00 UTC: as written", "")


def test_the_doctor_tells_a_changed_log_and_settings_with_a_mistake(home, noted):
    noted()
    turn(home, AT)
    tamper.edit(3, tamper.Random(0))
    check_log(home, at=AT)
    (home / "log.toml").write_text("anchors = 1")
    _stands, settings, wrong = doctor._log(Home(home))
    assert settings[2]
    assert "number 3" in wrong[1]
    assert "arrears verify" in wrong[2]


@pytest.mark.django_db(transaction=True)
def test_the_keeper_takes_its_turns_and_a_fault_ends_none_of_them(tmp_path):
    turns = []

    def turn(path, *, at):
        turns.append(path)
        if len(turns) == 1:
            raise ValueError("a fault")

    kept = log_kept(Home(tmp_path), now=lambda: AT, every_s=0.01, turns=(turn,))
    with capture_logs() as logs, kept:
        begun = datetime.now(UTC)
        while len(turns) < 3 and datetime.now(UTC) - begun < timedelta(seconds=10):
            pass
    assert len(turns) >= 3
    assert [one["event"] for one in logs] == ["log_fault"]
    ended = len(turns)
    time.sleep(0.05)
    assert len(turns) == ended


@pytest.mark.django_db(transaction=True)
def test_the_keeper_numbers_anchors_and_tells_what_is_wrong(published, tmp_path):
    with capture_logs() as logs, log_kept(Home(tmp_path), now=lambda: AT, every_s=60):
        pass
    assert logs == []
    assert EventLink.objects.count() == Event.objects.count() > 0
    tamper.edit(1, tamper.Random(0))
    tamper.run("UPDATE ledger_logcheck SET whole_at = NULL")
    with capture_logs() as logs, log_kept(Home(tmp_path), now=lambda: AT, every_s=60):
        pass
    assert [one["event"] for one in logs] == ["log_changed"]
