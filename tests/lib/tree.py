"""The files of the repository, as the house tests read them."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "arrears"
LEFT_OUT = {
    "__pycache__",
    "build",
    "dist",
    "mutants",
    "arrears-home",
    "arrears-demo",
}  # made, never committed


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file that is or would be committed, in order."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(
            f for f in folders if f == ".ci" or not (f.startswith(".") or f in LEFT_OUT)
        )
        yield from (Path(here, name) for name in sorted(names))


def code(*rooms: str) -> list[Path]:
    """The Python files of these rooms, or of all; migrations are Django's writing, not ours."""
    roots = [SOURCE / room for room in rooms] or [SOURCE]
    found = (path for root in roots for path in files(root) if path.suffix == ".py")
    return [
        path for path in found if not (path.parent.name == "migrations" and path.stem[0] == "0")
    ]


def vendored(path: Path) -> bool:
    """Whether a file is another project's, kept here as it is (static/vendor; its hash is listed)."""
    return "vendor" in path.relative_to(ROOT).parts


def steps() -> list[Path]:
    """The SQL steps of the batch."""
    return sorted((SOURCE / "batch" / "steps").glob("*.sql"))


def pages() -> list[Path]:
    """The Markdown pages that people read, the changelog of past versions left aside."""
    return [p for p in files() if p.suffix == ".md" and p.name != "CHANGELOG.md"]


def named(path: Path) -> str:
    """A file's name in a test's id."""
    return path.relative_to(ROOT).as_posix()
