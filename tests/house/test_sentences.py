"""Every sentence of the workbench has its English, and the compiled catalogue is not stale."""

import ast
import re
from pathlib import Path

import polib
from django.template.base import Lexer, TokenType

from arrears.web.ledger.models.person import ROLES
from arrears.web.locale.compile import compiled
from tests.lib.tree import ROOT

WEB = ROOT / "src/arrears/web"
CATALOGUE = WEB / "locale/en/LC_MESSAGES/django.po"
TEMPLATES = sorted(WEB.rglob("*.html"))
MODULES = sorted(WEB.rglob("*.py"))
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ONE = re.compile(r"^(?:trans|translate)\s+(?:\"([^\"]+)\"|'([^']+)')")
INSIDE = re.compile(r"_\((?:\"([^\"]+)\"|'([^']+)')\)")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
# Their Chinese is translated where it is shown, or is a way of writing in Chinese itself.
SPOKEN_ELSEWHERE = {"ledger/models/person.py", "ledger/models/record.py", "settings.py"}
SPOKEN_ELSEWHERE |= {"ledger/templatetags/shown.py"}
HOLE = re.compile(r"%\((\w+)\)[sd]|{(\w*)}")


def _block_text(tokens, trimmed):
    """What gettext is asked for between {% blocktranslate %} and its end."""
    text = "".join(
        f"%({token.contents.split('|')[0]})s"
        if token.token_type is TokenType.VAR
        else token.contents
        for token in tokens
    )
    return " ".join(line.strip() for line in text.strip().splitlines()) if trimmed else text


def in_template(source):
    """The sentences of a template, and the Chinese in it that nobody translates."""
    asked, bare, block, opened = set(), [], None, ""
    for token in Lexer(source).tokenize():
        words = token.contents
        if block is not None and token.token_type is TokenType.BLOCK:
            asked.add(_block_text(block, "trimmed" in opened.split()))
            block = None if words.startswith("end") else []
        elif block is not None:
            block.append(token)
        elif token.token_type is TokenType.BLOCK and words.startswith("blocktrans"):
            block, opened = [], words
        elif token.token_type is TokenType.TEXT:
            bare += [words.strip()] if CHINESE.search(words) else []
        elif token.token_type is not TokenType.COMMENT:
            found = [*ONE.findall(words), *INSIDE.findall(words)]
            asked |= {double or single for double, single in found}
    return asked, bare


def in_module(source):
    """The sentences that a module asks gettext for."""
    asked = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
            plural = node.func.id.startswith("n")
            for word in node.args[: 2 if plural else 1]:
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    asked.add(word.value)
    return asked


def bare_in_module(source):
    """Chinese that a module says without asking gettext; docstrings are for us."""
    asked, bare = in_module(source), set()
    module = ast.parse(source)
    documented = [n for n in ast.walk(module) if isinstance(n, DOCUMENTED) and n.body]
    docstrings = {id(getattr(n.body[0], "value", None)) for n in documented}
    for node in ast.walk(module):
        said = node.value if isinstance(node, ast.Constant) else None
        if isinstance(said, str) and CHINESE.search(said) and id(node) not in docstrings:
            bare.add(said)
    return sorted(bare - asked)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def wanted():
    """Every sentence that somebody may read."""
    sentences = {label for _role, label in ROLES}
    for page in TEMPLATES:
        sentences |= in_template(text(page))[0]
    for module in MODULES:
        sentences |= in_module(text(module))
    return sentences


def test_every_sentence_has_its_english():
    entries = polib.pofile(str(CATALOGUE))
    ready = {entry.msgid for entry in entries if entry.translated()}
    ready |= {entry.msgid_plural for entry in entries if entry.translated() and entry.msgid_plural}
    missing = sorted(wanted() - ready)
    assert not missing, "add to en/LC_MESSAGES/django.po:\n" + "\n".join(
        f'msgid "{sentence}"\nmsgstr ""\n' for sentence in missing
    )


def test_no_translation_is_left_over():
    known = wanted()
    assert [one.msgid for one in polib.pofile(str(CATALOGUE)) if one.msgid not in known] == []


def test_a_translation_is_english_and_fills_the_same_holes():
    wrong = []
    for one in polib.pofile(str(CATALOGUE)):
        for said in (one.msgstr, *one.msgstr_plural.values()):
            holes = set(HOLE.findall(one.msgid)) == set(HOLE.findall(said))
            if said and (CHINESE.search(said) or not (holes or one.msgid_plural)):
                wrong.append(one.msgid)
    assert wrong == []


def test_no_template_has_chinese_that_nobody_translates():
    bare = {page.relative_to(WEB).as_posix(): in_template(text(page))[1] for page in TEMPLATES}
    assert {page: found for page, found in bare.items() if found} == {}


def test_no_module_has_chinese_that_nobody_translates():
    here = {module.relative_to(WEB).as_posix(): module for module in MODULES}
    ours = {name: module for name, module in here.items() if "migrations" not in name}
    bare = {name: bare_in_module(text(module)) for name, module in ours.items()}
    assert {
        name: found for name, found in bare.items() if found and name not in SPOKEN_ELSEWHERE
    } == {}


def test_the_compiled_catalogue_is_that_of_the_sentences():
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled(CATALOGUE), (
        "run src/arrears/web/locale/compile.py"
    )


def test_the_extractor_sees_every_way_of_asking():
    asked, bare = in_template(
        '{% translate "甲" %}{% translate \'乙\' as x %}{{ _("丙")|upper }}{# 注 #}<p>裸</p>'
        "{% blocktranslate trimmed with n=page.n %}\n 第 {{ n }} 页\n"
        "{% plural %} 共 {{ n }} 页\n{% endblocktranslate %}"
    )
    assert asked == {"甲", "乙", "丙", "第 %(n)s 页", "共 %(n)s 页"}
    assert bare == ["<p>裸</p>"]
    assert in_module("_('丁'); gettext_lazy('戊'); ngettext('己', '庚', 2); other('辛')") == set(
        "丁戊己庚"
    )
    assert bare_in_module('"""说明"""\n_("甲"); f("乙", f"{x}丙")') == ["丙", "乙"]
