"""The pages of docs/reference that print the rule book: each rule in words, and the cases it is tested by."""

from arrears.rules.cases import decided
from arrears.rules.limit import Limit
from arrears.rules.pack import Pack, load_pack, packs
from arrears.rules.rule import DUTY, Rule
from arrears.rules.verdict import Verdict
from arrears.rules.wording import FACT_NAMES

# Facts that some rule asks for and that the workbench never knows, with what would have to tell it.
NO_PLANS = "plans are not proposed in the workbench yet"
NO_ACT = "is not done in the workbench"
NO_AGENCY = "agencies do not work in it: a register of them, with their contracts and reviews"
NOT_GATHERED = {
    "offered_to_pay": "an outcome of a call that says so, by whoever was called",
    "agency_published": NO_AGENCY,
    "agency_contract": NO_AGENCY,
    "agency_violent": NO_AGENCY,
    "agency_evaluated_date": NO_AGENCY,
    "agency_inspected_date": NO_AGENCY,
    "handover_notice_date": "notices of a hand-over: a feed of those that were sent, or letters of its own",
    "number_checked_date": "a feed with the day on which each number was looked up in the database of "
    "numbers given to someone else; a talk by telephone is none of the ways that the text names",
    "all_in_bps": f"to hand over or to sue {NO_ACT}: what all charges of a loan come to in a year",
    "time_barred": f"to sue {NO_ACT}: the day until which each loan can be sued for, as a lawyer says",
    "credit_consent": f"reporting to the credit register {NO_ACT}: a row of `consents`",
    "negative_notice_date": f"reporting to the credit register {NO_ACT}: notices of it as they were sent",
    "settled_date": f"reporting to the credit register {NO_ACT}: the day on which a loan was paid",
    "product": f"{NO_PLANS}: the kind of product of the loan (`products.kind` tells a card from a loan only)",
    "term_months": f"{NO_PLANS}: the months of the plan",
    "plan_minor": f"{NO_PLANS}: what the plan would spread",
    "cash_instalment": f"{NO_PLANS}: of a card, whether what is owed is a cash advance, for which the book "
    "has no column",
    "instalment_again": f"{NO_PLANS}: of a card, whether what is owed is the rest of a plan already, for "
    "which the book has no column",
    "hardship": f"{NO_PLANS}: an assessment of what the borrower can pay",
    "willing": f"{NO_PLANS}: that the borrower wants to pay, in writing",
    "extension": "answers to complaints are not written in it yet: who extended the time, and why",
    "record_kind": f"to erase single records {NO_ACT}",
    "record_date": f"to erase single records {NO_ACT}",
    "legal_hold": f"to erase single records {NO_ACT}: which are kept for a suit or an inspection",
}
_EFFECT = {
    "refuse": "不满足则拒绝 / refuses",
    "defer": "不满足则延后 / defers",
    "soft": "不满足则须放行 / may be overridden",
    "redirect": "不满足则改联系他人 / someone else instead",
    "duty": "联系时须做到 / a duty",
}


def rule_pages(made: str) -> dict[str, str]:
    """The page of each shipped pack by its path in the repository."""
    return {f"docs/reference/rules-{name}.md": page(load_pack(name), made) for name in packs()}


def page(pack: Pack, made: str) -> str:
    """A pack: its rules with their figures and sources, then its cases as the gate decides them."""
    parts = [
        made,
        f"# Rules: {pack.name}\n",
        f"Version `{pack.version}`; days begin in {pack.zone}. Not legal advice: `verified` says how far the "
        "text of the source was seen (primary, secondary, memory; own = the house's policy).\n",
        "| rule | 规则 | in English | effect | force | source | verified | from | to |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(rule, limit) for rule in pack.rules for limit in rule.limits),
        "\n## Not known, so refused\n",
        "Facts that rules of this pack ask for and that the workbench does not gather: where an answer turns "
        "on one of them it is a refusal that names it. The page of what-if can state them.\n",
        "| fact | 事实 | in English | asked by | what would have to tell it |",
        "|---|---|---|---|---|",
        *(_unknown(fact, rules) for fact, rules in not_gathered(pack).items()),
        "\n## Cases\n",
        "What the gate says of each by this pack alone; the tests hold it to that.\n",
        "| case | 情形 | outcome | because, or duties | earliest (UTC) |",
        "|---|---|---|---|---|",
        *(_case(case.en, case.zh, verdict) for case, verdict in decided(pack.name)),
    ]
    return "\n".join(parts) + "\n"


def not_gathered(pack: Pack) -> dict[str, list[str]]:
    """The rules of a pack that ask for a fact that the workbench does not gather, by that fact."""
    found: dict[str, list[str]] = {}
    for rule in pack.rules:
        for fact in sorted(rule.asks & NOT_GATHERED.keys()) if rule.effect != DUTY else ():
            found.setdefault(fact, []).append(rule.rule_id)
    return found


def _unknown(fact: str, rules: list[str]) -> str:
    zh, en = FACT_NAMES[fact]
    asked = ", ".join(f"`{name}`" for name in rules)
    return f"| `{fact}` | {zh} | {en} | {asked} | {NOT_GATHERED[fact]} |"


def _row(rule: Rule, limit: Limit) -> str:
    zh, en = (rule.text(language, on=limit.span.from_date) for language in ("zh", "en"))
    source = f"{limit.source} {limit.article}".strip()
    until = limit.span.to_date or ""
    cells = (f"`{rule.rule_id}`", zh, en, _EFFECT[rule.effect], limit.force, source, limit.verified)
    return f"| {' | '.join(cells)} | {limit.span.from_date} | {until} |"


def _case(en: str, zh: str, verdict: Verdict) -> str:
    told = verdict.codes or tuple(duty.code for duty in verdict.duties)
    codes = ", ".join(f"`{code}`" for code in told) or "-"
    earliest = f"{verdict.earliest_at:%Y-%m-%d %H:%M}" if verdict.earliest_at else "-"
    instead = f" → {verdict.instead}" if verdict.instead else ""
    return f"| {en} | {zh} | {verdict.outcome.value}{instead} | {codes} | {earliest} |"
