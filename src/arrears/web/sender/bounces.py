"""Mail that came back stands with its messages; an address where nobody is any more is used no more."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from arrears.channels.transport import SettingsWrong, Transport
from arrears.web.ledger.actions.reports import spoil_point, take_reports
from arrears.web.ledger.proof import proof_of
from arrears.web.sender.ways import PROOF_SIGNS, bounce_folder, taken, waiting

EMAIL = "email"


def take_bounces(ways: Mapping[str, Transport], *, at: datetime) -> Counter[str]:
    """What lies in the mailbox of bounces is taken, each mail once; how many were what.

    `forged`: it carries no proof of the mail that it names. `other`: it tells of no mail of ours.
    Raises: SettingsWrong, where the mailbox cannot be read or written.
    """
    folder = bounce_folder(ways)
    if folder is None:
        return Counter()
    try:
        return _taken(folder, at)
    except OSError as error:
        raise SettingsWrong(
            f"The mailbox of bounces cannot be read or written: {error.strerror}",
            hint="Let this program read and write the folder bounces of the e-mail channel.",
        ) from error


def _taken(folder: Path, at: datetime) -> Counter[str]:
    told: Counter[str] = Counter()
    for file, bounce in waiting(folder):
        if bounce is None:
            told["other"] += 1
        elif bounce.proof != proof_of(f"message {bounce.report.key}")[:PROOF_SIGNS]:
            told["forged"] += 1
        else:
            if bounce.gone:
                spoil_point(key=bounce.report.key, at=at)
            take_reports(channel=EMAIL, reports=[bounce.report], at=at)
            told["bounced"] += 1
        taken(file)
    return told
