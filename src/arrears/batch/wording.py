"""An explanation in words, Chinese and English: plain lines that a collector can read out."""

from collections.abc import Iterator
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


def text_of(told: Told, lang: str) -> str:
    """An explanation's plain values (`Explanation.as_json`) as text in `zh` or `en`."""
    say = Speech(lang)
    parts = [
        (None, [say.head(told)]),
        ("figures", say.figures(told)),
        ("schedule", say.schedule(told["instalments"])),
        ("payments", say.payments(told["payments"])),
        ("charges", say.charges(told)),
    ]
    blocks = [[*([say(title)] if title else []), *lines] for title, lines in parts if lines]
    return "\n\n".join("\n".join(block) for block in blocks)


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

    def figures(self, told: Told) -> list[str]:
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
        return [*columns(rows, "lrl"), *columns(notes, "ll")]

    def source(self, source: str) -> str:
        """What a rule rests on: a law by its name, or a page of ours by its path."""
        return words.LAWS[source][self._which] if source in words.LAWS else source

    def _figure(self, name: str, value: Any) -> str:
        if name.endswith("_minor"):
            return major_text(value)
        if name in ("dpd", "counted_dpd"):
            return self("days_shown").format(value)
        return self(value) if value in words.WORDS else str(value)

    def schedule(self, instalments: list[Told]) -> list[str]:
        """A line for each instalment."""
        if not instalments:
            return []
        heads = [self(name) for name in ("seq", "due", *PARTS, "unpaid", "where_it_stands")]
        rows = [
            [
                str(i["seq"]),
                i["due_date"],
                *(major_text(i[f"{part}_minor"]) for part in PARTS),
                major_text(i["unpaid_minor"]) if i["state"] != "not_due" else "",
                self._standing(i),
            ]
            for i in instalments
        ]
        return columns([heads, *rows], "rlrrrrl")

    def _standing(self, i: Told) -> str:
        late = i["state"] == "paid" and (i["covered_date"] or "") > i["due_date"]
        return self("paid_late").format(i["covered_date"]) if late else self(i["state"])

    def payments(self, payments: list[Told]) -> list[str]:
        """A line for each payment, and where it went."""
        undone_by = {p["reverses_id"]: p for p in payments if p["reverses_id"]}
        rows = [
            [
                p["value_date"],
                p["payment_id"],
                major_text(p["amount_minor"]),
                self("then").join(self._went(p, undone_by.get(p["payment_id"]))),
            ]
            for p in payments
        ]
        if not rows:
            return []
        heads = [self(name) for name in ("value_date", "payment", "amount", "where_it_went")]
        return columns([heads, *rows], "llrl")

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

    def charges(self, told: Told) -> list[str]:
        """A line for each span of days at one rate, and what they come to."""
        if not told["charges"]:
            return []
        heads = [self(n) for n in ("after", "upto", "days", "principal", "rate", "penalty")]
        heads += [self(n) for n in ("interest", "rate", "compound")]
        rows = [
            [
                c["from_date"],
                c["to_date"],
                str(c["days"]),
                major_text(c["principal_minor"]),
                rate(c["penalty_bps"]),
                exact(Decimal(c["penalty_exact"])),
                major_text(c["interest_minor"]),
                rate(c["compound_bps"]),
                exact(Decimal(c["compound_exact"])),
            ]
            for c in told["charges"]
        ]
        kinds = ("penalty", "compound")
        sums = [sum(Decimal(c[f"{kind}_exact"]) for c in told["charges"]) for kind in kinds]
        rows.append([self("total"), "", "", "", "", exact(sums[0]), "", "", exact(sums[1])])
        if told["figures"]:
            penalty, compound = (major_text(told["figures"][f"{kind}_minor"]) for kind in kinds)
            rows.append([self("rounded"), "", "", "", "", penalty, "", "", compound])
        return columns([heads, *rows], "llrrrrrrr")


def rate(bps: int) -> str:
    """Basis points as a yearly rate in percent."""
    return f"{major_text(bps)}%"


def exact(minor: Decimal | int) -> str:
    """Minor units with decimals as major units, to four places.

    Rounds: half up, for the eye only.
    """
    return f"{Decimal(minor).scaleb(-MINOR_DIGITS).quantize(SHOWN, ROUND_HALF_UP):,}"
