"""The verifier alone: one file, the standard library only, an export changed in every way a file can be."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from arrears import verify
from arrears.verify import (
    BROKEN,
    FORMAT,
    GENESIS,
    UNREADABLE,
    WORDS,
    Unreadable,
    Wrong,
    canonical,
    check_folder,
    commitment,
    digest,
    linked,
    main,
)

FILE = Path(verify.__file__)
SALT = "ab" * 16
MANY, ANCHORED = 40, (10, 20, 30)


def records():
    """A log of MANY events; each vouches for a value, every fifth for a verdict."""
    made, before = [], GENESIS
    for seq in range(1, MANY + 1):
        seals = {"note": commitment(SALT, f"备注 {seq}")}
        record = {"values": [{"name": "note", "salt": SALT, "value": f"备注 {seq}"}]}
        if seq % 5 == 0:
            record["verdict"] = {"id": seq, "outcome": "allow"}
            seals["verdict"] = digest(record["verdict"])
        detail = {"verdict": seq} if seq % 5 == 0 else {}
        event = {"id": seq * 3, "at": f"2026-11-20T10:{seq:02}:00.000000Z", "verb": "x"}
        event |= {"detail": detail, "seals": seals}
        before = linked(before, canonical(event))
        made.append({"seq": seq, "hash": before, "event": event, **record})
    return made


def write(folder, made, *, head=None, anchors=ANCHORED):
    """The export lies in the folder as the program writes it."""
    folder.mkdir(exist_ok=True)
    lines = [json.dumps(one) if isinstance(one, dict) else one for one in made]
    (folder / "events.jsonl").write_text("".join(f"{line}\n" for line in lines))
    whole = records()
    head = head or {"format": FORMAT, "count": MANY, "hash": whole[-1]["hash"]}
    (folder / "chain.json").write_text(json.dumps(head))
    told = [{"count": n, "hash": whole[n - 1]["hash"], "at": f"{n:02}"} for n in anchors]
    (folder / "anchors-1.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in told))
    return folder


def kinds(found):
    return [(one.kind, one.first, one.last) for one in found.wrong]


def test_it_needs_nothing_but_the_standard_library():
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(("lang", "said"), [("zh", "没有发现改动"), ("en", "Nothing was changed")])
def test_it_runs_alone_from_anywhere(tmp_path, lang, said):
    copied = tmp_path / "verify.py"
    copied.write_bytes(FILE.read_bytes())
    folder = write(tmp_path / "export", records())
    command = [sys.executable, "-I", "-S", str(copied), str(folder), "--lang", lang]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={})
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


def test_all_that_is_there_is_proved(tmp_path):
    found = check_folder(write(tmp_path, records()))
    assert (found.wrong, found.count, found.values, found.verdicts) == ((), MANY, MANY, 8)
    assert (found.anchors, found.good.count) == (3, 30)


def swapped(made):
    for name in ("event", "values", "verdict"):
        made[14][name], made[17][name] = made[17].get(name), made[14].get(name)


CHANGES = {
    "edit": lambda made: made[14]["event"].update(verb="y"),
    "deletion": lambda made: made.pop(14),
    "gone": lambda made: made[14].update(event=None),
    "swap": swapped,
    "truncation": lambda made: made.__delitem__(slice(25, None)),
    "value": lambda made: made[14]["values"][0].update(value="别的"),
    "verdict": lambda made: made[14]["verdict"].update(outcome="refuse"),
    "verdict_gone": lambda made: made[14].pop("verdict"),
    "unreadable": lambda made: made.__setitem__(14, "{"),
    "loose": lambda made: made.append({"seq": None, "hash": None, "event": {"id": 7}}),
    "order": lambda made: made.insert(14, made.pop(15)),
}


def changed(way):
    """The records after a change of the fifteenth."""
    made = records()
    CHANGES[way](made)
    return made


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("edit", [("edit", 15, 15)]),
        ("deletion", [("deletion", 15, 15)]),
        ("gone", [("deletion", 15, 15)]),
        ("swap", [("swap", 15, 15)]),
        ("truncation", [("truncation", 26, 40)]),
        ("value", [("value", 15, 15)]),
        ("verdict", [("verdict", 15, 15)]),
        ("verdict_gone", [("verdict_gone", 15, 15)]),
        ("unreadable", [("unreadable", 15, 15), ("deletion", 15, 15)]),
        ("loose", [("insertion", 0, 0)]),
        ("order", [("deletion", 15, 15), ("swap", 15, 15)]),
    ],
)
def test_each_change_is_named_with_its_number(tmp_path, way, told):
    found = check_folder(write(tmp_path, changed(way)))
    assert kinds(found) == told
    assert found.good is None or found.good.count < 30 or way == "loose"


def test_an_older_export_is_known_by_the_anchors_that_it_does_not_reach(tmp_path):
    older = records()[:25]
    head = {"format": FORMAT, "count": 25, "hash": older[-1]["hash"]}
    found = check_folder(write(tmp_path, older, head=head))
    assert kinds(found) == [("rollback", 26, 30)]
    assert found.good.count == 20


def test_anchors_that_somebody_kept_count_as_well(tmp_path):
    older = records()[:25]
    head = {"format": FORMAT, "count": 25, "hash": older[-1]["hash"]}
    folder = write(tmp_path / "export", older, head=head, anchors=(10, 20))
    assert check_folder(folder).wrong == ()
    mine = write(tmp_path / "mine", records()) / "anchors-1.jsonl"
    assert kinds(check_folder(folder, [mine])) == [("rollback", 26, 30)]


def test_a_line_of_anchors_that_a_power_cut_left_is_no_fault(tmp_path):
    folder = write(tmp_path, records())
    with (folder / "anchors-1.jsonl").open("a") as file:
        file.write('{"count": 35, "ha')
    assert (check_folder(folder).wrong, check_folder(folder).anchors) == ((), 3)


def test_it_ends_with_a_code_that_says_what_it_found(tmp_path, capsys):
    assert main([str(write(tmp_path / "whole", records()))]) == 0
    assert main([str(write(tmp_path / "changed", changed("edit"))), "--lang", "en"]) == BROKEN
    told = capsys.readouterr().out
    assert "✗ number 15: the event or its hash was changed" in told
    assert "Last good anchor: number 10, 10. Nothing is proved past it." in told
    assert main([str(tmp_path / "nowhere")]) == UNREADABLE
    (tmp_path / "whole" / "chain.json").write_text('{"format": 9}')
    with pytest.raises(Unreadable):
        check_folder(tmp_path / "whole")


@pytest.mark.parametrize("kind", WORDS)
def test_every_fault_has_its_words_in_both_languages(kind):
    for lang in ("zh", "en"):
        for one in (Wrong(kind, 3, 3, "x"), Wrong(kind, 3, 9), Wrong(kind)):
            assert "{" not in one.text(lang)
    assert "3" in Wrong(kind, 3, 3, "3").text("zh")
