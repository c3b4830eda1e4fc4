"""What others wrote lies here as they released it: every file listed, every hash as it was."""

import re
import tomllib
from hashlib import sha256

from tests.lib.tree import ROOT

STATIC = ROOT / "src/arrears/web/static"
VENDOR = STATIC / "vendor"
PARTS = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["part"]
LISTED = {
    f"{part['folder']}/{file}": told for part in PARTS for file, told in part["sha256"].items()
}
PAGES = sorted((ROOT / "src/arrears/web/templates").rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.I)


def test_every_vendored_file_has_the_hash_it_is_listed_with():
    found = {
        file.relative_to(VENDOR).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.rglob("*")
        if file.is_file() and file.name != "vendor.toml"
    }
    assert found == LISTED


def test_every_vendored_part_has_its_licence():
    assert [part["name"] for part in PARTS if "LICENSE" not in part["sha256"]] == []


def test_every_vendored_part_says_what_it_is():
    keys = {"name", "version", "licence", "source", "folder", "sha256"}
    assert [part for part in PARTS if set(part) != keys or not all(part.values())] == []


def test_a_page_asks_for_no_style_or_script_that_the_policy_forbids():
    guilty = {page.name: INLINE.findall(page.read_text(encoding="utf-8")) for page in PAGES}
    assert PAGES
    assert {name: found for name, found in guilty.items() if found} == {}


def test_a_page_asks_only_for_static_files_that_are_there():
    asked = {
        file
        for page in PAGES
        for file in re.findall(r"{% static ['\"]([^'\"]+)", page.read_text(encoding="utf-8"))
    }
    ours = {file for file in asked if not file.startswith("django_htmx/")}
    assert {file for file in ours if not (STATIC / file).is_file()} == set()


def test_inline_code_would_be_seen():
    for text in ("<p style='x'>", "<script>", '<a onclick="x">', "<style>"):
        assert INLINE.search(text)
    assert not INLINE.search('<script src="x.js" defer></script>')
