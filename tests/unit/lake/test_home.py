"""The home: how many buckets suit a book, and that a home keeps those it has."""

from dataclasses import replace

import pytest

from arrears.lake.duck import connect
from arrears.lake.home import (
    LOANS_PER_BUCKET,
    MOST_BUCKETS,
    Home,
    Institution,
    NoBook,
    bucket_of,
    bucket_sql,
    buckets_for,
)

FULL = LOANS_PER_BUCKET


@pytest.mark.parametrize(
    ("loans", "buckets"),
    [
        (0, 1),
        (1, 1),
        (FULL, 1),
        (FULL + 1, 2),
        (2 * FULL, 2),
        (2 * FULL + 1, 4),
        (1_000_000, 8),
        (FULL * MOST_BUCKETS, MOST_BUCKETS),
        (10**12, MOST_BUCKETS),
    ],
)
def test_a_bucket_holds_so_many_loans_and_their_number_is_a_power_of_two(loans, buckets):
    assert buckets_for(loans) == buckets


def test_a_home_settles_its_buckets_once(tmp_path):
    home = Home(tmp_path)
    assert home.found(Institution("Bank", "Asia/Shanghai", "CNY")).buckets == 0
    assert home.found(Institution("Bank", "Asia/Shanghai", "CNY", buckets=8)).buckets == 8
    assert home.found(Institution("Bank", "Asia/Shanghai", "CNY", buckets=2)).buckets == 8
    assert home.institution().buckets == 8


def test_a_borrower_lies_in_the_same_bucket_in_python_and_in_sql():
    ids = [f"客户{n}" for n in range(200)]
    con = connect()
    sql = f"SELECT {bucket_sql('id', 16)} FROM (SELECT unnest({ids}) AS id)"
    assert [bucket for (bucket,) in con.execute(sql).fetchall()] == [bucket_of(i, 16) for i in ids]
    con.close()


def test_a_bank_can_be_renamed_and_stays_what_it_is_otherwise(tmp_path):
    home = Home(tmp_path)
    with pytest.raises(NoBook):
        home.rename("某某银行")
    held = home.found(Institution("Standard layout", "Asia/Shanghai", "CNY", buckets=2))
    assert home.rename("某某银行") == home.institution() == replace(held, name="某某银行")
