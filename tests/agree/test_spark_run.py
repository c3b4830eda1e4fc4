"""A whole run on Spark, through the lake and back, gives the tables that DuckDB gives."""

from datetime import date, timedelta

import pytest

from arrears.batch import read
from arrears.batch.run import run
from arrears.core.tables import RUN
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
from arrears.synth.book import make_book

AS_OF = date(2026, 6, 30)


def tables(home, engine):
    """Yesterday's run and today's on one engine: today's tables, row by row."""
    run(home, as_of=AS_OF - timedelta(days=1), engine=engine)
    today = run(home, as_of=AS_OF, engine=engine)
    assert today.engine == engine
    return {name: read.rows(today, name).to_pylist() for name in RUN}


@pytest.mark.spark
def test_a_run_on_spark_is_a_run_on_duckdb(tmp_path):
    made = []
    for engine in ("duck", "spark"):
        home = Home(tmp_path / engine)
        files = tmp_path / f"{engine}-files"
        make_book(files, loans=600, seed=11, last_date=AS_OF)
        load(home, read_mapping("standard"), files, today=AS_OF)
        made.append(tables(home, engine))
    for name in RUN:
        assert made[0][name]
        assert made[1][name] == made[0][name]
