"""Mappings: the shipped ones read, and every mistake is named with its line and its mend."""

import pytest

from arrears.feeds.cells import ColumnMissing
from arrears.feeds.expression import ExpressionWrong, compiled, names, parse
from arrears.feeds.mapping import MappingWrong, NoMapping, read_mapping, shipped
from tests.lib.files import book, row, stored, take, write

GOOD = """[institution]
name = "Village bank"
zone = "Asia/Shanghai"
currency = "CNY"

[source.loans]
files = ["dk*.csv"]

[table.loans]
from = "loans"

[table.loans.columns]
loan_id = "借据号"
borrower_id = {derive = "'C' || 客户号"}
product = {const = "P1"}
opened_date = {from = "放款日", date = "YYYY年M月D日"}
principal_minor = {from = "金额"}
status = {from = "状态", values = {"正常" = "open", "结清" = "closed"}}
"""


def mapping(tmp_path, text):
    path = tmp_path / "bank.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_shipped_mappings_read():
    assert shipped() == ["berka", "fannie_mae", "kiva", "standard"]
    for name in shipped():
        assert read_mapping(name).feeds


def test_no_mapping_of_that_name():
    with pytest.raises(NoMapping, match="berka, fannie_mae, kiva, standard"):
        read_mapping("kivva")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("[table.loans]", "[table.loan]", 9, "did you mean 'loans'"),
        ('from = "loans"', 'form = "loans"', 10, "unknown key 'form'; did you mean 'from'"),
        ('from = "loans"', 'from = "loens"', 10, "no [source.loens]; did you mean 'loans'"),
        ("loan_id =", "loan_nr =", 13, "no column 'loan_nr'; did you mean 'loan_id'"),
        ("product =", "# product =", 9, "needs the column product"),
        ("'C' ||", "'C' |||", 14, "no expression"),
        ("'C' || 客户号", "read_text(客户号)", 14, "read_text() is not offered"),
        ('date = "YYYY年M月D日"', 'date = "YYMMDD"', 16, "pivot"),
        ('date = "YYYY年M月D日"', 'date = "chinese"', 16, "is no form"),
        ("const =", "constant =", 15, "did you mean 'const'"),
        ('{from = "金额"}', '{from = "金额", money = "cents"}', 17, "money is one of"),
        ('"CNY"', '"yuan"', 4, "no currency code"),
        ('"Asia/Shanghai"', '"Beijing"', 3, "no time zone 'Beijing'"),
        ('files = ["dk*.csv"]', "", 6, "say which files"),
        ('from = "loans"', 'from = "loans"\nmode = "full"', 11, "mode is one of"),
        ('from = "loans"', 'from = "loans"\nwhere = "a /"', 11, "expression"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_its_mend(tmp_path, old, new, line, says):
    with pytest.raises(MappingWrong) as caught:
        read_mapping(mapping(tmp_path, GOOD.replace(old, new, 1)))
    found = [(f.subject, f.because) for f in caught.value.findings]
    assert any(where == f"bank.toml:{line}" and says in why for where, why in found), found


def test_all_mistakes_come_at_once(tmp_path):
    text = (
        GOOD.replace("loan_id =", "loan_nr =").replace('"CNY"', '"yuan"').replace("const", "kons")
    )
    with pytest.raises(MappingWrong) as caught:
        read_mapping(mapping(tmp_path, text))
    lines = [int(f.subject.rsplit(":")[-1]) for f in caught.value.findings]
    assert {4, 13, 15} <= set(lines)
    assert lines == sorted(lines)


def test_a_text_that_is_no_toml_names_its_line(tmp_path):
    with pytest.raises(MappingWrong, match="line 4"):
        read_mapping(mapping(tmp_path, GOOD.replace('"CNY"', "CNY")))


LOAN = {"借据号": "L1", "客户号": "7", "放款日": "2026年1月5日", "金额": "1,200.50", "状态": "正常"}


def bank(tmp_path, rows, text=GOOD, **how):
    """A load of the village bank's file, after its borrowers came by the standard mapping."""
    home = tmp_path / "home"
    write(tmp_path / "b", "borrowers.csv", [row("borrowers", borrower_id="C7")])
    take(home, tmp_path / "b")
    write(tmp_path / "s", "dk1.csv", rows, **how)
    return take(home, tmp_path / "s", mapping(tmp_path, text))


def test_an_unseen_book_is_mapped(tmp_path):
    report = bank(tmp_path, [LOAN, {**LOAN, "借据号": "L2", "状态": "不良"}], encoding="gb18030")
    (loan,) = stored(tmp_path / "home", "loans")
    assert loan["principal_minor"] == 120050
    assert (loan["borrower_id"], loan["status"], loan["currency"]) == ("C7", "open", "CNY")
    assert str(loan["known_date"]) == "2026-03-31"
    (finding,) = report.findings
    assert finding.code == "value_unmapped"
    assert "'不良'" in finding.because


def test_a_missing_column_names_the_mapping_line_and_the_columns_found(tmp_path):
    renamed = {("借据编号" if k == "借据号" else k): v for k, v in LOAN.items()}
    with pytest.raises(ColumnMissing) as caught:
        bank(tmp_path, [renamed])
    (finding,) = caught.value.findings
    assert finding.subject == "bank.toml:13"
    assert "'借据号'" in finding.because
    assert "did you mean '借据编号'" in finding.because
    assert "客户号" in caught.value.hint


def test_a_filter_a_default_and_a_join(tmp_path):
    text = GOOD.replace('from = "loans"', 'from = "loans"\nwhere = "金额 > 100"').replace(
        '{from = "金额"}', '{from = "金额", default = "5"}'
    )
    rows = [{**LOAN, "金额": "101"}, {**LOAN, "借据号": "L2", "金额": "99"}]
    report = bank(tmp_path, rows, text)
    loans = report.table("loans")
    assert (loans.rows_read, loans.not_picked, loans.loaded) == (2, 1, 1)


def test_an_expression_that_meets_text_where_it_needs_a_number_is_told(tmp_path):
    text = GOOD.replace("'C' || 客户号", "case when 金额 > 1 then 1 else 客户号 end")
    with pytest.raises(MappingWrong) as caught:
        bank(tmp_path, [{**LOAN, "客户号": "x", "金额": "0"}], text)
    assert "number(column)" in caught.value.hint


STATED = """
[facts]
phone_source = {value = "contract", evidence = "loan contract, clause 9", from_date = 2020-01-01}

[[products]]
product = "P1"
kind = "loan"
order = "per_instalment"
grace_days = 3
tolerance_minor = 5
tolerance_per = "loan"
dpd_start = "day_after"
day_count = "act_360"

[[rates]]
product = "P1"
kind = "penalty"
from_date = 2020-01-01
rate_bps = 1800
"""


def test_products_rates_and_facts_may_be_stated_in_the_mapping(tmp_path):
    bank(tmp_path, [LOAN], GOOD + STATED)
    (fact,) = stored(tmp_path / "home", "facts")
    assert (fact["fact"], fact["value"]) == ("phone_source", "contract")
    assert fact["evidence"] == "loan contract, clause 9"
    (product,) = stored(tmp_path / "home", "products")
    assert (product["order"], product["tolerance_minor"]) == ("per_instalment", 5)
    (rate,) = stored(tmp_path / "home", "rates")
    assert rate["rate_bps"] == 1800


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ('phone_source = {value = "bought"', "phone_source is one of contract"),
        ('zone = {value = "Beijing"', "no time zone 'Beijing'"),
    ],
)
def test_a_fact_that_contacts_are_decided_by_has_a_lawful_value(tmp_path, fact, says):
    text = STATED.replace('phone_source = {value = "contract"', fact)
    with pytest.raises(MappingWrong) as caught:
        read_mapping(mapping(tmp_path, GOOD + text))
    assert says in caught.value.findings[0].because


def test_a_point_may_leave_its_source_to_what_is_stated_but_not_name_an_unlawful_one(tmp_path):
    point = {
        "point_id": "T1",
        "borrower_id": "B1",
        "role": "debtor",
        "kind": "mobile",
        "value": "15400000000",
        "source": "",
    }
    points = [row_of(point), row_of({**point, "point_id": "T2", "source": "bought"})]
    report = take(tmp_path / "home", book(tmp_path / "b", contact_points=points))
    (kept,) = stored(tmp_path / "home", "contact_points")
    assert (kept["point_id"], kept["source"]) == ("T1", None)
    assert report.table("contact_points").quarantined == 1


def row_of(point):
    return {**point, "valid_from": "", "known_date": "2026-03-01"}


def test_a_statement_with_a_mistake_names_its_line(tmp_path):
    with pytest.raises(MappingWrong, match=r"bank\.toml:26: order is one of"):
        read_mapping(mapping(tmp_path, GOOD + STATED.replace("per_instalment", "oldest")))


def test_a_single_instalment_and_a_monthly_schedule(tmp_path):
    text = (
        GOOD
        + """
[table.instalments]
from = "loans"
schedule = {count = "期数", day = 12}
[table.instalments.columns]
loan_id = "借据号"
due_date = {from = "放款日", date = "YYYY年M月D日"}
principal_minor = "金额"
interest_minor = {const = 0}
fee_minor = {const = 0}
"""
    )
    rows = [
        {**LOAN, "期数": "3"},
        {**LOAN, "借据号": "L2", "期数": "1", "放款日": "2026年1月12日"},
        {**LOAN, "借据号": "L3", "期数": "x"},
    ]
    report = bank(tmp_path, rows, text)
    instalments = report.table("instalments")
    assert (instalments.rows_read, instalments.made, instalments.loaded) == (3, 2, 4)
    due = [
        (r["loan_id"], r["seq"], str(r["due_date"]))
        for r in stored(tmp_path / "home", "instalments")
    ]
    assert due == [
        ("L1", 1, "2026-01-12"),
        ("L1", 2, "2026-02-12"),
        ("L1", 3, "2026-03-12"),
        ("L2", 1, "2026-02-12"),
    ]
    assert [f.code for f in report.table("instalments").findings] == ["not_whole"]


@pytest.mark.parametrize(
    "text",
    [
        "(select 1)", "read_csv('x')", "a / b", "count(*)", "a; b", "getenv('x')", "a from b",
        "row_number() over ()", "a::int", "*", "?", "a as b", "lower()", "x" * 3000,
    ],
)  # fmt: skip
def test_an_expression_may_do_little(text):
    with pytest.raises(ExpressionWrong):
        parse(text)


def test_a_column_that_meets_a_number_is_read_as_one():
    tree = parse("n > 0 and status in ('paid', 'x') and not -m between 1 and 2")
    said = compiled(tree, lambda name: f"m.{name[1]}")
    assert said.count("TRY_CAST") == 2
    assert {name for _, name in names(tree)} == {"n", "m", "status"}


def test_the_standard_layout_takes_major_amounts_too(tmp_path):
    loan = {**row("loans"), "principal": "1,200.00"}
    del loan["principal_minor"]
    take(tmp_path / "home", book(tmp_path / "a", loans=[loan]))
    assert stored(tmp_path / "home", "loans")[0]["principal_minor"] == 120000
