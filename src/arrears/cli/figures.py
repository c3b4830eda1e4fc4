"""A day's figures as tables on the terminal, in Chinese or English."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from arrears.cli.screen import Language, number, say, table
from arrears.core.delinquency import BUCKETS
from arrears.core.money import major_text
from arrears.decide.reasons import TREATMENT_WORDS, beside_figures

Row = Mapping[str, Any]
SUMMARY = {
    Language.zh: (
        "在账 {loans:,} 笔，余额 {owed} 元",
        "逾期 {late:,} 笔（占 {late_share}），逾期金额 {overdue} 元",
        "次级、可疑、损失三类 {bad} 元，占余额 {bad_share}",
    ),
    Language.en: (
        "{loans:,} loans, {owed} outstanding",
        "{late:,} overdue ({late_share}), {overdue} overdue",
        "substandard, doubtful and loss: {bad}, {bad_share} of what is outstanding",
    ),
}
BAD = ("substandard", "doubtful", "loss")  # what counts as a non-performing loan
ROLL_WORDS = {"closed": "已结清", "new": "新放款"}

AGEING_HEADS = {
    Language.zh: ("笔数", "逾期笔数", "逾期金额", "未偿余额"),
    Language.en: ("loans", "overdue", "overdue amount", "outstanding"),
}
LIST_HEADS = {
    Language.zh: ("名次", "客户", "动作", "阶段", "天数", "逾期金额", "理由"),
    Language.en: ("rank", "borrower", "treatment", "bucket", "days", "overdue", "why"),
}
CLASS_WORDS = {
    "normal": "正常",
    "special_mention": "关注",
    "substandard": "次级",
    "doubtful": "可疑",
    "loss": "损失",
}


def show_summary(arrears: Sequence[Row], lang: Language) -> None:
    """The day in three lines: how much is overdue, how much is non-performing, and their shares."""
    by_grade = _totals(arrears, "class5")
    loans, late, overdue, owed = (sum(t[n] for t in by_grade.values()) for n in range(4))
    bad = sum(by_grade[grade][3] for grade in BAD)
    amounts = {"overdue": major_text(overdue), "owed": major_text(owed), "bad": major_text(bad)}
    shares = {"late_share": _percent(late, loans), "bad_share": _percent(bad, owed)}
    say()
    for line in SUMMARY[lang]:
        say(line.format(loans=loans, late=late, **amounts, **shares))


def _percent(part: int, whole: int) -> str:
    """A share in percent with two decimals, rounded down; a share of nothing is nothing."""
    return f"{major_text(part * 10_000 // whole if whole else 0)}%"


def show_ageing(arrears: Sequence[Row], lang: Language) -> None:
    """Loans, overdue loans and amounts by bucket and by five-class grade."""
    zh = lang is Language.zh
    heads = AGEING_HEADS[lang]
    for column, order, title, first in (
        ("bucket", BUCKETS, "按逾期阶段" if zh else "By bucket", "阶段" if zh else "bucket"),
        (
            "class5",
            tuple(CLASS_WORDS),
            "按五级分类" if zh else "By five-class grade",
            "分类" if zh else "grade",
        ),
    ):
        totals = _totals(arrears, column)
        rows = [
            (CLASS_WORDS.get(name, name) if zh else name.replace("_", " "), *_line(totals[name]))
            for name in order
            if name in totals
        ]
        everything = [sum(total[n] for total in totals.values()) for n in range(len(heads))]
        rows.append(("合计" if zh else "all", *_line(everything)))
        table(title, (first, *heads), rows)


def _totals(arrears: Iterable[Row], column: str) -> dict[str, list[int]]:
    """Loans, overdue loans, overdue and outstanding minor units per value of a column."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in arrears:
        total = totals[row[column]]
        total[0] += 1
        total[1] += row["dpd"] >= 1
        total[2] += row["overdue_minor"] or 0  # a book of statuses knows no amounts
        total[3] += row["outstanding_minor"] or 0
    return totals


def _line(total: Sequence[int]) -> tuple[str, ...]:
    loans, overdue, *amounts = total
    return (number(loans), number(overdue), *(major_text(minor) for minor in amounts))


def show_roll(roll: Sequence[Row], lang: Language) -> None:
    """How many loans went from which bucket to which since the run before."""
    if not roll:
        return
    zh = lang is Language.zh
    moved = {(r["from_bucket"], r["to_bucket"]): r["loans"] for r in roll}
    befores = _in_order({before for before, _ in moved})
    afters = _in_order({after for _, after in moved})
    day = roll[0]["from_date"]
    title = f"自 {day} 以来各阶段的迁徙（贷款笔数）" if zh else f"Where loans moved since {day}"
    first = "从 \\ 到" if zh else "from \\ to"
    words = ROLL_WORDS if zh else {}
    rows = [
        (words.get(before, before), *(moved.get((before, after)) for after in afters))
        for before in befores
    ]
    table(title, (first, *(words.get(after, after) for after in afters)), rows)


def _in_order(names: Iterable[str]) -> list[str]:
    """Buckets in their order; what is no bucket (new, closed) comes last."""
    return sorted(names, key=lambda n: (BUCKETS.index(n) if n in BUCKETS else len(BUCKETS), n))


def show_list(worklist: Sequence[Row], lang: Language, *, currency: str, first: int) -> None:
    """The first cases of the collection list: who, what to do, and why."""
    zh = lang is Language.zh
    which = 0 if zh else 1
    rows = [
        (
            row["rank"],
            row["borrower_id"],
            TREATMENT_WORDS[row["treatment"]][which],
            row["bucket"],
            row["dpd"],
            "" if row["overdue_minor"] is None else major_text(row["overdue_minor"]),
            "\n".join(beside_figures(row["reasons"], lang=lang.value, currency=currency)),
        )
        for row in worklist[:first]
    ]
    shown, all_of = number(len(rows)), number(len(worklist))
    title = (
        f"催收名单（前{shown}名，共{all_of}名）" if zh else f"The list (first {shown} of {all_of})"
    )
    table(title, LIST_HEADS[lang], rows, sides="lllrrrl")


def show_treatments(worklist: Sequence[Row], lang: Language) -> None:
    """How many cases got which treatment."""
    zh = lang is Language.zh
    counts: dict[str, int] = defaultdict(int)
    for row in worklist:
        counts[row["treatment"]] += 1
    rows = [(words[0 if zh else 1], counts[name]) for name, words in TREATMENT_WORDS.items()]
    title = "今日动作" if zh else "What is proposed today"
    table(title, ("动作", "客户数") if zh else ("treatment", "borrowers"), rows)
