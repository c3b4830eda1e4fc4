"""The rules of the first cut as data; their figures, days and sources stand in limits.toml."""

from arrears.rules.condition import AtLeast, Below, IsSo, Lacks, OneOf, Only, Where, Within
from arrears.rules.rule import DEFER, Rule

# Asked of a rule that is about some purposes only, which its limit names.
FOR_PURPOSE = OneOf("purpose", "purposes")

STATE_SAYS = (
    "只有案件处于以下状态才可{purposes}：{states}",
    "Contact to {purposes} only while the case is: {states}",
)
STATE_AGAINST = (
    "案件状态为“{case_state}”，不得{purpose}",
    "The case is {case_state}: no contact to {purpose}",
)

RULES = (
    Rule(
        "cn_purpose",
        "purpose",
        FOR_PURPOSE,
        says=("只可为以下目的联系：{purposes}", "Contact only in order to: {purposes}"),
        against=(
            "没有规则准许以“{purpose}”为目的的联系",
            "No rule allows contact for the purpose {purpose}",
        ),
    ),
    Rule(
        "cn_channel",
        "channel",
        OneOf("channel", "channels"),
        says=("只可使用以下方式：{channels}", "Contact only by: {channels}"),
        against=("没有规则准许用“{channel}”联系", "No rule allows contact by {channel}"),
    ),
    Rule(
        "cn_role",
        "role",
        OneOf("role", "roles"),
        says=("只可联系：{roles}", "Contact only: {roles}"),
        against=(
            "被联系人是{role}，不对债务负责，不得联系",
            "The person reached is {role} and does not answer for the debt",
        ),
    ),
    Rule(
        "cn_source",
        "point_source",
        OneOf("point_source", "sources"),
        says=(
            "联系方式只可来自：{sources}",
            "A contact point must come from one of: {sources}",
        ),
        against=(
            "联系方式来自“{point_source}”，不是合法来源",
            "The contact point comes from {point_source}, which is no lawful source",
        ),
    ),
    Rule(
        "cn_point",
        "point_invalid",
        IsSo("point_valid"),
        says=(
            "标为错误或对方拒绝使用的联系方式不得再用",
            "A contact point that is wrong, or whose owner opted out, is not used again",
        ),
        against=(
            "联系方式已标为错误，或对方已拒绝使用",
            "The contact point is marked wrong, or its owner opted out",
        ),
    ),
    Rule(
        "cn_hold",
        "hold",
        Only("harmless"),
        says=(
            "有暂停或限制时不得联系（{harmless}除外，另有规则）",
            "No contact while a hold is in force (but for {harmless}, which has its own rule)",
        ),
        against=("现有暂停或限制：{holds}", "In force: {holds}"),
    ),
    Rule(
        "cn_plan",
        "plan_active",
        Where(FOR_PURPOSE, Lacks("kinds")),
        says=("{kinds}有效期间不得{purposes}", "No contact to {purposes} while in force: {kinds}"),
        against=(
            "还款计划有效，不得{purpose}",
            "A repayment plan is in force: no contact to {purpose}",
        ),
    ),
    Rule(
        "cn_collect_state",
        "case_state",
        Where(FOR_PURPOSE, OneOf("case_state", "states")),
        says=STATE_SAYS,
        against=STATE_AGAINST,
    ),
    Rule(
        "cn_remind_state",
        "case_state",
        Where(FOR_PURPOSE, OneOf("case_state", "states")),
        says=STATE_SAYS,
        against=STATE_AGAINST,
    ),
    Rule(
        "cn_overdue",
        "nothing_overdue",
        Where(FOR_PURPOSE, AtLeast("overdue_minor", "least_minor")),
        says=("没有逾期不得{purposes}", "Contact to {purposes} only while something is overdue"),
        against=("没有逾期金额，不得催收", "Nothing is overdue: there is nothing to collect"),
    ),
    Rule(
        "cn_window",
        "window",
        Within(),
        says=(
            "仅可在借款人当地 {opens}–{closes} 联系",
            "Contact only from {opens} to {closes} on the borrower's clock",
        ),
        against=(
            "现在是借款人当地 {now}，{opens}–{closes} 以外不得联系",
            "It is {now} for the borrower; contact only from {opens} to {closes}",
        ),
        effect=DEFER,
    ),
    Rule(
        "cn_daily_cap",
        "daily_cap",
        Below("attempts_today", "most"),
        says=(
            "每位借款人每个当地日最多联系 {most} 次，未接通的也计入",
            "At most {most} attempted contacts per borrower and local day, answered or not",
        ),
        against=(
            "今天已联系 {attempts_today} 次，每日最多 {most} 次",
            "{attempts_today} contacts were attempted today; at most {most} a day",
        ),
        effect=DEFER,
    ),
)
