"""Makes the PDF of a letter: tagged for those who cannot see it, fonts within, nothing left out.

A sign that the font does not have would be missing on paper: such a letter is not made. The PDF is
PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2), so that it can be read out and kept.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import Lock

import segno
import typst

from arrears.channels.letter.settings import LetterSettings
from arrears.channels.transport import Message, NotSent, Reason, SettingsWrong

FORM = Path(__file__).with_name("letter.typ")
PAGES = re.compile(rb"/Type\s*/Page\b")
MISSING = "could not be displayed"  # what typst says of a sign that the font does not have
WORDS = {
    "zh": {"code": "扫码查看您的欠款和还款方式：", "seal": "业务专用章", "date": "%Y年%m月%d日"},
    "en": {"code": "See what is due and how to pay:", "seal": "Seal", "date": "%d %B %Y"},
}


class Press:
    """One compiler, which knows the fonts; letters are made one after another."""

    def __init__(self, settings: LetterSettings) -> None:
        """Raises: SettingsWrong, where the font is not there or the seal cannot be drawn."""
        self.settings = settings
        self._seal = f"/{Path(settings.seal).name}" if settings.seal else ""
        fonts = typst.Fonts(font_paths=[settings.fonts] if settings.fonts else [])
        if settings.font not in fonts.families():
            raise SettingsWrong(
                f"The font {settings.font} is not on this machine",
                hint="Install it (Debian: fonts-noto-cjk), or name another as font, and its folder as fonts.",
            )
        # Pictures are read from below the root: nothing but the seal's own folder is.
        root = Path(settings.seal).resolve().parent if settings.seal else FORM.parent
        self._compiler = typst.Compiler(root=root, font_paths=fonts)
        self._form, self._turn = FORM.read_bytes(), Lock()

    def letter(self, message: Message, *, at: datetime, page: str) -> tuple[bytes, int]:
        """The PDF, and of how many pages. `page`: the address on it, "" for none.

        Raises: NotSent, where a sign has no shape.
        """
        lang = "zh" if message.language.startswith("zh") else "en"
        words, own = WORDS[lang], self.settings
        told = {
            "lang": lang,
            "region": "cn" if lang == "zh" else "gb",
            "font": own.font,
            "head": f"{own.institution} · {own.address} · {own.phone}",
            "institution": own.institution,
            "name": message.name,
            "to": message.to,
            "date": at.strftime(words["date"]),
            "subject": message.subject,
            "paragraphs": [line for line in message.text.splitlines() if line.strip()],
            "seal": self._seal,
            "seal_words": words["seal"],
            "page": page,
            "code": segno.make(page, error="m").svg_inline() if page else "",
            "code_words": words["code"],
        }
        try:
            return self._made(told, at)
        except typst.TypstError as error:
            raise NotSent(
                Reason.CONTENT,
                "The letter holds a sign that the font does not have"
                if MISSING in str(error)
                else "The letter cannot be made",
                permanent=True,
                hint="Use a font that has every sign of the names and addresses: font and fonts "
                "of the letter channel.",
            ) from error

    def _made(self, told: Mapping[str, object], at: datetime) -> tuple[bytes, int]:
        """Raises: typst.TypstError."""
        inputs = {"letter": json.dumps(told)}
        with self._turn:
            made = self._compiler.compile(
                self._form,
                sys_inputs=inputs,
                pdf_standards=["a-2a", "ua-1"],
                timestamp=int(at.timestamp()),
            )
        if not isinstance(made, bytes):
            raise TypeError("one letter is one document")
        return made, pages_of(made)


def pages_of(made: bytes) -> int:
    """How many pages a letter of this press has."""
    return len(PAGES.findall(made))
