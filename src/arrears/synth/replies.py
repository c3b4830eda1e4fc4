"""How made-up borrowers answer: who picks up, what they say, and whether they then do it."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

PERCENT = 100


class Temper(StrEnum):
    """What kind of person a made-up borrower is; nobody in the ledger knows it."""

    WILLING = "willing"
    FORGETFUL = "forgetful"
    STRAINED = "strained"
    UNWILLING = "unwilling"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Manner:
    """What a temper comes to. Units: percent; `says` are weights by outcome."""

    share: int
    picks_up: int
    heeds: int  # pays after a message
    keeps: int  # pays what was promised
    keeps_part: int
    says: dict[str, int]


MANNERS: dict[Temper, Manner] = {
    Temper.WILLING: Manner(
        30, 55, 16, 78, 10, {"promised": 62, "call_back": 18, "difficulty": 10, "paid": 10}
    ),
    Temper.FORGETFUL: Manner(
        25, 48, 20, 58, 16, {"promised": 55, "call_back": 25, "paid": 12, "third_person": 8}
    ),
    Temper.STRAINED: Manner(
        25, 42, 5, 34, 30, {"difficulty": 46, "promised": 28, "call_back": 16, "refused": 10}
    ),
    Temper.UNWILLING: Manner(
        13, 30, 2, 10, 8, {"refused": 52, "call_back": 20, "promised": 16, "disputed": 12}
    ),
    Temper.GONE: Manner(7, 12, 0, 5, 5, {"third_person": 60, "wrong_number": 40}),
}

# What a collector writes down, by outcome, in the words that collectors use.
NOTES: dict[str, tuple[str, ...]] = {
    "promised": ("工资发放后即还，已告知逾期的影响。", "本人接听，态度配合，约定分两次还清。"),
    "paid": ("称昨天已转账，请留意入账。",),
    "refused": ("表示暂时不处理，已告知还款义务和查询方式。", "挂断电话。"),
    "difficulty": (
        "上月离职，正在找工作，希望少还一些。",
        "家人住院，开支大，愿意先还一部分。",
        "店里生意淡，年底前回款后再还。",
    ),
    "disputed": ("称有一笔还款没有入账，已请其提供凭证。",),
    "call_back": ("正在开会，约定下午再联系。", "请晚些时候再打。"),
    "no_answer": ("",),
    "wrong_number": ("接听人称不认识客户，已停用该号码。",),
    "third_person": ("家人接听，未透露欠款，请其转告回电。",),
}
# What else they write: after someone told of difficulties, and when a dispute has been answered.
ADVICE = "建议了解收支情况，提供还款计划。"
ANSWERED = "已核实入账记录并答复客户。"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call. Units: percent of what is overdue, days from now; -1: no payment."""

    outcome: str
    note: str = ""
    promised_percent: int = 0
    promised_days: int = 0
    pays_percent: int = 0
    pays_days: int = -1


def chance_of(*words: object) -> Random:
    """The luck that belongs to these words, the same whenever it is asked for."""
    return Random("/".join(map(str, words)))  # noqa: S311 - made-up people have no secrets


def temper_of(borrower_id: str, *, seed: int) -> Temper:
    """The same person is of the same temper every day."""
    shares = [manner.share for manner in MANNERS.values()]
    return chance_of(seed, borrower_id).choices(list(MANNERS), shares)[0]


def reply(temper: Temper, chance: Random) -> Reply:
    """What comes of calling a borrower of this temper, and what the borrower will do."""
    manner = MANNERS[temper]
    if chance.randrange(PERCENT) >= manner.picks_up:
        return Reply("no_answer")
    outcome = chance.choices(list(manner.says), list(manner.says.values()))[0]
    note = chance.choice(NOTES[outcome])
    if outcome == "paid":
        return Reply(outcome, note, pays_percent=PERCENT, pays_days=1)
    if outcome != "promised":
        return Reply(outcome, note)
    percent, days = chance.choice((PERCENT, PERCENT, 50)), chance.randint(2, 9)
    luck = chance.randrange(PERCENT)
    if luck < manner.keeps:
        return Reply(outcome, note, percent, days, percent, chance.randint(1, days))
    if luck < manner.keeps + manner.keeps_part:
        return Reply(outcome, note, percent, days, percent // 2, chance.randint(1, days))
    return Reply(outcome, note, percent, days)


def pays_after_message(temper: Temper, chance: Random) -> int:
    """In how many days a borrower pays because of a message; -1 when not because of it."""
    return chance.randint(1, 4) if chance.randrange(PERCENT) < MANNERS[temper].heeds else -1
