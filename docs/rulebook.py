"""The pages of docs/reference that print the rule book: each rule in words, and the cases it is tested by."""

from arrears.rules.cases import decided
from arrears.rules.limit import Limit
from arrears.rules.pack import Pack, load_pack, packs
from arrears.rules.rule import Rule
from arrears.rules.verdict import Verdict

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
        "\n## Cases\n",
        "What the gate says of each by this pack alone; the tests hold it to that.\n",
        "| case | 情形 | outcome | because, or duties | earliest (UTC) |",
        "|---|---|---|---|---|",
        *(_case(case.en, case.zh, verdict) for case, verdict in decided(pack.name)),
    ]
    return "\n".join(parts) + "\n"


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
