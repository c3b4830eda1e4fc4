"""A day's figures as tables on the terminal, in Chinese or English."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from arrears.cli.screen import Language, number, table
from arrears.core.delinquency import BUCKETS
from arrears.core.money import major_text
from arrears.decide.reasons import TREATMENT_WORDS, sentence

Row = Mapping[str, Any]

AGEING_HEADS = {
    Language.zh: ("户数", "逾期户数", "逾期金额", "未偿余额"),
    Language.en: ("loans", "overdue", "overdue amount", "outstanding"),
}
CLASS_WORDS = {
    "normal": "正常",
    "special_mention": "关注",
    "substandard": "次级",
    "doubtful": "可疑",
    "loss": "损失",
}


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
    title = f"自{day}以来的迁徙(户数)" if zh else f"Where loans moved since {day}"
    first = "从 \\ 到" if zh else "from \\ to"
    rows = [(before, *(moved.get((before, after)) for after in afters)) for before in befores]
    table(title, (first, *afters), rows)


def _in_order(names: Iterable[str]) -> list[str]:
    """Buckets in their order; what is no bucket (new, closed) comes last."""
    return sorted(names, key=lambda n: (BUCKETS.index(n) if n in BUCKETS else len(BUCKETS), n))


def show_list(worklist: Sequence[Row], lang: Language, *, currency: str, first: int) -> None:
    """The first cases of the collection list: who, what to do, and why."""
    zh = lang is Language.zh
    which = 0 if zh else 1
    heads = ("名次", "客户", "动作", "理由") if zh else ("rank", "borrower", "treatment", "reasons")
    rows = [
        (
            row["rank"],
            row["borrower_id"],
            TREATMENT_WORDS[row["treatment"]][which],
            sentence(
                row["reasons"], treatment=row["treatment"], lang=lang.value, currency=currency
            ),
        )
        for row in worklist[:first]
    ]
    shown, all_of = number(len(rows)), number(len(worklist))
    title = f"催收名单(前{shown}名,共{all_of}名)" if zh else f"The list (first {shown} of {all_of})"
    table(title, heads, rows, left=4)


def show_treatments(worklist: Sequence[Row], lang: Language) -> None:
    """How many cases got which treatment."""
    zh = lang is Language.zh
    counts: dict[str, int] = defaultdict(int)
    for row in worklist:
        counts[row["treatment"]] += 1
    rows = [(words[0 if zh else 1], counts[name]) for name, words in TREATMENT_WORDS.items()]
    title = "今日动作" if zh else "What is proposed today"
    table(title, ("动作", "客户数") if zh else ("treatment", "borrowers"), rows)
