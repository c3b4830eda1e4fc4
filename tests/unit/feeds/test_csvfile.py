"""CSV files as banks send them: each fault costs its own line, and every line keeps its number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.feeds.csvfile import EmptyFile, WrongDelimiter, WrongHeader, open_csv
from arrears.feeds.terms import Source


def read(tmp_path, content, **how):
    """The names, the rows by line number, and the bad lines of a file."""
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    names, chunks = open_csv(path, Source("s", 3, ("*",), **how))
    rows, bad = {}, {}
    for chunk in chunks:
        rows |= {n: list(r) for n, r in zip(chunk.numbers, chunk.rows, strict=True)}
        bad |= {b.row: b.code for b in chunk.bad}
    return names, rows, bad


def test_a_broken_quote_costs_one_line(tmp_path):
    _, rows, bad = read(tmp_path, 'id,name\n1,"a"\n2,"b\n3,"c"\n4,d\n')
    assert rows == {2: ["1", "a"], 4: ["3", "c"], 5: ["4", "d"]}
    assert bad == {3: "quote"}


def test_two_broken_quotes_do_not_swallow_what_lies_between(tmp_path):
    _, rows, bad = read(tmp_path, 'id,name\n1,"a\n2,b\n3,c"\n4,d\n')
    assert list(rows) == [3, 5] or (list(rows) == [3, 4, 5] and 2 in bad)
    assert 2 in bad


def test_a_quoted_value_may_hold_a_line_break(tmp_path):
    _, rows, bad = read(tmp_path, 'id,name\n1,"two\nlines"\n2,b\n')
    assert rows == {2: ["1", "two\nlines"], 4: ["2", "b"]}
    assert bad == {}


def test_a_line_too_long_or_too_short_is_bad(tmp_path):
    _, rows, bad = read(tmp_path, "id,name\n1\n2,b,c\n3,d\n")
    assert (list(rows), bad) == ([4], {2: "width", 3: "width"})


def test_encodings_may_mix_line_by_line(tmp_path):
    lines = [
        b"\xef\xbb\xbfid,name",
        "1,张三".encode(),
        "2,李四".encode("gb18030"),
        b"3,\xff\xff",
        b"4,x",
    ]
    names, rows, bad = read(tmp_path, b"\r\n".join(lines))
    assert names == ["id", "name"]
    assert rows == {2: ["1", "张三"], 3: ["2", "李四"], 5: ["4", "x"]}
    assert bad == {4: "encoding"}


@pytest.mark.parametrize(("head", "mark"), [("a;b", ";"), ("a|b", "|"), ("a\tb", r"\\t")])
def test_another_delimiter_is_noticed(tmp_path, head, mark):
    with pytest.raises(WrongDelimiter, match=f'delimiter = "{mark}"'.replace("|", r"\|")):
        read(tmp_path, f"{head}\n1{head[1]}2\n")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n"])
def test_an_empty_file_is_refused(tmp_path, content):
    with pytest.raises(EmptyFile):
        read(tmp_path, content)


def test_utf_16_is_refused_with_a_hint(tmp_path):
    with pytest.raises(WrongHeader, match="UTF-8"):
        read(tmp_path, "a,b\n".encode("utf-16"))


def test_a_file_without_a_header_has_the_stated_columns(tmp_path):
    names, rows, _ = read(tmp_path, "1|2\n3|4", columns=("a", "b"), delimiter="|", quote="")
    assert (names, rows) == (["a", "b"], {1: ["1", "2"], 2: ["3", "4"]})


def test_a_record_that_spans_two_blocks_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("arrears.feeds.csvfile.BLOCK", 16)
    content = "id,name\n" + "".join(f'{i},"line\nbreak {i}"\n' for i in range(50))
    _, rows, bad = read(tmp_path, content)
    assert (len(rows), bad) == (50, {})
    assert rows[100] == ["49", "line\nbreak 49"]


@given(
    st.lists(
        st.tuples(st.integers(0, 99), st.sampled_from(["a", 'q"q', "x,y", "", "张", "two\nlines"])),
        max_size=30,
    ),
    st.integers(5, 60),
)
def test_any_sound_file_is_read_as_the_csv_module_reads_it(tmp_path_factory, rows, block):
    import csv
    import io

    from arrears.feeds import csvfile

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("id", "name"), *rows])
    csvfile.BLOCK, kept = block, csvfile.BLOCK
    try:
        _, found, bad = read(tmp_path_factory.mktemp("csv"), text.getvalue())
    finally:
        csvfile.BLOCK = kept
    assert list(found.values()) == [[str(a), b] for a, b in rows]
    assert bad == {}
