"""A letter is on paper what was approved, sign by sign, or it is not made."""

import io
import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pypdf
import pytest
import segno
import typst

from arrears.channels.letter.batch import make_batch
from arrears.channels.letter.settings import LetterSettings
from arrears.channels.letter.transport import LetterTransport
from arrears.channels.transport import Message, NotSent, Reason
from arrears.channels.ways import ChannelsWrong
from tests.lib.program import arrears

AT = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # the next day in Shanghai
TEXT = "您好：\n截至 2026-11-20，您应还 ¥1,234.56 元。\n\n#set text(red) *如有疑问* $x$ 请致电。"
MESSAGE = Message(
    "浙江省某市某区某路1号101室", "逾期还款提示函", TEXT, "zh-CN", name="张三", at=AT, proof="pr"
)


pytestmark = pytest.mark.peers  # the font is of the machine


@pytest.fixture(autouse=True, scope="module")
def font():
    """The font that letters are set in, unless told otherwise."""
    if LetterSettings.__dataclass_fields__["font"].default not in typst.Fonts().families():
        pytest.skip("the font is not installed: apt-get install fonts-noto-cjk")


@pytest.fixture(scope="module")
def way(font, tmp_path_factory):
    """Letters of a bank, with a code on each."""
    folder = tmp_path_factory.mktemp("letters")
    return LetterTransport(own(folder, page="https://bank.test/letter/{key}/{proof}"))


def own(folder, **told):
    return LetterSettings(str(folder), "某某银行", "某市某路2号", "95588", **told)


def made(way, message=MESSAGE, key="c-1"):
    """What stands on the pages of the letter, without spaces and line breaks; and the PDF."""
    way.send(message, key=key)
    pdf = pypdf.PdfReader(io.BytesIO((way._folder / f"{key}.pdf").read_bytes()))
    return "".join("".join(page.extract_text() for page in pdf.pages).split()), pdf


# ---- what stands on it ---------------------------------------------------------------------------------
def test_every_sign_is_there_and_none_is_read_as_markup(way):
    text, _pdf = made(way)
    for words in (MESSAGE.name, MESSAGE.to, MESSAGE.subject, *TEXT.split("\n"), "2026年11月21日"):
        assert "".join(words.split()) in text
    assert text.count("某某银行") == 2  # at the head, and under the text
    assert "https://bank.test/letter/c-1/pr" in text


def test_a_machine_can_read_it_out_and_its_fonts_are_in_it(way):
    _text, pdf = made(way)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower().startswith("zh")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == MESSAGE.subject
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    fonts = pdf.pages[0]["/Resources"]["/Font"].values()
    within = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts]
    files = [{"/FontFile2", "/FontFile3"} & {*one["/FontDescriptor"]} for one in within]
    assert files
    assert all(files)


def test_the_code_opens_the_page(way, monkeypatch):
    seen = []
    monkeypatch.setattr(segno, "make", lambda told, **_: seen.append(told) or MADE)
    made(way, key="c-2")
    assert seen == ["https://bank.test/letter/c-2/pr"]


MADE = segno.make("x")


def test_without_a_page_there_is_no_code(tmp_path):
    text, pdf = made(LetterTransport(own(tmp_path)))
    assert "https" not in text
    assert "扫码" not in text
    assert len(pdf.pages) == 1


def test_a_long_letter_has_more_pages_and_the_receipt_says_so(way):
    long = replace(MESSAGE, text="\n".join([TEXT] * 30))
    receipt = way.send(long, key="c-3")
    _text, pdf = made(way, long, "c-3")
    assert receipt.parts == len(pdf.pages) > 1


def test_an_english_letter_has_english_words(way):
    text, _pdf = made(way, replace(MESSAGE, language="en", text="You owe 12.00."), "c-4")
    assert "21November2026" in text
    assert "Seewhatisdue" in text


def test_the_seal_is_drawn(tmp_path):
    seal = tmp_path / "seal.svg"
    seal.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'
    )
    _text, sealed = made(LetterTransport(own(tmp_path, seal=str(seal))))
    _text, plain = made(LetterTransport(own(tmp_path)))
    figures = [pdf.trailer["/Root"]["/StructTreeRoot"] for pdf in (sealed, plain)]
    assert ["Figure" in str(flat(tree)) for tree in figures] == [True, False]


def flat(node, depth=12):
    """The kinds of a tree of tags, as far down as any letter goes."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if not isinstance(node, dict) or not depth:
        return []
    below = node.get("/K", [])
    below = below.get_object() if hasattr(below, "get_object") else below
    below = below if isinstance(below, list) else [below]
    return [node.get("/S"), *(kind for one in below for kind in flat(one, depth - 1))]


# ---- what is not made ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "reason", "because"),
    [
        ({"name": "张三😀"}, Reason.CONTENT, "does not have"),
        ({"text": "您好\x07"}, Reason.CONTENT, "unreadable"),
        ({"text": ""}, Reason.CONTENT, "no text"),
        ({"subject": ""}, Reason.CONTENT, "no subject"),
        ({"to": ""}, Reason.ADDRESS, "address is empty"),
        ({"to": "某路1号\n某处"}, Reason.ADDRESS, "more than one line"),
        ({"to": "某路\u202e1号"}, Reason.ADDRESS, "more than one line"),
        ({"to": "路" * 201}, Reason.ADDRESS, "too long"),
        ({"name": " "}, Reason.ADDRESS, "name is empty"),
        ({"name": "张\u2028三"}, Reason.ADDRESS, "more than one line"),
    ],
)
def test_what_cannot_be_a_letter_is_refused_with_the_mend(way, change, reason, because):
    with pytest.raises(NotSent, match=because) as error:
        way.send(replace(MESSAGE, **change), key="c-9")
    assert (error.value.reason, error.value.permanent) == (reason, True)
    assert error.value.hint
    assert not (way._folder / "c-9.pdf").exists()


def test_no_room_leaves_nothing_and_may_be_tried_again(tmp_path, monkeypatch):
    way = LetterTransport(own(tmp_path))

    def full(_number):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(NotSent, match="No space left") as error:
            way.send(MESSAGE, key="c-1")
    assert not error.value.permanent
    assert list(tmp_path.iterdir()) == []
    assert way.send(MESSAGE, key="c-1").parts == 1


# ---- once ----------------------------------------------------------------------------------------------
def test_the_same_letter_is_there_once_and_the_same(tmp_path):
    way = LetterTransport(own(tmp_path))
    way.send(MESSAGE, key="c-1")
    first = (tmp_path / "c-1.pdf").read_bytes()
    way.send(MESSAGE, key="c-1")
    assert [file.name for file in tmp_path.iterdir()] == ["c-1.pdf"]
    assert (tmp_path / "c-1.pdf").read_bytes() == first
    (batch,) = make_batch(tmp_path, at=AT)
    way.send(MESSAGE, key="c-1")
    assert [file.name for file in tmp_path.iterdir()] == [batch.folder.name]


# ---- the command ---------------------------------------------------------------------------------------
def test_the_command_makes_a_batch_of_what_waits(tmp_path):
    run = partial(arrears, environ={})
    letters = tmp_path / "letters"
    letters.mkdir()
    home = tmp_path / "home"
    assert run("letters", "--home", home).returncode == ChannelsWrong.exit_code
    home.mkdir()
    (home / "channels.toml").write_text(
        f'[letter]\nfolder = "{letters}"\ninstitution = "某某银行"\naddress = "x"\nphone = "1"\n',
        encoding="utf-8",
    )
    assert run("letters", "--home", home).stdout == "No letter waits.\n"
    LetterTransport(own(letters)).send(MESSAGE, key="c-1")
    said = run("letters", "--home", home).stdout
    assert said.endswith(": 1 letters, 1 pages.\n")
    assert [file.name for file in letters.glob("*/*.pdf")] == ["c-1.pdf"]
