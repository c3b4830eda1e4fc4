"""An amount in the capital numerals of Chinese bills, which nobody can change by a stroke.

Source: 正确填写票据和结算凭证的基本规定 (PBoC 支付结算办法, 银发〔1997〕393号, annex 1), rules 1 to 4.
"""

from arrears.core.money import LARGEST_MINOR

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def in_capitals(minor: int) -> str:
    """The amount of renminbi in words: 123456 is 人民币壹仟贰佰叁拾肆元伍角陆分.

    Units: minor units (分). Raises: ValueError, for less than nothing or more than the words reach.
    """
    if not 0 <= minor <= LARGEST_MINOR:
        raise ValueError(f"no amount that is written in words: {minor}")
    yuan, cents = divmod(minor, 100)
    jiao, fen = divmod(cents, 10)
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not cents:
        return f"人民币{whole or '零元'}整"
    # A nought between what is said is said once: 元 and 分 with no 角 between them.
    ten = f"{DIGITS[jiao]}角" if jiao else "零" if yuan else ""
    return f"人民币{whole}{ten}{f'{DIGITS[fen]}分' if fen else '整'}"


def _whole(number: int) -> str:
    """A whole number; noughts between two digits that are said are said once."""
    for place, word in PLACES:
        if number >= place:
            high, low = divmod(number, place)
            nought = "零" if 0 < low < place // 10 else ""
            return f"{_whole(high)}{word}{nought}{_whole(low) if low else ''}"
    return DIGITS[number]
