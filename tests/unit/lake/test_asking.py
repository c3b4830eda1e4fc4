"""The connection that a process keeps for asking."""

from concurrent.futures import ThreadPoolExecutor

from arrears.lake import duck


def test_many_threads_ask_at_once_and_each_gets_its_own_answer():
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: duck.asked(f"SELECT {n} AS n").to_pylist(), range(64)))
    assert answers == [[{"n": n}] for n in range(64)]


def test_what_one_question_sets_up_is_not_there_for_the_next():
    duck.asked("CREATE TEMP TABLE mine AS SELECT 1 AS n; SELECT * FROM mine")
    left = duck.asked("SELECT COUNT(*) AS n FROM duckdb_tables()")
    assert left.to_pylist() == [{"n": 0}]


def test_a_process_asks_on_a_connection_of_its_own():
    ours = duck._kept(1)
    assert duck._kept(1) is ours
    assert duck._kept(2) is not ours


def test_a_file_written_anew_is_read_anew(tmp_path):
    file = tmp_path / "n.parquet"
    for n in (1, 2):
        with duck.connect() as writer:
            writer.execute(f"COPY (SELECT {n} AS n, repeat('x', {n}) AS x) TO '{file}'")
        assert duck.asked(f"SELECT n FROM read_parquet('{file}')").to_pylist() == [{"n": n}]
