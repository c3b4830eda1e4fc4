"""A rule book that was stored gives the verdicts that it gave, whatever is shipped by now."""

import json
from dataclasses import replace

import pytest

from arrears.rules.book import shipped, tightened
from arrears.rules.cases import cases
from arrears.rules.facts import RecordUnreadable
from arrears.rules.gate import may_contact, record_of, replay
from arrears.rules.record import book_from, book_record

OWN = (
    '[pack]\nversion = "1"\nzone = "Asia/Shanghai"\n[[rule.cn_frequency]]\n'
    'from_date = 2026-01-01\nmost = 4\nsource = "本行制度"\n'
)
BOOK = tightened(shipped(("cn", "us_reg_f")), OWN)


def stored():
    return json.loads(json.dumps(book_record(BOOK)))


def test_a_book_is_read_back_as_it_was():
    assert book_from(stored()) == BOOK
    assert book_from(stored()).version == BOOK.version


@pytest.mark.parametrize("case", cases("cn")[:60:7], ids=lambda case: case.en)
def test_a_verdict_is_given_again_by_the_stored_rules(case):
    verdict = may_contact(case.facts, book=BOOK)
    record = json.loads(json.dumps(record_of(case.facts, verdict)))
    assert replay(record, book=book_from(stored())) == verdict


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"packs": 1},
        {"packs": [{"is": "Path"}]},
        {"packs": [{"is": "Span", "from_date": {"is": "date", "iso": "2026-01-01"}}]},
        {"packs": [{"is": "Pack", "name": "cn"}]},
        {"packs": [["Pack"]]},
    ],
)
def test_a_record_that_is_none_is_refused(changed):
    with pytest.raises(RecordUnreadable):
        book_from(changed)


def test_a_figure_that_was_changed_in_the_store_is_found():
    record = stored()
    text = json.dumps(record).replace('["most", 10]', '["most", 99]')
    assert text != json.dumps(record)
    with pytest.raises(RecordUnreadable):
        book_from(json.loads(text))
    with pytest.raises(RecordUnreadable):
        book_from({"packs": [*record["packs"][:1], record["packs"][1] | {"version": "us 1 abc"}]})


def test_the_hash_is_of_rules_and_figures_and_zone():
    pack = BOOK.packs[0]
    assert book_from(book_record(replace(BOOK, packs=(pack,)))).packs == (pack,)
    with pytest.raises(RecordUnreadable):
        book_from(book_record(replace(BOOK, packs=(replace(pack, zone="UTC"),))))
