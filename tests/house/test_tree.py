"""The tree: what is committed, what it depends on, and what must never be in it."""

import re
import tomllib

import pytest

from tests.lib.tree import ROOT, files, named, vendored

# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(" + "work/(main|shared|\\.)|tmp/|root/|home/" + ")",
    "an index address": "--(extra-)?" + "index-url|--" + "find-links|(?i:INDEX" + "_URL=)",
    "a registry's host": "py" + r"pi\.|files\." + "python" + r"hosted\.",
    "a private key": "BEGIN " + "[A-Z ]*PRIVATE KEY",
}
BOOK_LIKE = {".parquet", ".xlsx", ".asc", ".duckdb", ".sqlite", ".db"}
LARGEST_BYTES = 400_000
FILES = list(files())


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_names_no_machine_and_no_index(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)]
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "cd /" + "work/main && make",
        "open('/" + "tmp/x')",
        "pip install --" + "index-url x",
        "--hash from files.python" + "hosted.org",
    ],
)
def test_a_line_that_does_would_be_found(line):
    assert any(re.search(pattern, line) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_loan_book_is_committed(path):
    assert path.suffix not in BOOK_LIKE
    assert vendored(path) or path.stat().st_size <= LARGEST_BYTES


def test_every_dependency_has_its_reason():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if re.match(r'\s+"[a-z0-9-]+[<>=]=', line)]
    assert len(listed) >= 10
    assert [line for line in listed if "# " not in line] == []


@pytest.mark.parametrize("lock", ["base", "dev", "spark"])
def test_a_lock_holds_every_dependency_with_hashes(lock):
    wanted = list(project()["dependencies"])
    wanted += project()["optional-dependencies"].get(lock.replace("base", "build"), [])
    names = {re.split(r"[<>=\[]", line)[0].lower() for line in wanted} - {"arrears"}
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9.-]+)==\S+ \\\n((?:\s+--hash=\S+(?: \\)?\n)+)", text, re.M))
    assert names <= set(pinned)
    assert text.count("==") == len(pinned), "a line of the lock has no hash"


def test_the_version_is_the_first_heading_of_the_changelog():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pattern = settings["tool"]["hatch"]["version"]["pattern"]
    found = re.search(pattern, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert found
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])


def test_the_build_calls_the_command_of_the_readme():
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "lane make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
