"""Letters that cannot be made are told of before the first; what waits becomes a batch, once."""

import csv
from datetime import UTC, datetime

import pytest

from arrears.channels.letter.batch import LIST, make_batch
from arrears.channels.letter.settings import LetterSettings
from arrears.channels.letter.transport import LetterTransport
from arrears.channels.transport import SettingsWrong

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PAGE = b"<< /Type /Page >>"


@pytest.mark.parametrize(
    ("told", "because"),
    [
        ({"font": "No Such Font"}, "not on this machine"),
        ({"folder": "/nowhere/at/all"}, "no folder"),
        ({"seal": "/nowhere/seal.png"}, "no picture"),
        ({"page": "http://bank.test/{key}"}, "no https"),
        ({"phone": ""}, "phone is empty"),
        ({"address": "a\nb"}, "address is empty"),
        ({"zone": "Mars/Phobos"}, "no time zone"),
    ],
)
def test_settings_that_cannot_work_are_told_with_the_mend(tmp_path, told, because):
    words = {"folder": str(tmp_path), "institution": "B", "address": "x", "phone": "1"} | told
    with pytest.raises(SettingsWrong, match=because) as error:
        LetterTransport(LetterSettings(**words))
    assert error.value.hint


# ---- the batch for the printer -------------------------------------------------------------------------
def listed(batch):
    with (batch.folder / LIST).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_waits_is_a_batch_with_a_list(tmp_path):
    for key in ("c-2", "c-1"):
        (tmp_path / f"{key}.pdf").write_bytes(PAGE * 2)
    (batch,) = make_batch(tmp_path, at=AT)
    assert (batch.letters, batch.pages, batch.folder.name) == (2, 4, "20261121-090000")
    assert [(row["number"], row["file"], row["pages"]) for row in listed(batch)] == [
        ("1", "c-1.pdf", "2"), ("2", "c-2.pdf", "2"),
    ]  # fmt: skip
    assert make_batch(tmp_path, at=AT.replace(hour=10)) == ()


def test_a_batch_that_was_cut_short_is_ended_and_nothing_is_in_two(tmp_path):
    for n in range(4):
        (tmp_path / f"c-{n}.pdf").write_bytes(PAGE)
    cut = tmp_path / "20261121-080000"
    cut.mkdir()
    for n in (0, 1):
        (tmp_path / f"c-{n}.pdf").rename(cut / f"c-{n}.pdf")
    first, second = make_batch(tmp_path, at=AT)
    assert (first.folder, first.letters, second.letters) == (cut, 2, 2)
    files = [row["file"] for batch in (first, second) for row in listed(batch)]
    assert sorted(files) == [f"c-{n}.pdf" for n in range(4)]
