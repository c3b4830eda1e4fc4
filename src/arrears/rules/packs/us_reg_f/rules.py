"""The rules of the pack as data; their figures, days and sources stand in limits.toml."""

from arrears.rules.calendar import FewIn, Recent, Since, Within
from arrears.rules.condition import Below, IsSo, Lacks, OneOf
from arrears.rules.logic import Not
from arrears.rules.rule import DEFER, DUTY, REDIRECT, Rule

BY_CHANNEL = OneOf("channel", "channels")
IN_ROLE = OneOf("role", "roles")
FOR_PURPOSE = OneOf("purpose", "purposes")
AGREED = Not(Lacks("agreements", "agreed"))
HELD = ("现有暂停或限制：{found}", "In force: {found}")

RULES = (
    Rule(
        "us_hours",
        "window",
        Within(),
        effect=DEFER,
        says=(
            "仅可在消费者当地 {opens} 至 {closes}（含）联系",
            "Contact only from {opens} to {closes}, that minute included, on the consumer's clock",
        ),
        against=(
            "现在是消费者当地 {now}，{opens}–{closes} 以外不得联系",
            "It is {now} for the consumer; contact only from {opens} to {closes}",
        ),
    ),
    Rule(
        "us_inconvenient",
        "inconvenient",
        Not(IsSo("inconvenient")),
        says=(
            "已知消费者不便的时间和地点不得联系",
            "No contact at a time or place known to be inconvenient",
        ),
        against=(
            "消费者已表示此时此地不便",
            "The consumer said that this time or place does not suit",
        ),
    ),
    Rule(
        "us_employer",
        "employer_forbids",
        Not(IsSo("employer_forbids")),
        when=OneOf("place", "places"),
        says=(
            "已知雇主禁止时，不得在{places}联系",
            "No contact at: {places}, where the employer is known to forbid it",
        ),
        against=("雇主禁止在工作单位联系", "The employer forbids contact at work"),
    ),
    Rule(
        "us_attorney",
        "represented",
        Lacks("holds", "kinds"),
        when=Not(IN_ROLE),
        effect=REDIRECT,
        instead="attorney",
        says=("{kinds}的，只可联系{roles}", "Where in force: {kinds}, contact {roles} only"),
        against=("消费者已委托律师", "The consumer is represented by an attorney"),
    ),
    Rule(
        "us_cease",
        "no_contact",
        Lacks("holds", "kinds"),
        when=Not(FOR_PURPOSE),
        says=(
            "{kinds}有效期间不得联系，{purposes}除外",
            "No contact while in force: {kinds}; but to {purposes}",
        ),
        against=HELD,
    ),
    Rule(
        "us_dispute",
        "hold",
        Lacks("holds", "kinds"),
        when=FOR_PURPOSE,
        says=(
            "{kinds}核实完毕前不得{purposes}",
            "No contact to {purposes} while in force: {kinds}, until verification is sent",
        ),
        against=HELD,
    ),
    Rule(
        "us_third_person",
        "role",
        IN_ROLE,
        when=IsSo("discloses_debt"),
        says=(
            "不得向{roles}以外的人透露债务",
            "The debt is told to nobody but: {roles}",
        ),
        against=(
            "不得向{role}透露债务",
            "The debt must not be told to {role}",
        ),
    ),
    Rule(
        "us_location",
        "located_before",
        Below("located_before", "most"),
        when=FOR_PURPOSE,
        says=(
            "为{purposes}向同一人只可联系 {most} 次",
            "To {purposes}, the same person is contacted {most} time",
        ),
        against=(
            "已向此人打听过 {located_before} 次",
            "This person was asked {located_before} time(s) before",
        ),
    ),
    Rule(
        "us_call_cap",
        "rolling_cap",
        FewIn("call_dates", "most", "days"),
        when=BY_CHANNEL,
        unless=AGREED,
        effect=DEFER,
        says=(
            "同一债务 {days} 天内最多拨打 {most} 次",
            "At most {most} calls about one debt in {days} consecutive days",
        ),
        against=(
            "最近 {days} 天内已拨打 {most} 次",
            "{most} calls were placed in the last {days} days",
        ),
    ),
    Rule(
        "us_talk",
        "cool_down",
        Since("last_talk_date", "least_days"),
        when=BY_CHANNEL,
        unless=AGREED,
        effect=DEFER,
        says=(
            "通话当日算起 {least_days} 天内不得再拨",
            "No call within {least_days} days of a talk, the day of the talk being the first",
        ),
        against=(
            "上次通话为 {last_talk_date}，未满 {least_days} 天",
            "The last talk was on {last_talk_date}, less than {least_days} days ago",
        ),
    ),
    Rule(
        "us_number_check",
        "number_unchecked",
        Recent("number_checked_date", "most_days"),
        when=BY_CHANNEL,
        says=(
            "发送{channels}前 {most_days} 天内须核验号码未转给他人",
            "By {channels} only to a number checked within {most_days} days not to be someone else's",
        ),
        against=(
            "号码上次核验为 {number_checked_date}，已超过 {most_days} 天",
            "The number was last checked on {number_checked_date}, more than {most_days} days ago",
        ),
    ),
    Rule(
        "us_demand",
        "false_threat",
        Lacks("text_classes", "classes"),
        says=("不得有：{classes}", "Nothing of this kind: {classes}"),
        against=("内容中有：{found}", "It contains: {found}"),
        when=BY_CHANNEL,
    ),
    Rule(
        "us_optout",
        "opt_out",
        IsSo("optout_offered"),
        when=BY_CHANNEL,
        effect=DUTY,
        says=(
            "每条{channels}须提供简便的退订方式",
            "Every {channels} offers a simple way to opt out",
        ),
        against=("附上退订方式", "Offer a simple way to opt out"),
    ),
    Rule(
        "us_disclosure",
        "disclosure",
        IsSo("told_debt_collector"),
        effect=DUTY,
        says=(
            "须声明联系来自催收机构",
            "Every communication says that it is from a debt collector",
        ),
        against=("声明本次联系来自催收机构", "Say that this is from a debt collector"),
    ),
    Rule(
        "us_validation",
        "validation",
        IsSo("validation_sent"),
        effect=DUTY,
        says=(
            "首次联系时或其后 {days} 天内须发送债务确认书",
            "Validation information goes out with the first communication or within {days} days",
        ),
        against=(
            "{days} 天内发送债务确认书",
            "Send the validation information within {days} days",
        ),
    ),
    Rule(
        "us_time_barred",
        "time_barred",
        Not(IsSo("time_barred")),
        acts=("sue",),
        says=("已过时效的债务不得起诉", "No suit on a debt whose time has run out"),
        against=("该债务已过时效", "The time to sue for this debt has run out"),
    ),
)
