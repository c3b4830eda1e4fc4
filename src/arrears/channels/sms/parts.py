"""In how many parts a text travels, and in which alphabet."""

from dataclasses import dataclass
from typing import Literal

# 3GPP TS 23.038, 6.2.1: one septet each; the second table is reached by an escape: two septets.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67


@dataclass(frozen=True, slots=True)
class Parts:
    """Units: septets for gsm7, 16-bit units for ucs2."""

    coding: Literal["gsm7", "ucs2"]
    units: int
    parts: int


def counted(text: str) -> Parts:
    """What the carrier counts; a sign of two units never lies across two parts.

    A gateway that tears such signs, as Kannel does with emoji, may need one part less, never more.
    Source: 3GPP TS 23.038 (alphabets), TS 23.040 9.2.3.24.1 (joined parts).
    """
    if all(sign in BASIC or sign in EXTENDED for sign in text):
        widths = [2 if sign in EXTENDED else 1 for sign in text]
        return Parts("gsm7", sum(widths), _filled(widths, GSM_ALONE, GSM_JOINED))
    widths = [2 if sign > "\uffff" else 1 for sign in text]
    return Parts("ucs2", sum(widths), _filled(widths, UCS2_ALONE, UCS2_JOINED))


def _filled(widths: list[int], alone: int, joined: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, room = 1, joined
    for width in widths:
        if width > room:
            parts, room = parts + 1, joined
        room -= width
    return parts
