"""Texts of messages: which words are filled in, what those may be, what a text for a use must hold."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_BRACES = frozenset("{}｛｝﹛﹜")
# Controls, invisible and bidirectional marks, line and paragraph ends, and what is no character for people.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Me"})
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs that show nothing
_BREAKS = frozenset("\t\n\r")
_PILED = 2  # so many marks may stand on one letter
_LINK = re.compile(
    r"(?i)://|www\.|[a-z0-9-]\.(com|cn|net|org|top|xyz|io|cc|vip|info|me|link|site|shop|app|club|online)\b"
    r"|[a-z0-9-]\.[a-z]{2,}/|\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b"
)

LONG, MARKS, LINK, SHAPE, ABSENT = "long", "marks", "link", "shape", "absent"  # faults of a value

_ANY = ".+"


@dataclass(frozen=True, slots=True)
class Variable:
    """A word that is filled in. Units: `longest` in characters. `sample` is made up, zh and en."""

    name: str
    longest: int
    zh: str
    en: str
    sample: tuple[str, str]
    shape: str = _ANY  # what a value must be, wholly
    may_link: bool = False

    @property
    def is_free(self) -> bool:
        """Whether a value may be any words."""
        return self.shape == _ANY


@dataclass(frozen=True, slots=True)
class Kind:
    """A use of texts: the words that may be filled in, those it cannot do without, and who says so."""

    may: tuple[str, ...]
    needs: tuple[str, ...]
    source: str
    article: str
    posted: bool = False  # only ever on paper


_AMOUNT = r"-?[0-9,]{1,20}(\.[0-9]{1,4})?( ?[A-Z]{3}|元)"
VARIABLES = {
    one.name: one
    for one in (
        Variable("institution", 80, "机构名称", "The institution", ("某某银行", "Some Bank")),
        Variable(
            "amount",
            30,
            "逾期金额和币种",
            "The overdue amount and its currency",
            ("1,234.56元", "1,234.56 CNY"),
            _AMOUNT,
        ),
        Variable(
            "amount_in_capitals",
            60,
            "大写的逾期金额，仅限人民币",
            "The overdue amount in Chinese capitals, of renminbi only",
            ("人民币壹仟贰佰叁拾肆元伍角陆分",) * 2,
            r"人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+",
        ),
        Variable(
            "as_of",
            10,
            "数据截至的日子",
            "The day of the data",
            ("2026-11-20", "2026-11-20"),
            r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
        ),
        Variable("days", 6, "逾期天数", "The days past due", ("12", "12"), r"[0-9]{1,6}"),
        Variable(
            "holder",
            60,
            "持卡人或借款人姓名",
            "The cardholder's or borrower's name",
            ("王某", "A. Wang"),
        ),
        Variable(
            "balance",
            30,
            "信用卡欠款余额",
            "The balance of the card",
            ("5,678.90元", "5,678.90 CNY"),
            _AMOUNT,
        ),
        Variable("reason", 200, "催收事由", "The reason", ("信用卡账单逾期", "card bill past due")),
        Variable(
            "law",
            200,
            "相关法规",
            "The legal basis",
            ("《民法典》第六百七十五条", "Civil Code art. 675"),
        ),
        Variable(
            "rights",
            300,
            "持卡人的权利和义务",
            "The holder's rights and duties",
            ("您可以核对、申诉和协商", "you may check, object and negotiate"),
        ),
        Variable(
            "check_way",
            200,
            "查询账户的办法",
            "How to check the account",
            ("手机银行或任一网点", "app or any branch"),
            may_link=True,
        ),
        Variable(
            "pay_way",
            200,
            "还款的办法",
            "How to pay",
            ("存入还款账户", "pay into the repayment account"),
            may_link=True,
        ),
        Variable(
            "object_way",
            200,
            "提出异议和证据的办法",
            "How to object and give evidence",
            ("致电客服或寄送材料", "by phone or by post"),
            may_link=True,
        ),
        Variable(
            "contact",
            200,
            "发卡机构的联系方式",
            "The issuer's contact",
            ("客服 95000", "tel. 95000"),
            may_link=True,
        ),
        Variable("seal", 80, "业务公章", "The business seal", ("（业务公章）", "(business seal)")),
    )
}
SAID = "中国银行业协会《金融机构个人消费类贷款催收工作指引（试行）》"
_OF_A_RUN = ("institution", "amount", "as_of", "days")
_OF_LOANS = ("amount_in_capitals", "holder", "pay_way", "object_way", "contact", "seal")
# Words that no book has: the institution tells them once, in each language.
TOLD = ("reason", "law", "rights", "check_way", "pay_way", "object_way", "contact", "seal")
KINDS = {
    "reminder": Kind(_OF_A_RUN, ("institution", "amount"), SAID, "第三章（表明身份；知情权）"),
    "card_letter": Kind(
        tuple(VARIABLES),
        (
            "institution",
            "holder",
            "balance",
            "reason",
            "law",
            "rights",
            "check_way",
            "pay_way",
            "object_way",
            "contact",
            "seal",
        ),
        "《商业银行信用卡业务监督管理办法》",
        "第六十九条",
        posted=True,
    ),
    "loan_letter": Kind(
        (*_OF_A_RUN, *_OF_LOANS),
        ("institution", "holder", "amount", "pay_way", "contact"),
        SAID,
        "第三章（表明身份；知情权）",
        posted=True,
    ),
}
OTHER = Kind(_OF_A_RUN, ("institution",), SAID, "第三章（表明身份）")  # any use that is not listed

_HOLE = re.compile(r"\{(" + "|".join(VARIABLES) + r")\}")


def may_hold(name: str) -> tuple[str, ...]:
    """The words that can be filled into a text for this use, in order."""
    return KINDS.get(name, OTHER).may


def strange(name: str, text: str) -> bool:
    """Whether braces stand in it that are none of the words that can be filled in for this use."""
    holes = set(_HOLE.findall(text))
    return bool(re.search(r"[{}]", _HOLE.sub("", text))) or not holes <= set(may_hold(name))


def only_posted(name: str) -> bool:
    """Whether texts for this use go on paper only."""
    return KINDS.get(name, OTHER).posted


def hidden(text: str) -> bool:
    """Whether signs stand in it that nobody sees, that turn the order of writing, or that pile up.

    Tabs and line breaks are seen.
    """
    piled = 0
    for one in text:
        kind = unicodedata.category(one)
        piled = piled + 1 if kind == "Mn" else 0
        if piled > _PILED or one in _FILLERS or (kind in _UNSEEN and one not in _BREAKS):
            return True
    return False


def missing(name: str, text: str) -> tuple[Variable, ...]:
    """What a text for this use must hold and does not, in order."""
    there = set(_HOLE.findall(text))
    return tuple(VARIABLES[word] for word in KINDS.get(name, OTHER).needs if word not in there)


def untold(text: str, told: Mapping[str, str]) -> tuple[Variable, ...]:
    """The words of this text that the institution has to tell and does not, in order."""
    there = set(_HOLE.findall(text))
    return tuple(VARIABLES[word] for word in TOLD if word in there and word not in told)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each word filled in; nothing in a value is looked at again. Raises: KeyError."""
    return _HOLE.sub(lambda found: values[found[1]], text)


def faults(text: str, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What may not be filled into this text: words, each with what is wrong with its value."""
    there = dict.fromkeys(_HOLE.findall(text))
    found = ((name, fault_of(name, values.get(name, ""))) for name in there)
    return tuple((name, fault) for name, fault in found if fault)


def sample(language: str) -> dict[str, str]:
    """A made-up value of every word in `zh` or `en`."""
    which = ("zh", "en").index(language)
    return {name: variable.sample[which] for name, variable in VARIABLES.items()}


def longest() -> dict[str, str]:
    """A value of every word that is as long as one may be."""
    return {name: "M" * variable.longest for name, variable in VARIABLES.items()}


def fault_of(name: str, value: str) -> str:
    """What is wrong with a value of a word; empty where nothing is."""
    variable = VARIABLES[name]
    if not value.strip():
        return ABSENT
    if len(value) > variable.longest:
        return LONG
    if not (_BRACES | _BREAKS).isdisjoint(value) or hidden(value):
        return MARKS
    if not variable.may_link and _LINK.search(_as_typed(value)):
        return LINK
    return "" if re.fullmatch(variable.shape, value) else SHAPE


def _as_typed(value: str) -> str:
    """The value with the dots and letters of an address as a browser would take them."""
    return unicodedata.normalize("NFKC", value).replace("。", ".")
