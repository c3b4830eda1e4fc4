"""What the SMS clouds have in common: registered texts, mobile numbers, and answers that carry a code.

A cloud sends only what is registered there before. It is told a template's code and the values of its
variables, not the text. What it will send must be what was approved here, sign by sign: so the settings
hold each registered text as it stands there, and a message whose text none of them makes does not go.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from arrears.channels.handover import require_url
from arrears.channels.transport import Doubtful, Message, NotSent, Reason, SettingsWrong

OK, REDIRECT, REFUSAL, FAULT = 200, 300, 400, 500
PERMANENT = {Reason.ADDRESS, Reason.CONTENT}

MAINLAND = re.compile(r"1[0-9]{10}")
ABROAD = re.compile(r"\+(?!86)[1-9][0-9]{5,14}")
SPACING = str.maketrans("", "", " -()")
CHINA = "+86"


@dataclass(frozen=True, slots=True)
class Registered:
    """A text as the cloud has it, with its variables in the cloud's own spelling."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What the cloud is told. Shapes: the variables by name, in the order of the text."""

    code: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Signed:
    """The texts registered under one signature, which the cloud puts before each as 【signature】."""

    signature: str
    texts: Sequence[Registered]
    variable: re.Pattern[str]  # with the name as its one group

    def __post_init__(self) -> None:
        if not self.signature or re.search(r"[【】\s]", self.signature):
            raise SettingsWrong(
                "sign_name is no signature",
                hint="Write it as it is registered, without 【】, for instance 某某银行.",
            )
        if not self.texts:
            raise SettingsWrong(
                "No text is registered, so nothing can be sent",
                hint="Write [[sms.templates]] with code and text for each template of the cloud.",
            )
        for text in self.texts:
            if not text.code or not text.text or "" in self._between(text)[1:-1]:
                raise SettingsWrong(
                    f"The registered text {text.code or '(without a code)'} cannot be taken apart",
                    hint="Give it a code, and words between any two variables.",
                )

    def filled(self, text: str) -> Filled:
        """The registered text that makes exactly this one, and with which values. Raises: NotSent."""
        said = text.removeprefix(f"【{self.signature}】")
        if said != text:
            for registered in self.texts:
                values = self._values(registered, said)
                if values is not None:
                    return Filled(registered.code, values)
        raise NotSent(
            Reason.CONTENT,
            "No text that is registered with the SMS cloud makes this message",
            permanent=True,
            hint="Register the approved text there, with its signature, and write it under "
            "[[sms.templates]] in channels.toml as it is registered.",
        )

    def _between(self, registered: Registered) -> list[str]:
        """The fixed words, of which one more than variables."""
        return self.variable.split(registered.text)[::2]

    def _values(self, registered: Registered, text: str) -> dict[str, str] | None:
        """What the variables must be to make the text; None where nothing makes it."""
        first, *others = self._between(registered)
        names = self.variable.findall(registered.text)
        if not others:
            return {} if text == first else None
        last, rest = others.pop(), text.removeprefix(first)
        if not text.startswith(first) or not rest.endswith(last):
            return None
        rest = rest.removesuffix(last)
        found = []
        for words in others:
            place = rest.find(words, 1)  # no value is empty: the clouds refuse that
            if place < 0:
                return None
            found.append(rest[:place])
            rest = rest[place + len(words) :]
        found.append(rest)
        values = dict(zip(names, found, strict=True))
        same = all(values[name] == value for name, value in zip(names, found, strict=True))
        return values if same and rest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudSettings:
    """What the settings of every cloud say. Units: seconds. Raises: SettingsWrong."""

    VARIABLE: ClassVar[re.Pattern[str]]  # how the cloud spells one in a text

    url: str
    sign_name: str  # as registered, without 【】
    templates: tuple[Registered, ...]
    ca_file: str | None = None  # whose certificates we believe; None is what the system believes
    per_second: float = 50  # more would be refused, or would be no courtesy
    at_once: int = 8  # so many requests at the same time
    timeout_s: float = 10
    answer_timeout_s: float = 60

    def __post_init__(self) -> None:
        require_url(self.url, "SMS cloud")
        _ = self.signed

    @property
    def signed(self) -> Signed:
        """The texts with the signature. Raises: SettingsWrong."""
        return Signed(self.sign_name, self.templates, self.VARIABLE)


def number(message: Message) -> str:
    """The number it goes to, with its country: +8613800000000. Raises: NotSent.

    Mobile numbers only: a landline and a short code such as 95588 take no text.
    """
    to = message.to.translate(SPACING)
    own = to.removeprefix(CHINA).removeprefix("0086")
    if MAINLAND.fullmatch(own):
        return CHINA + own
    if ABROAD.fullmatch(to):
        return to
    raise NotSent(
        Reason.ADDRESS,
        "This is no mobile number that a text message can be sent to",
        permanent=True,
        hint="Correct the borrower's number.",
    )


def read(said: str) -> dict[str, Any]:
    """The cloud's answer; empty where it is no JSON object."""
    try:
        answer = json.loads(said)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def word(answer: dict[str, Any], name: str) -> str:
    """What the answer says under that name, if it is a text; else nothing."""
    found = answer.get(name)
    return found if isinstance(found, str) else ""


def refused(
    status: int, code: str, words: str, *, means: Sequence[tuple[str, Reason | None]]
) -> NotSent | Doubtful:
    """What an answer that is no yes proves. `means`: what a code begins with; None: it may have gone.

    A code that is not there refuses, unless the cloud says that the fault is its own.
    """
    known = [reason for begin, reason in means if code.startswith(begin)] if code else []
    if REDIRECT <= status < REFUSAL:
        known = [Reason.LOGIN]
    if not known and code and status < FAULT:
        known = [Reason.REFUSED]
    if not known or known[0] is None:
        return Doubtful(Reason.UNCLEAR, f"The SMS cloud's answer is unclear: {status} {words}")
    reason = known[0]
    about_us = "Look at the settings of the sms channel, and at the account with the cloud."
    return NotSent(
        reason,
        f"The SMS cloud refused it: {status} {words}",
        permanent=reason in PERMANENT,
        hint=about_us if reason is Reason.LOGIN else "",
    )
