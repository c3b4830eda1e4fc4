"""The worked tables of docs/explain come out to the cent, of core and of the steps in DuckDB."""

import pytest

from tests.lib.answers import broken_today, by_core, by_duck
from tests.lib.worked import english, pages, sections, worked

TABLES = list(enumerate(english()))
DAYS = sorted({(line.as_of, line.known_on) for _, table in TABLES for line in table.lines})


@pytest.mark.parametrize("table", [table for _, table in TABLES], ids=lambda table: table.title)
def test_core_gives_what_the_table_says(table):
    for line in table.lines:
        came_out = by_core(table, line)
        assert came_out == line.figures, f"{line.as_of} known on {line.known_on}"


@pytest.mark.parametrize(("as_of", "known_on"), DAYS, ids=str)
def test_the_steps_give_what_the_tables_say_of_a_day(as_of, known_on):
    """One run a day for all the tables, so that each is a book among others."""
    for number, table in TABLES:
        for line in table.lines:
            if (line.as_of, line.known_on) == (as_of, known_on):
                expected = broken_today(line) if line.about == "promise" else line.figures
                assert by_duck(number, table, line) == expected, table.title


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_has_worked_tables_and_every_one_is_run(page):
    headed = [title for title, _ in sections(page) if title.startswith(("Table ", "表 "))]
    assert headed
    assert [table.title for table in worked(page)] == [f"{page.stem} {title}" for title in headed]


@pytest.mark.parametrize(
    "page", [p for p in pages() if ".zh-CN" not in p.name], ids=lambda page: page.name
)
def test_both_languages_have_the_same_tables(page):
    twin = page.with_name(f"{page.stem}.zh-CN.md")
    assert [(t.loans, t.promises, t.lines) for t in worked(twin)] == [
        (t.loans, t.promises, t.lines) for t in worked(page)
    ]


def test_the_manual_is_worked_out_far_enough():
    assert len(TABLES) >= 50
