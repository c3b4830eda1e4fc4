"""An explanation in words, Chinese and English: tables that a page shows and a terminal prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

from arrears.batch import words
from arrears.batch.page import columns
from arrears.core.money import MINOR_DIGITS, major_text

Told = dict[str, Any]
FIGURES = (
    "dpd",
    "counted_dpd",
    "bucket",
    "class5",
    "overdue_minor",
    "overdue_fee_minor",
    "overdue_interest_minor",
    "overdue_principal_minor",
    "penalty_minor",
    "compound_minor",
    "outstanding_minor",
)
PARTS = ("fee", "interest", "principal")
SHOWN = Decimal("0.0001")  # of a charge before it is rounded


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of an explanation, ready to be read.

    Shapes: as many heads (or none) and cells as `sides` has letters: `l` words, `r` figures; the last
    `sums` rows are totals; `notes` are a mark and what it stands for.
    """

    name: str  # figures, schedule, payments, charges
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sides: str
    sums: int = 0
    notes: tuple[tuple[str, str], ...] = ()

    def lines(self) -> list[str]:
        """The table as plain text under its title."""
        rows = [*([self.heads] if self.heads else []), *self.rows]
        return [self.title, *columns(rows, self.sides), *(columns(self.notes, "ll"))]


def text_of(told: Told, lang: str) -> str:
    """An explanation's plain values (`Explanation.as_json`) as text in `zh` or `en`."""
    head, sheets = sheets_of(told, lang)
    return "\n\n".join([head, *("\n".join(sheet.lines()) for sheet in sheets)])


def sheets_of(told: Told, lang: str) -> tuple[str, list[Sheet]]:
    """An explanation's plain values as a line of heading and its tables, in `zh` or `en`."""
    say = Speech(lang)
    sheets = [
        say.figures(told),
        say.schedule(told["instalments"]),
        say.payments(told["payments"]),
        say.charges(told),
    ]
    return say.head(told), [sheet for sheet in sheets if sheet.rows]


class Speech:
    """One language's way to say the parts of an explanation."""

    def __init__(self, lang: str) -> None:
        self._which = words.LANGUAGES.index(lang)

    def __call__(self, word: str) -> str:
        return words.WORDS[word][self._which]

    def head(self, told: Told) -> str:
        """Which loan, on which day, as known when, in which currency."""
        known = self("known_on").format(told["known_on"]) if told["known_on"] else ""
        product = told["conventions"]["product"]
        named = f"{told['loan_id']} ({product})" if product else told["loan_id"]
        day = self("as_of").format(told["as_of"])
        parts = (f"{self('loan')} {named}", day, known, told["currency"], self(told["state"]))
        return "  ".join(part for part in parts if part)

    def rule(self, because: Told) -> str:
        """The sentence of a rule with its values in it."""
        shown = {name: self._value(name, value) for name, value in because.items()}
        phrases = {name: text.format(**shown) for name, text in shown.items()}
        return words.SENTENCES[because["code"]][self._which].format(**phrases)

    def _value(self, name: str, value: Any) -> str:
        if name in words.PHRASES:
            return words.PHRASES[name][value][self._which]
        if name.endswith("_minor"):
            return major_text(value)
        if name.endswith("_bps") and value is not None:
            return rate(value)
        return self(value) if value in words.WORDS else str(value)

    def _sheet(
        self, name: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], sides: str
    ) -> Sheet:
        return Sheet(name, self(name), tuple(map(self, heads)), tuple(rows), sides)

    def figures(self, told: Told) -> Sheet:
        """Each figure with the rule that set it; beneath them what the rules rest on."""
        figures, rules = told["figures"], told["rules"]
        told_in = [name for name in (*FIGURES, "allocation", "state") if name in rules]
        sources = list(dict.fromkeys(rules[name]["source"] for name in told_in))

        def reason(name: str) -> str:
            if name not in rules:
                return ""
            return f"{self.rule(rules[name])} [{sources.index(rules[name]['source']) + 1}]"

        if figures is None:
            rows = [(self(told["state"]), "", reason("state"))]
        else:
            rows = [
                (self(name), self._figure(name, figures[name]), reason(name))
                for name in FIGURES
                if figures[name] is not None
            ]
        if "allocation" in rules:
            rows.append((self("allocation"), "", reason("allocation")))
        notes = [(f"[{n}]", self.source(source)) for n, source in enumerate(sources, start=1)]
        return replace(self._sheet("figures", (), rows, "lrl"), notes=tuple(notes))

    def source(self, source: str) -> str:
        """What a rule rests on: a law by its name, or a page of ours by its path."""
        return words.LAWS[source][self._which] if source in words.LAWS else source

    def _figure(self, name: str, value: Any) -> str:
        if name.endswith("_minor"):
            return major_text(value)
        if name in ("dpd", "counted_dpd"):
            return self("days_shown").format(value)
        return self(value) if value in words.WORDS else str(value)

    def schedule(self, instalments: list[Told]) -> Sheet:
        """A line for each instalment."""
        rows = [
            (
                str(i["seq"]),
                i["due_date"],
                *(major_text(i[f"{part}_minor"]) for part in PARTS),
                major_text(i["unpaid_minor"]) if i["state"] != "not_due" else "",
                self._standing(i),
            )
            for i in instalments
        ]
        heads = ("seq", "due", *PARTS, "unpaid", "where_it_stands")
        return self._sheet("schedule", heads, rows, "rlrrrrl")

    def _standing(self, i: Told) -> str:
        late = i["state"] == "paid" and (i["covered_date"] or "") > i["due_date"]
        return self("paid_late").format(i["covered_date"]) if late else self(i["state"])

    def payments(self, payments: list[Told]) -> Sheet:
        """A line for each payment, and where it went."""
        undone_by = {p["reverses_id"]: p for p in payments if p["reverses_id"]}
        rows = [
            (
                p["value_date"],
                p["payment_id"],
                major_text(p["amount_minor"]),
                self("then").join(self._went(p, undone_by.get(p["payment_id"]))),
            )
            for p in payments
        ]
        heads = ("value_date", "payment", "amount", "where_it_went")
        return self._sheet("payments", heads, rows, "llrl")

    def _went(self, p: Told, undone_by: Told | None) -> Iterator[str]:
        """What is to be said of a payment, one thing after the other."""
        if p["known_date"] != p["value_date"]:
            yield self("known").format(p["known_date"])
        if p["reverses_id"]:
            yield self("reverses").format(p["reverses_id"])
        if undone_by:
            yield self("reversed").format(undone_by["payment_id"], undone_by["value_date"])
        if p["turned_dpd"] is not None:
            yield self("turned").format(p["turned_dpd"])
        for (day, seq), parts in groupby(p["applied"], key=lambda a: (a["applied_date"], a["seq"])):
            paid = self("and").join(f"{self(a['part'])} {major_text(a['minor'])}" for a in parts)
            text = f"{self('instalment').format(seq)} {paid}"
            yield text if day == p["value_date"] else self("used_on").format(day, text)
        if p["waiting_minor"]:
            yield self("waiting").format(major_text(p["waiting_minor"]))

    def charges(self, told: Told) -> Sheet:
        """A line for each span of days at one rate, and what they come to."""
        after, on_interest = ("after", "upto", "days"), ("interest", "rate", "compound")
        heads = (*after, "principal", "rate", "penalty", *on_interest)
        rows = [
            (
                c["from_date"],
                c["to_date"],
                str(c["days"]),
                major_text(c["principal_minor"]),
                rate(c["penalty_bps"]),
                exact(Decimal(c["penalty_exact"])),
                major_text(c["interest_minor"]),
                rate(c["compound_bps"]),
                exact(Decimal(c["compound_exact"])),
            )
            for c in told["charges"]
        ]
        sums = self._sums(told) if rows else []
        return replace(self._sheet("charges", heads, [*rows, *sums], "llrrrrrrr"), sums=len(sums))

    def _sums(self, told: Told) -> list[tuple[str, ...]]:
        """What the charges come to, exactly and rounded."""
        kinds = ("penalty", "compound")
        exactly = [sum(Decimal(c[f"{kind}_exact"]) for c in told["charges"]) for kind in kinds]
        rows: list[tuple[str, ...]] = [
            (self("total"), "", "", "", "", exact(exactly[0]), "", "", exact(exactly[1]))
        ]
        if told["figures"]:
            penalty, compound = (major_text(told["figures"][f"{kind}_minor"]) for kind in kinds)
            rows.append((self("rounded"), "", "", "", "", penalty, "", "", compound))
        return rows


def rate(bps: int) -> str:
    """Basis points as a yearly rate in percent."""
    return f"{major_text(bps)}%"


def exact(minor: Decimal | int) -> str:
    """Minor units with decimals as major units, to four places.

    Rounds: half up, for the eye only.
    """
    return f"{Decimal(minor).scaleb(-MINOR_DIGITS).quantize(SHOWN, ROUND_HALF_UP):,}"
