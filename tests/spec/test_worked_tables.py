"""The worked tables of docs/explain come out to the cent, of core and of the steps in DuckDB."""

import pytest

from tests.lib.answers import broken_today, by_core, by_duck
from tests.lib.worked import english, pages, sections, worked

TABLES = list(enumerate(english()))
EACH = pytest.mark.parametrize(
    ("number", "table"), TABLES, ids=[table.title for _, table in TABLES]
)


@EACH
def test_core_gives_what_the_table_says(number, table):
    for line in table.lines:
        expected = line.figures
        if line.about == "case":  # the kind of borrower is no figure: only the steps carry it
            expected = {k: v for k, v in line.figures.items() if k != "borrower_kind"}
        assert by_core(table, line) == expected, f"{line.as_of} known on {line.known_on}"


@EACH
def test_the_steps_give_what_the_table_says(number, table):
    for line in table.lines:
        expected = broken_today(line) if line.about == "promise" else line.figures
        assert by_duck(number, table, line) == expected, f"{line.as_of} known on {line.known_on}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_has_worked_tables_and_every_one_is_run(page):
    headed = [title for title, _ in sections(page) if title.startswith(("Table ", "表 "))]
    assert headed
    assert [table.title for table in worked(page)] == [f"{page.stem} {title}" for title in headed]


def test_the_manual_is_worked_out_far_enough():
    assert len(TABLES) >= 50
