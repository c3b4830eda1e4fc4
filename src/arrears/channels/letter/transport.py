"""Puts a letter where it waits to be printed; the same letter is never there twice."""

from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from arrears.channels.letter.press import Press
from arrears.channels.letter.settings import LetterSettings
from arrears.channels.transport import (
    Message,
    NotSent,
    Pace,
    Reason,
    Receipt,
    filled_url,
    sendable,
    sound_key,
    written_at,
)
from arrears.lake.files import write_whole

LONGEST_LINE = 200
AT_ONCE = 8  # nobody is waited for, but as many are claimed and marked together


class LetterTransport:
    """Letters by one printing house; handing over is a file that is whole or not there."""

    channel: ClassVar[str] = "letter"
    idempotent: ClassVar[bool] = True  # a key is a file's name

    def __init__(self, settings: LetterSettings) -> None:
        """Raises: SettingsWrong."""
        self.settings = settings
        self.pace = Pace(at_once=AT_ONCE)
        self._press = Press(settings)
        self._folder = Path(settings.folder)

    def send(self, message: Message, *, key: str) -> Receipt:
        """The letter waits to be printed. Raises: NotSent."""
        for told, what in ((message.name, "name"), (message.to, "address")):
            _require_line(told, what)
        if not message.subject or not message.text or not sendable(message.subject + message.text):
            raise NotSent(
                Reason.CONTENT,
                "The letter has no subject or no text, or one that is unreadable",
                permanent=True,
                hint="Correct the template.",
            )
        at = written_at(message).astimezone(ZoneInfo(self.settings.zone))
        page = filled_url(self.settings.page, sound_key(key), message)
        made, pages = self._press.letter(message, at=at, page=page)
        if next(self._folder.glob(f"*/{key}.pdf"), None) is None:  # else it is in a batch
            self._put(made, key)
        return Receipt(key, pages, "waits to be printed")

    def _put(self, made: bytes, key: str) -> None:
        """The whole file is there under its name, also after a power cut. Raises: NotSent."""
        try:
            write_whole(self._folder / f"{key}.pdf", made)
        except OSError as error:
            raise NotSent(
                Reason.UNREACHABLE,
                f"The letter cannot be written: {error.strerror}",
                permanent=False,
                hint="Make room in the folder of the letter channel, and let this program write there.",
            ) from error


def _require_line(told: str, what: str) -> None:
    """It can stand in the window of an envelope. Raises: NotSent."""
    line = told.strip()
    if not line or len(line) > LONGEST_LINE or not line.isprintable() or not sendable(line):
        raise NotSent(
            Reason.ADDRESS,
            f"The {what} is empty, too long, or more than one line",
            permanent=True,
            hint=f"Correct the borrower's {what}.",
        )
