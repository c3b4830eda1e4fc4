"""What others wrote lies here as they released it: every file listed, every hash as it was."""

import re
import tomllib
from hashlib import sha256

import pytest

from tests.lib.tree import ROOT, named

STATIC = ROOT / "src/arrears/web/static"
VENDORS = (STATIC / "vendor", ROOT / "tests" / "lib" / "vendor")
PAGES = sorted((ROOT / "src/arrears/web/templates").rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.I)


def parts(vendor):
    return tomllib.loads((vendor / "vendor.toml").read_text(encoding="utf-8"))["part"]


@pytest.mark.parametrize("vendor", VENDORS, ids=named)
def test_every_vendored_file_has_the_hash_it_is_listed_with(vendor):
    listed = {
        f"{part['folder']}/{file}": told
        for part in parts(vendor)
        for file, told in part["sha256"].items()
    }
    found = {
        file.relative_to(vendor).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in vendor.rglob("*")
        if file.is_file() and file.name != "vendor.toml"
    }
    assert found == listed


@pytest.mark.parametrize("vendor", VENDORS, ids=named)
def test_every_vendored_part_has_its_licence_and_says_what_it_is(vendor):
    keys = {"name", "version", "licence", "source", "folder", "sha256"}
    for part in parts(vendor):
        assert "LICENSE" in part["sha256"], part["name"]
        assert set(part) == keys
        assert all(part.values())


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
