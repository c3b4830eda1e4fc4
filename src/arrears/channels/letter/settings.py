"""Who writes, in what script, and where what is to be printed is put."""

import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arrears.channels.transport import SettingsWrong, sendable

PAGE = re.compile(r"https://[\x21-\x7e]+")
SEALS = {".png", ".svg", ".jpg", ".jpeg"}


@dataclass(frozen=True, slots=True)
class LetterSettings:
    """One institution's letters. Raises: SettingsWrong."""

    folder: str  # what waits to be printed is put here, one file a letter
    institution: str
    address: str  # where an answer, or a letter that cannot be delivered, comes back to
    phone: str
    font: str = "Noto Serif CJK SC"
    fonts: str = ""  # a folder with more fonts than the machine's
    seal: str = ""  # a picture of the business seal
    page: str = ""  # https://…/{key}/{proof}: what the code on the letter opens; "" leaves it out
    zone: str = "Asia/Shanghai"  # whose date stands on the letter

    def __post_init__(self) -> None:
        for name in ("institution", "address", "phone", "font"):
            told = getattr(self, name)
            if not told.strip() or "\n" in told or not sendable(told):
                raise SettingsWrong(
                    f"{name} is empty, or more than one line",
                    hint="It stands at the head of every letter: write it in one line.",
                )
        if self.page and not PAGE.fullmatch(self.page):
            raise SettingsWrong(
                "page is no https: address",
                hint="For instance https://bank.example/letter/{key}/{proof}",
            )
        if self.seal and not (Path(self.seal).is_file() and Path(self.seal).suffix in SEALS):
            raise SettingsWrong(
                "seal is no picture that can be read",
                hint=f"Name a file that ends in {', '.join(sorted(SEALS))}.",
            )
        if not Path(self.folder).is_dir():
            raise SettingsWrong(
                "folder is no folder",
                hint="Make it, and let this program write there.",
            )
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise SettingsWrong(
                "zone is no time zone", hint="For instance Asia/Shanghai."
            ) from None
