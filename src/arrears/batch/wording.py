"""An explanation in words, Chinese and English: plain lines that a collector can read out."""

from typing import Any

from arrears.core.money import major_text

Told = dict[str, Any]
WORDS: dict[str, tuple[str, str]] = {
    "loan": ("贷款", "Loan"),
    "as_of": ("截至", "as of"),
    "known_on": ("按当时已知", "as known on"),
    "open": ("未结清", "open"),
    "not_opened": ("尚未放款", "not opened yet"),
    "closed": ("已关闭", "closed"),
    "paid_in_full": ("已结清", "paid in full"),
    "unknown": ("近期无状态", "no recent status"),
    "figures": ("数字及其依据", "Figures, and what set each"),
    "schedule": ("还款计划", "Schedule"),
    "payments": ("付款与冲账", "Payments and where they went"),
    "charges": ("罚息与复利", "Penalty and compound interest"),
    "none": ("(无)", "(none)"),
    "dpd": ("逾期天数", "days past due"),
    "counted_dpd": ("计入天数", "counted days"),
    "bucket": ("账龄", "bucket"),
    "class5": ("五级分类", "five-class grade"),
    "oldest_unpaid_date": ("最早未还到期日", "oldest unpaid due date"),
    "overdue_minor": ("逾期金额", "overdue"),
    "overdue_fee_minor": ("其中费用", "of it fees"),
    "overdue_interest_minor": ("其中利息", "of it interest"),
    "overdue_principal_minor": ("其中本金", "of it principal"),
    "penalty_minor": ("罚息", "penalty interest"),
    "compound_minor": ("复利", "compound interest"),
    "outstanding_minor": ("未偿余额", "outstanding"),
    "allocation": ("冲账顺序", "order of allocation"),
    "paid": ("已还", "paid"),
    "overdue": ("逾期", "overdue"),
    "tolerated": ("在容差内", "within tolerance"),
    "due_today": ("今日到期", "due today"),
    "not_due": ("未到期", "not due"),
    "unpaid": ("未还", "unpaid"),
    "covered": ("还清于", "covered on"),
    "principal": ("本金", "principal"),
    "interest": ("利息", "interest"),
    "fee": ("费用", "fee"),
    "waiting": ("待冲", "waiting for the next instalment"),
    "reverses": ("冲正", "reverses"),
    "reversed": ("已被冲正", "reversed"),
    "known": ("获知", "known"),
    "instalment": ("第{}期", "instalment {}"),
    "total": ("合计,四舍五入到分", "total, rounded half up to the cent"),
    "normal": ("正常", "normal"),
    "special_mention": ("关注", "special mention"),
    "substandard": ("次级", "substandard"),
    "doubtful": ("可疑", "doubtful"),
    "loss": ("损失", "loss"),
    "per_instalment": (
        "逐期:先费用、再利息、后本金",
        "instalment by instalment: fee, interest, principal",
    ),
    "fees_first": ("先全部费用、再全部利息、后本金", "all fees, then all interest, then principal"),
    "card_91": (
        "信用卡:逾期90天以内先费用利息后本金,91天起先本金",
        "card: fees and interest first, from day 91 principal first",
    ),
    "as_booked": ("按银行入账拆分", "as the bank booked it"),
    "penalty_word": ("罚息", "penalty"),
    "compound_word": ("复利", "compound"),
}
FIGURES = (
    "dpd",
    "counted_dpd",
    "bucket",
    "class5",
    "oldest_unpaid_date",
    "overdue_minor",
    "overdue_fee_minor",
    "overdue_interest_minor",
    "overdue_principal_minor",
    "penalty_minor",
    "compound_minor",
    "outstanding_minor",
)


def text_of(told: Told, lang: str) -> str:
    """An explanation's plain values (`Explanation.as_json`) as text in `zh` or `en`."""
    say = Speech(0 if lang == "zh" else 1)
    head = f"{say('loan')} {told['loan_id']}  {say('as_of')} {told['as_of']}"
    if told["known_on"]:
        head += f"  {say('known_on')} {told['known_on']}"
    lines = [f"{head}  {told['currency']}  {say(told['state'])}", ""]
    lines += [say("figures"), *say.figures(told), ""]
    lines += [say("schedule"), *(say.instalment(i) for i in told["instalments"]), ""]
    lines += [say("payments"), *say.payments(told), ""]
    lines += [say("charges"), *say.charges(told)]
    return "\n".join(lines)


class Speech:
    """One language's way to say the parts of an explanation."""

    def __init__(self, which: int) -> None:
        self._which = which

    def __call__(self, word: str) -> str:
        return WORDS[word][self._which] if word in WORDS else word

    def figures(self, told: Told) -> list[str]:
        figures = told["figures"]
        if figures is None:
            return [f"  {self('none')}: {self(told['state'])}"]
        lines = []
        for name in FIGURES:
            value = figures[name]
            shown = major_text(value) if name.endswith("_minor") and value is not None else value
            rule = told["rules"].get(name, "")
            reason = f"  ← {rule}" if rule else ""
            lines.append(f"  {self(name)}: {'-' if shown is None else self(str(shown))}{reason}")
        order = told["rules"].get("allocation")
        if order:
            lines.append(f"  {self('allocation')}: {self(order)}")
        return lines

    def instalment(self, line: Told) -> str:
        parts = ", ".join(
            f"{self(part)} {major_text(line[f'{part}_minor'])}"
            for part in ("fee", "interest", "principal")
            if line[f"{part}_minor"]
        )
        text = f"  {line['seq']:>3}  {line['due_date']}  {parts or major_text(0)}  {self(line['state'])}"
        if line["unpaid_minor"] and line["state"] != "not_due":
            text += f"  {self('unpaid')} {major_text(line['unpaid_minor'])}"
        if line["covered_date"]:
            text += f"  {self('covered')} {line['covered_date']}"
        return text

    def payments(self, told: Told) -> list[str]:
        lines = []
        for p in told["payments"]:
            text = f"  {p['value_date']}  {p['payment_id']}  {major_text(p['amount_minor'])}"
            if p["known_date"] != p["value_date"]:
                text += f"  ({self('known')} {p['known_date']})"
            if p["reverses_id"]:
                text += f"  {self('reverses')} {p['reverses_id']}"
            lines.append(text)
            lines += [
                f"        → {a['applied_date']}  {self('instalment').format(a['seq'])} "
                f"{self(a['part'])} {major_text(a['minor'])}"
                for a in p["applied"]
            ]
            if p["waiting_minor"]:
                lines.append(f"        → {self('waiting')} {major_text(p['waiting_minor'])}")
        return lines or [f"  {self('none')}"]

    def charges(self, told: Told) -> list[str]:
        lines = [
            f"  ({c['from_date']}, {c['to_date']}]  {self('principal')} {major_text(c['principal_minor'])}"
            f" → {self('penalty_word')} {c['penalty_exact']}  {self('interest')} "
            f"{major_text(c['interest_minor'])} → {self('compound_word')} {c['compound_exact']}"
            for c in told["charges"]
        ]
        if lines and told["figures"]:
            penalty, compound = (told["figures"][f"{k}_minor"] for k in ("penalty", "compound"))
            lines.append(
                f"  {self('total')}: {self('penalty_word')} {major_text(penalty)}, "
                f"{self('compound_word')} {major_text(compound)}"
            )
        return lines or [f"  {self('none')}"]
