"""The ways out of one institution, as `channels.toml` in its home says.

    [email]
    host = "relay.bank.example"
    from_address = "notice@bank.example"
    user = "arrears"
    password_env = "ARREARS_SMTP_PASSWORD"    # taken from the environment

    [sms]
    local = true                              # nothing leaves this machine

One table for each channel, with the fields of its settings; `by` says through whom, where there are
several. No file, or no table: no such channel.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from arrears.channels.email.settings import EmailSettings
from arrears.channels.email.transport import EmailTransport
from arrears.channels.letter.settings import LetterSettings
from arrears.channels.letter.transport import LetterTransport
from arrears.channels.local.transport import LocalTransport
from arrears.channels.push.settings import PushSettings
from arrears.channels.push.transport import PushTransport
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.sms.transport import SmsTransport
from arrears.channels.sms_aliyun.settings import AliyunSettings
from arrears.channels.sms_aliyun.transport import AliyunTransport
from arrears.channels.sms_tencent.settings import TencentSettings
from arrears.channels.sms_tencent.transport import TencentTransport
from arrears.channels.transport import SettingsWrong, Transport
from arrears.core.errors import Finding, UserError

Way = tuple[type[Any], Callable[[Any], Transport]]
# Through whom; the first where the file does not say.
KINDS: dict[str, dict[str, Way]] = {
    "email": {"smtp": (EmailSettings, EmailTransport)},
    "letter": {"print": (LetterSettings, LetterTransport)},
    "push": {"webhook": (PushSettings, PushTransport)},
    "sms": {
        "kannel": (SmsSettings, SmsTransport),
        "aliyun": (AliyunSettings, AliyunTransport),
        "tencent": (TencentSettings, TencentTransport),
    },
}
FILE = "channels.toml"
BY = "by"
FROM_ENVIRON = "_env"
NUMBERS = (int, float)


class ChannelsWrong(UserError):
    """The file of the channels has mistakes; every one is named with its place and its mend."""

    exit_code = 83


def ways_out(file: Path, environ: Mapping[str, str]) -> dict[str, Transport]:
    """The transport of each channel that the file names; none where there is no file.

    No value of the file and of the environment is ever part of an error. Raises: ChannelsWrong.
    """
    if not file.exists():
        return {}
    text, told = _read(file)
    wrong: list[Finding] = []
    ways: dict[str, Transport] = {}
    for channel, table in told.items():
        found = _way(channel, table, environ)
        if isinstance(found, list):
            wrong += [_placed(finding, text, file) for finding in found]
        else:
            ways[channel] = found
    if wrong:
        raise ChannelsWrong(
            f"{file.name} has {len(wrong)} mistake{'s' if len(wrong) > 1 else ''}",
            hint=f"Mend {file} and look again with: arrears doctor",
            findings=tuple(wrong),
        )
    return ways


def local_ways(*channels: str) -> dict[str, Transport]:
    """A stand-in for each of the channels: nothing leaves this machine."""
    return {channel: LocalTransport(channel) for channel in channels}


def print_folder(file: Path, environ: Mapping[str, str]) -> Path:
    """Where letters wait to be printed. Raises: ChannelsWrong, also where there is no such place."""
    way = ways_out(file, environ).get(LetterTransport.channel)
    if not isinstance(way, LetterTransport):
        raise ChannelsWrong(
            f"{file.name} has no letters that are printed",
            hint="Write a table [letter] with the folder for them: docs/howto/send.md",
        )
    return Path(way.settings.folder)


def bounce_folder(ways: Mapping[str, Transport]) -> Path | None:
    """The Maildir in which mail lies that came back; None where none is read."""
    way = ways.get(EmailTransport.channel)
    if not isinstance(way, EmailTransport) or not way.settings.bounces:
        return None
    return Path(way.settings.bounces)


def lets_out(way: Transport) -> bool:
    """Whether what goes this way leaves this machine."""
    return not isinstance(way, LocalTransport)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    """The text and its tables. Raises: ChannelsWrong."""
    try:
        text = file.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # What stands in the line is not repeated: it may be a password.
        where = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        raise ChannelsWrong(
            f"{file.name} is no TOML{f' at {where[1]}' if where else ''}",
            hint='Write a channel as [email] and below it lines such as host = "relay.example".',
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ChannelsWrong(
            f"{file.name} cannot be read: {type(error).__name__}",
            hint=f"Make {file} a text file in UTF-8 that this program may read.",
        ) from None


def _way(channel: str, table: Any, environ: Mapping[str, str]) -> Transport | list[Finding]:
    """The channel's transport, or all that is wrong with its table."""
    if channel not in KINDS:
        because = f"There is no such channel; known are {', '.join(KINDS)}"
        return [_wrong(channel, "", "channel_unknown", because + _meant(channel, KINDS))]
    if not isinstance(table, dict):
        because = f"A channel is a table: write [{channel}] and its settings below it"
        return [_wrong(channel, "", "not_a_table", because)]
    if "local" in table:
        return _local(channel, table)
    known = KINDS[channel]
    by = table.get(BY, next(iter(known)))
    if not isinstance(by, str) or by not in known:
        because = f"Is one of {', '.join(known)}{_meant(str(by), known)}"
        return [_wrong(channel, BY, "wrong_value", because)]
    told = {key: value for key, value in table.items() if key != BY}
    return _made(channel, told, known[by], environ)


def _made(
    channel: str, table: dict[str, Any], way: Way, environ: Mapping[str, str]
) -> Transport | list[Finding]:
    """The transport with these settings, or all that is wrong with them."""
    kind, made = way
    wrong, values = _values(channel, table, kind, environ)
    if wrong:
        return wrong
    try:
        return made(kind(**values))
    except SettingsWrong as error:
        return [_wrong(channel, "", "settings_wrong", f"{error.wrong}. {error.hint}")]


def _local(channel: str, table: dict[str, Any]) -> Transport | list[Finding]:
    """The stand-in, which has no other setting."""
    if table["local"] is not True:
        because = "local is true, or left out"
        return [_wrong(channel, "local", "wrong_value", because)]
    others = sorted(set(table) - {"local"})
    if others:
        because = "A local channel lets nothing out: take this away, or take local away"
        return [_wrong(channel, key, "beside_local", because) for key in others]
    return LocalTransport(channel)


def _values(
    channel: str, table: dict[str, Any], kind: type[Any], environ: Mapping[str, str]
) -> tuple[list[Finding], dict[str, Any]]:
    """The settings by name, secrets fetched from the environment, and all that is wrong with them."""
    known = {field.name: field for field in fields(kind)}
    types = get_type_hints(kind)
    wrong: list[Finding] = []
    values: dict[str, Any] = {}
    for key, told in table.items():
        name = key.removesuffix(FROM_ENVIRON)
        if name not in known:
            because = f"There is no such setting; known are {', '.join(known)}, local"
            wrong.append(_wrong(channel, key, "setting_unknown", because + _meant(key, known)))
            continue
        if name in values:
            because = f"{name} is given twice: as itself and as {name}{FROM_ENVIRON}"
            wrong.append(_wrong(channel, key, "given_twice", because))
            continue
        because, values[name] = _value(key, told, types[name], environ)
        if because:
            wrong.append(_wrong(channel, key, "wrong_value", because))
    for name, field in known.items():
        if name not in values and _needed(field):
            secret = "" if field.repr else f" (or {name}{FROM_ENVIRON})"
            wrong.append(_wrong(channel, name, "setting_missing", f"Is needed{secret}"))
    return wrong, values


def _value(key: str, told: Any, wanted: Any, environ: Mapping[str, str]) -> tuple[str, Any]:
    """What is wrong with a setting, "" for nothing; and its value."""
    if get_origin(wanted) is tuple:
        return _rows(key, told, get_args(wanted)[0])
    if not key.endswith(FROM_ENVIRON):
        return _unfit(told, wanted), told
    if not isinstance(told, str) or not told:
        return "Names a variable of the environment, in quotes", None
    if not environ.get(told):
        return f"The environment has no variable {told}, or it is empty", None
    return "", environ[told]


def _rows(key: str, told: Any, kind: type[Any]) -> tuple[str, Any]:
    """What is wrong with a list of tables, "" for nothing; and its rows."""
    names = [field.name for field in fields(kind)]
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    texts = all(isinstance(word, str) for row in rows for word in row.values())
    if not rows or len(rows) < len(told) or any({*row} != {*names} for row in rows) or not texts:
        return f"Is tables such as [[sms.{key}]], each with {' and '.join(names)} in quotes", None
    return "", tuple(kind(**row) for row in rows)


def _unfit(told: Any, wanted: Any) -> str:
    """Why a value is not of the type that its field has; "" when it is."""
    if get_origin(wanted) is Literal:
        words = get_args(wanted)
        return "" if told in words else f"Is one of {', '.join(words)}"
    if wanted is bool:
        return "" if isinstance(told, bool) else "Is true or false, without quotes"
    if wanted in NUMBERS:
        whole = isinstance(told, int) and not isinstance(told, bool)
        sound = (whole or (wanted is float and isinstance(told, float))) and told > 0
        return "" if sound else "Is a number above zero, without quotes"
    return "" if isinstance(told, str) else "Is a text, in quotes"


def _needed(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _meant(word: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(word, known, n=1)
    return f". Was {near[0]} meant?" if near else ""


def _wrong(channel: str, key: str, code: str, because: str) -> Finding:
    return Finding(code, f"[{channel}] {key}".strip(), because)


def _placed(finding: Finding, text: str, file: Path) -> Finding:
    """The finding with the line that it is about, or the line where its table begins."""
    section, _, key = finding.subject.partition(" ")
    table, line, found = "", 0, 0
    for line, words in enumerate(text.splitlines(), start=1):
        head = re.match(r"\s*(\[[^\[\]]+\])\s*(#.*)?$", words)
        if head:
            table = re.sub(r"[\s\"']", "", head[1])
        here = re.match(r"\s*([A-Za-z0-9_-]+)\s*=", words)
        if (head and table == section and not found) or (
            here and key and table == section and here[1] == key
        ):
            found = line
        if here and not table and here[1] == section.strip("[]"):
            found = line
    where = f"{file.name}, line {found}" if found else file.name
    return Finding(finding.code, finding.subject, finding.because, where)
