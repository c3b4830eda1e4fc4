"""The pages: every command is in them, every command in them exists, and nothing is stale."""

import re

import pytest

from arrears.cli import commands
from docs.generate import generated
from tests.lib.tree import ROOT, named, pages

PAGES = pages()
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
TRANSLATED = ["README.md", "docs/tutorial/first-day.md", "docs/reference/wording.md"]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)


def spoken(path) -> str:
    """Only what a page sets as code."""
    return "\n".join(CODE.findall(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("command", commands())
def test_a_command_is_in_the_readme_or_the_reference(command):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"arrears {command}" in text


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_command_on_a_page_exists(path):
    text = spoken(path)
    strangers = set(re.findall(r"(?<![\w/.-])make ([a-z]+)", text)) - TARGETS
    strangers |= set(re.findall(r"(?:^|[`$ ])arrears ([a-z]+)", text, re.M)) - set(commands())
    assert not strangers


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_link_on_a_page_leads_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in inside if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_page_that_is_promised_in_both_languages_has_both(name):
    english = ROOT / name
    chinese = english.with_name(english.name.replace(".md", ".zh-CN.md"))
    heads = [
        re.findall(r"^(#+) ", page.read_text(encoding="utf-8"), re.M) for page in (english, chinese)
    ]
    assert heads[0] == heads[1], "the two languages have different sections"


def test_every_decision_is_listed():
    folder = ROOT / "docs" / "adr"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    decisions = sorted(p.name for p in folder.glob("[0-9]*.md"))
    assert decisions
    assert [name for name in decisions if f"({name})" not in listed] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "adr").glob("[0-9]*.md")), ids=named)
def test_a_decision_fits_on_a_page_and_has_its_four_parts(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 60
    assert re.findall(r"^## (\w+)", text, re.M) == ["Status", "Context", "Decision", "Consequences"]


@pytest.mark.parametrize("name", sorted(generated()))
def test_a_generated_page_is_not_stale(name):
    assert (ROOT / name).read_text(encoding="utf-8") == generated()[name], "run `make docs`"


@pytest.mark.parametrize("page", ["send.md", "send.zh-CN.md"])
def test_the_sample_of_a_proxy_keeps_no_search_in_its_logs(page):
    """What is searched for stands behind the `?`: neither there nor in the page before is it logged."""
    text = (ROOT / "docs/howto" / page).read_text(encoding="utf-8")
    [kept] = re.findall(r"^log_format arrears '(.*)';$", text, re.MULTILINE)
    assert set(re.findall(r"\$\w+", kept)).isdisjoint(
        {"$request", "$request_uri", "$args", "$query_string", "$http_referer", "$is_args"}
    )
    assert "access_log /var/log/nginx/arrears.log arrears;" in text
    assert re.search(r"error_log +\S+ crit;", text)
