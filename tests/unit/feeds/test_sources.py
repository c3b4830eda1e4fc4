"""Other files than CSV, and files that are refused: each says what to do, and nothing is loaded."""

import sqlite3
import time
import tracemalloc
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from arrears.feeds.csvfile import EmptyFile, WrongDelimiter
from arrears.feeds.excel import ExcelRefused, measure, text_of
from arrears.feeds.staging import BrokenFile, NoFile
from arrears.lake.book import versions
from arrears.lake.home import Home, HomeBusy, OtherBook, alone
from tests.lib.files import DEFAULTS, KNOWN, book, row, stored, take, write


def excel(path, rows):
    """The rows lie in the first sheet of an Excel file."""
    sheet_book = xlsxwriter.Workbook(path)
    sheet = sheet_book.add_worksheet()
    for at, values in enumerate(rows):
        sheet.write_row(at, 0, values)
    sheet_book.close()
    return path


def test_excel_is_read_to_the_cent(tmp_path):
    files = book(tmp_path / "a")
    head = ["payment_id", "loan_id", "value_date", "amount", "reverses_id", "known_date"]
    rows = [
        ["Y1", "L1", "2026-02-05", 0.1 + 0.2, "", KNOWN],
        ["Y2", "L1", "2026-02-05", 1234.1, "", KNOWN],
    ]
    excel(files / "payments.xlsx", [head, *rows])
    take(tmp_path / "home", files)
    payments = stored(tmp_path / "home", "payments")
    assert [(p["amount_minor"], p["source_row"]) for p in payments] == [(30, 2), (123410, 3)]


@pytest.mark.parametrize(
    ("cell", "text"), [(12.0, "12"), (0.1 + 0.2, "0.3"), (True, "true"), (None, "")]
)
def test_a_cell_is_the_text_that_excel_shows(cell, text):
    assert text_of(cell) == text


def zipped(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_bomb_is_refused_before_it_opens(tmp_path):
    bomb = zipped(tmp_path / "loans.xlsx", {"xl/worksheets/sheet1.xml": b"<c/>" * (40 << 20)})
    assert bomb.stat().st_size < 200_000
    began = time.process_time()
    with pytest.raises(ExcelRefused, match="inflates to more than"):
        measure(bomb)
    assert time.process_time() - began < 1
    tracemalloc.start()
    with pytest.raises(ExcelRefused, match="inflates to more than"):
        take(tmp_path / "home", tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 << 20


def test_a_bomb_that_lies_about_its_size_is_measured_as_it_is(tmp_path):
    path = zipped(tmp_path / "lie.xlsx", {"xl/worksheets/sheet1.xml": b" " * (64 << 20)})
    content = path.read_bytes().replace(
        (64 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little")
    )
    path.write_bytes(content)
    with pytest.raises(ExcelRefused):
        measure(path)


def test_a_sheet_of_two_far_cells_is_refused(tmp_path):
    sheet = b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'
    path = zipped(tmp_path / "far.xlsx", {"xl/worksheets/sheet1.xml": sheet})
    with pytest.raises(ExcelRefused, match="spans 1048576 rows by 16384 columns"):
        measure(path)


def test_a_packed_file_in_a_packed_file_is_refused(tmp_path):
    path = zipped(tmp_path / "nested.xlsx", {"xl/embeddings/more.zip": b"PK"})
    with pytest.raises(ExcelRefused, match="another packed file"):
        measure(path)


def test_a_parquet_cut_off_is_refused(tmp_path):
    files = book(tmp_path / "a", loans=[])
    pq.write_table(pa.table({"loan_id": ["L1"]}), files / "loans.parquet")
    whole = (files / "loans.parquet").read_bytes()
    (files / "loans.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenFile, match="no whole Parquet file"):
        take(tmp_path / "home", files)
    assert versions(Home(tmp_path / "home")) == []


def test_a_nested_parquet_is_refused(tmp_path):
    files = book(tmp_path / "a", loans=[])
    pq.write_table(pa.table({"loan_id": [["L1"]]}), files / "loans.parquet")
    with pytest.raises(BrokenFile, match="nested column loan_id"):
        take(tmp_path / "home", files)


def test_parquet_keeps_its_types_and_row_numbers(tmp_path):
    files = book(tmp_path / "a", loans=[])
    loans = pa.Table.from_pylist([row("loans"), row("loans", loan_id="L2", principal_minor=-1)])
    pq.write_table(loans, files / "loans.parquet")
    report = take(tmp_path / "home", files)
    assert [f.code for f in report.findings] == ["amount_negative"]
    assert stored(tmp_path / "home", "loans")[0]["source_row"] == 1


SQLITE = """
[institution]
name = "Core"
zone = "Asia/Shanghai"
currency = "CNY"
[source.borrowers]
files = ["core.db"]
query = "select id as borrower_id, 'person' as kind, name from customer order by id"
[table.borrowers]
from = "borrowers"
as_declared = true
"""


def test_a_database_is_asked_and_not_written(tmp_path):
    base = sqlite3.connect(tmp_path / "core.db")
    base.execute("create table customer (id integer, name text)")
    base.executemany("insert into customer values (?, ?)", [(1, "甲"), (2, None)])
    base.commit()
    base.close()
    (tmp_path / "core.toml").write_text(SQLITE, encoding="utf-8")
    take(tmp_path / "home", tmp_path / "core.db", str(tmp_path / "core.toml"))
    found = [(r["borrower_id"], r["name"]) for r in stored(tmp_path / "home", "borrowers")]
    assert found == [("1", "甲"), ("2", None)]
    (tmp_path / "bad.toml").write_text(SQLITE.replace("select id", "delete"), encoding="utf-8")
    with pytest.raises(BrokenFile, match=r"fails on core\.db"):
        take(tmp_path / "home", tmp_path / "core.db", str(tmp_path / "bad.toml"))


def test_a_folder_without_a_needed_file_says_what_was_found(tmp_path):
    files = write(tmp_path / "a", "other.csv", [{"x": 1}]).parent
    with pytest.raises(NoFile) as caught:
        take(tmp_path / "home", files, "kiva")
    assert "loans.csv" in caught.value.wrong
    assert "other.csv" in caught.value.hint


def test_a_folder_with_none_of_the_optional_files_is_refused(tmp_path):
    files = write(tmp_path / "a", "other.csv", [{"x": 1}]).parent
    with pytest.raises(NoFile):
        take(tmp_path / "home", files)


def test_an_empty_file_loads_nothing_at_all(tmp_path):
    files = book(tmp_path / "a")
    (files / "payments.csv").touch()
    with pytest.raises(EmptyFile, match=r"payments\.csv is empty"):
        take(tmp_path / "home", files)
    assert versions(Home(tmp_path / "home")) == []


def test_a_wrong_delimiter_loads_nothing_at_all(tmp_path):
    write(tmp_path / "a", "loans.csv", [row("loans")], delimiter=";")
    with pytest.raises(WrongDelimiter, match='delimiter = ";"'):
        take(tmp_path / "home", tmp_path / "a")


@pytest.mark.parametrize(("ours", "theirs"), [("CNY", "USD"), ("Asia/Shanghai", "UTC")])
def test_a_book_of_another_currency_or_zone_needs_another_home(tmp_path, ours, theirs):
    files = book(tmp_path / "a")
    take(tmp_path / "home", files)
    from importlib import resources

    text = (resources.files("arrears.feeds") / "mappings" / "standard.toml").read_text("utf-8")
    (tmp_path / "other.toml").write_text(text.replace(f'"{ours}"', f'"{theirs}"'), "utf-8")
    with pytest.raises(OtherBook, match="ARREARS_HOME"):
        take(tmp_path / "home", files, str(tmp_path / "other.toml"))


def test_two_loads_at_once_do_not_meet(tmp_path):
    with alone(Home(tmp_path / "home")), pytest.raises(HomeBusy):
        take(tmp_path / "home", book(tmp_path / "a"))


def test_the_defaults_of_the_builder_are_sound():
    assert set(DEFAULTS) == {"borrowers", "loans", "instalments", "payments", "snapshots"}
