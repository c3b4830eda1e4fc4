"""Why a case stands where it stands: codes for programs, one sentence in Chinese or English."""

from arrears.core.case import NEVER
from arrears.core.money import spoken
from arrears.decide.condition import Facts

Words = tuple[str, str]  # Chinese, English

TREATMENT_WORDS: dict[str, Words] = {
    "none": ("今日不联系", "no contact today"),
    "remind": ("还款提醒", "remind"),
    "message": ("发短信", "send a message"),
    "courtesy": ("关怀电话", "courtesy call"),
    "letter": ("寄送信函", "send a letter"),
    "call": ("电话联系", "call"),
    "propose_visit": ("提请上门", "propose a visit"),
    "propose_legal": ("提请法律途径", "propose legal action"),
    "hold": ("暂停催收", "hold"),
}

# The reason of a rule: what a table's `because` may say.
WHY: dict[str, Words] = {
    "no_contact": ("客户已要求停止联系", "the borrower asked not to be contacted"),
    "bereavement": ("客户家中有丧事", "there was a death in the family"),
    "bankruptcy": ("已进入破产程序", "bankruptcy proceedings are open"),
    "represented": ("由代理人代为处理", "a representative acts for the borrower"),
    "complaint": ("投诉处理中", "a complaint is open"),
    "dispute": ("对债务有异议，核实中", "the debt is disputed and being checked"),
    "plan": ("还款计划履行中", "a repayment plan is running"),
    "legal": ("已进入法律程序", "legal proceedings are running"),
    "pause": ("暂停计天期内", "the clock is paused"),
    "recent": ("近期已联系", "contacted recently"),
    "hardship": ("客户有困难，宜协商还款计划", "hardship: offer a repayment plan"),
    "vulnerable": ("客户需特别关照", "the borrower needs particular care"),
    "promise_broken": ("承诺未兑现", "a promise was not kept"),
    "grace": ("宽限期内", "within the grace period"),
    "small": ("金额较小", "a small amount"),
    "early": ("逾期初期", "early arrears"),
    "late": ("M1后期，将转入M2", "soon to reach M2"),
    "middle": ("逾期中期", "arrears of the middle stage"),
    "large": ("金额较大", "a large amount"),
    "long": ("逾期较久", "long arrears"),
    "company": ("企业客户", "a company"),
    "other": ("其他情形", "any other case"),
}

FLAG_WORDS: dict[str, Words] = {
    "pause": ("暂停计天", "clock paused"),
    "complaint": ("投诉", "complaint"),
    "dispute": ("异议", "dispute"),
    "hardship": ("困难", "hardship"),
    "vulnerable": ("需关照", "vulnerable"),
    "bereavement": ("丧事", "bereavement"),
    "bankruptcy": ("破产", "bankruptcy"),
    "represented": ("有代理人", "represented"),
    "no_contact": ("停止联系", "no contact"),
    "plan": ("还款计划", "plan"),
    "legal": ("法律程序", "legal"),
}

# Every code that follows the rule, with `{}` for its value.
FACT_WORDS: dict[str, Words] = {
    "bucket": ("{}", "{}"),
    "dpd": ("逾期{}天", "{} days past due"),
    "counted": ("计入{}天", "{} days counted"),
    "overdue": ("欠款{}", "{} overdue"),
    "loans": ("{}笔贷款逾期", "{} loans overdue"),
    "company": ("企业客户", "a company"),
    "promise_broken": ("今日到期的承诺未兑现", "a promise ended unkept today"),
    "never_contacted": ("从未联系", "never contacted"),
    "contacted": ("{}天前联系过", "contacted {} days ago"),
    "flags": ("标记：{}", "flags: {}"),
}

LANGUAGES = ("zh", "en")


def reason_codes(rule: str, because: str, facts: Facts) -> str:
    """The rule and the figures that a case shows, such as `rule=r07;why=late;bucket=M1;…`.

    `compile.Compiled.reasons` is the same in SQL.
    """
    codes = [f"rule={rule}", f"why={because}", f"bucket={facts['bucket']}", f"dpd={facts['dpd']}"]
    if facts["counted_dpd"] != facts["dpd"]:
        codes.append(f"counted={facts['counted_dpd']}")
    codes.append(f"overdue={facts['overdue_minor']}")
    if isinstance(loans := facts["loans_overdue"], int) and loans > 1:
        codes.append(f"loans={loans}")
    if facts["borrower_kind"] == "company":
        codes.append("company")
    if facts["promise_broken_today"] == 1:
        codes.append("promise_broken")
    since = facts["days_since_contact"]
    codes.append("never_contacted" if since == NEVER else f"contacted={since}")
    if facts["flags"] != "":
        codes.append(f"flags={facts['flags']}")
    return ";".join(codes)


def sentence(reasons: str, *, treatment: str, lang: str, currency: str = "CNY") -> str:
    """The codes and the treatment as one sentence a person can read, in `zh` or `en`."""
    rule, why, facts = _said(reasons, lang, currency)
    done = TREATMENT_WORDS[treatment][LANGUAGES.index(lang)]
    if lang == "zh":
        return f"{'，'.join(facts)}；按规则 {rule}（{why}）建议：{done}"
    return f"{', '.join(facts)}; rule {rule} ({why}) suggests: {done}"


def beside_figures(reasons: str, *, lang: str, currency: str = "CNY") -> tuple[str, str]:
    """Why, and what else is particular: two clauses beside treatment, bucket, days and amount."""
    codes = reasons.split(";")
    particular = [c for c in codes if c.partition("=")[0] not in ("bucket", "dpd", "overdue")]
    rule, why, facts = _said(";".join(particular), lang, currency)
    if lang == "zh":
        return f"{why}（{rule}）", "，".join(facts)
    return f"{why} ({rule})", ", ".join(facts)


def _said(reasons: str, lang: str, currency: str) -> tuple[str, str, list[str]]:
    """The rule, why it was taken, and each other code in words."""
    which = LANGUAGES.index(lang)
    codes = dict(code.partition("=")[::2] for code in reasons.split(";"))
    rule, why = codes.pop("rule"), WHY[codes.pop("why")][which]
    facts = [
        FACT_WORDS[code][which].format(_value(code, value, which, currency))
        for code, value in codes.items()
    ]
    return rule, why, facts


def _value(code: str, value: str, which: int, currency: str) -> str:
    """The value of a code as people write it."""
    if code == "overdue":
        return spoken(int(value), currency, LANGUAGES[which])
    if code == "flags":
        return ("、", ", ")[which].join(FLAG_WORDS[flag][which] for flag in value.split(" "))
    return value
