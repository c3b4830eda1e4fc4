"""Who may be contacted what for, by which contact point, and while what is in force."""

from arrears.rules.calendar import Since
from arrears.rules.condition import AtLeast, IsSo, Lacks, OneOf, Only
from arrears.rules.logic import All, AnyOf, Not
from arrears.rules.packs.cn.words import (
    FOR_PURPOSE,
    HELD,
    IN_ROLE,
    STATE_AGAINST,
    STATE_SAYS,
)
from arrears.rules.rule import REDIRECT, Rule

LOST = AnyOf(
    (
        IsSo("number_invalid"),
        All((AtLeast("failed_in_a_row", "failures"), Since("last_failed_date", "wait_days"))),
        AtLeast("unreached_days", "days"),
        OneOf("debtor_state", "gone"),
    )
)

RULES = (
    Rule(
        "cn_purpose",
        "purpose",
        OneOf("purpose", "purposes", strange=False),
        says=("只可为以下目的联系：{purposes}", "Contact only in order to: {purposes}"),
        against=(
            "没有规则准许以“{purpose}”为目的的联系",
            "No rule allows contact for the purpose {purpose}",
        ),
    ),
    Rule(
        "cn_channel",
        "channel",
        OneOf("channel", "channels", strange=False),
        says=("只可使用以下方式：{channels}", "Contact only by: {channels}"),
        against=("没有规则准许用“{channel}”联系", "No rule allows contact by {channel}"),
    ),
    Rule(
        "cn_role",
        "role",
        AnyOf((IN_ROLE, All((OneOf("borrower_kind", "kinds"), OneOf("role", "organs"))))),
        when=FOR_PURPOSE,
        says=(
            "{purposes}只可针对：{roles}；借款人为{kinds}的，还可联系{organs}",
            "To {purposes}, contact only: {roles}; where the borrower is {kinds}, {organs} too",
        ),
        against=(
            "被联系人是{role}，不对债务负责，不得{purpose}",
            "The person reached is {role} and does not answer for the debt: no contact to {purpose}",
        ),
    ),
    Rule(
        "cn_role_service",
        "role",
        AnyOf((IN_ROLE, All((OneOf("borrower_kind", "kinds"), OneOf("role", "organs"))))),
        when=FOR_PURPOSE,
        says=(
            "为{purposes}而联系，只可针对：{roles}；借款人为{kinds}的，还可联系{organs}",
            "To {purposes}, contact only: {roles}; where the borrower is {kinds}, {organs} too",
        ),
        against=(
            "被联系人是{role}，不得为{purpose}联系",
            "The person reached is {role}: no contact to {purpose}",
        ),
    ),
    Rule(
        "cn_liable",
        "liability",
        IsSo("liable"),
        when=All((FOR_PURPOSE, IN_ROLE)),
        says=(
            "向{roles}{purposes}，须有其承担责任的书面依据",
            "To {purposes} from {roles}, a document must prove that the person is liable",
        ),
        against=(
            "没有{role}承担责任的依据，不得{purpose}",
            "Nothing proves that {role} is liable: no contact to {purpose}",
        ),
    ),
    Rule(
        "cn_attorney",
        "not_represented",
        IsSo("represented"),
        when=IN_ROLE,
        says=(
            "只有借款人委托代理期间，才可联系{roles}",
            "Contact {roles} only while they act for the borrower",
        ),
        against=(
            "借款人没有委托代理人，不得联系{role}",
            "Nobody acts for the borrower: no contact with {role}",
        ),
    ),
    Rule(
        "cn_third_purpose",
        "third_person",
        FOR_PURPOSE,
        when=IN_ROLE,
        says=("联系{roles}只可为：{purposes}", "Contact {roles} only in order to: {purposes}"),
        against=(
            "{role}与债务无关，不得向其{purpose}",
            "{role} has nothing to do with the debt: no contact to {purpose}",
        ),
    ),
    Rule(
        "cn_lost",
        "not_lost",
        LOST,
        when=FOR_PURPOSE,
        says=(
            "只有借款人失联才可{purposes}：号码均无效，或连续 {failures} 次未接通且已过 {wait_days} 天，"
            "或连续 {days} 天联系不上，或借款人{gone}",
            "To {purposes} only when the debtor is lost: no number in service, or {failures} calls in a row "
            "unanswered and {wait_days} day gone by, or not reached on {days} days in a row, or {gone}",
        ),
        against=(
            "借款人并未失联，不得联系他人",
            "The debtor is not lost: nobody else may be contacted",
        ),
    ),
    Rule(
        "cn_third_refused",
        "person_refused",
        Not(IsSo("refused")),
        when=IN_ROLE,
        says=(
            "{roles}要求不再联系的，不得再联系",
            "Whoever of {roles} asked not to be contacted is never contacted again",
        ),
        against=("此人已要求不再联系", "This person asked not to be contacted again"),
    ),
    Rule(
        "cn_third_content",
        "debt_disclosed",
        Not(IsSo("discloses_debt")),
        when=IN_ROLE,
        unless=IsSo("offered_to_pay"),
        says=(
            "对{roles}只可询问联系方式或请其转告，不得透露债务；其主动提出代为还款的除外",
            "Of {roles} one may only ask for contact data or to pass a message on, and tell nothing of the "
            "debt, unless that person has offered to pay",
        ),
        against=(
            "内容涉及债务，不得向{role}透露",
            "The text tells of the debt, which {role} must not learn",
        ),
    ),
    Rule(
        "cn_source",
        "point_source",
        OneOf("point_source", "sources"),
        says=("联系方式只可来自：{sources}", "A contact point must come from one of: {sources}"),
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
        "cn_no_contact",
        "no_contact",
        Lacks("holds", "kinds"),
        says=(
            "{kinds}有效期间，任何人不得以任何方式联系",
            "Nobody contacts by whatever way while in force: {kinds}",
        ),
        against=HELD,
    ),
    Rule(
        "cn_hold",
        "hold",
        Only("holds", "harmless"),
        when=FOR_PURPOSE,
        says=(
            "有暂停或限制时不得{purposes}（{harmless}除外，另有规则）",
            "No contact to {purposes} while a hold is in force "
            "(but for {harmless}, which have a rule of their own)",
        ),
        against=HELD,
    ),
    Rule(
        "cn_hold_service",
        "hold",
        Only("holds", "harmless"),
        when=FOR_PURPOSE,
        says=(
            "为{purposes}而联系，只有以下暂停不妨碍：{harmless}",
            "To {purposes}, only these holds do not stand in the way: {harmless}",
        ),
        against=HELD,
    ),
    Rule(
        "cn_hold_notice",
        "hold",
        Only("holds", "harmless"),
        when=FOR_PURPOSE,
        says=(
            "有暂停或限制时不得{purposes}（{harmless}除外，另有规则）",
            "No contact to {purposes} while a hold is in force "
            "(but for {harmless}, which has a rule of its own)",
        ),
        against=HELD,
    ),
    Rule(
        "cn_plan",
        "plan_active",
        Lacks("holds", "kinds"),
        when=FOR_PURPOSE,
        says=("{kinds}有效期间不得{purposes}", "No contact to {purposes} while in force: {kinds}"),
        against=(
            "还款计划有效，不得{purpose}",
            "A repayment plan is in force: no contact to {purpose}",
        ),
    ),
    Rule(
        "cn_represented",
        "represented",
        Lacks("holds", "kinds"),
        when=Not(IN_ROLE),
        effect=REDIRECT,
        instead="attorney",
        says=(
            "借款人{kinds}的，应联系{roles}",
            "Where in force: {kinds}, contact {roles}",
        ),
        against=(
            "借款人已委托代理人",
            "The borrower is represented by someone else",
        ),
    ),
    Rule(
        "cn_debtor_gone",
        "debtor_gone",
        OneOf("debtor_state", "states"),
        when=FOR_PURPOSE,
        says=(
            "借款人死亡或丧失行为能力后，不得{purposes}；债务只可向遗产或监护人依法主张",
            "No contact to {purposes} once the borrower is dead or without capacity: the claim is against "
            "the estate, or goes to the guardian",
        ),
        against=("借款人{debtor_state}，不得{purpose}", "The borrower is {debtor_state}"),
    ),
    Rule(
        "cn_debtor_dead",
        "debtor_gone",
        OneOf("debtor_state", "states"),
        when=IN_ROLE,
        says=(
            "借款人死亡或丧失行为能力后，不再以任何目的联系{roles}的联系方式",
            "Once the borrower is dead or without capacity, nobody contacts {roles} for any purpose",
        ),
        against=("借款人{debtor_state}，不得再联系其本人", "The borrower is {debtor_state}"),
    ),
    Rule(
        "cn_collect_state",
        "case_state",
        OneOf("case_state", "states"),
        when=FOR_PURPOSE,
        says=STATE_SAYS,
        against=STATE_AGAINST,
    ),
    Rule(
        "cn_remind_state",
        "case_state",
        OneOf("case_state", "states"),
        when=FOR_PURPOSE,
        says=STATE_SAYS,
        against=STATE_AGAINST,
    ),
    Rule(
        "cn_overdue",
        "nothing_overdue",
        AtLeast("overdue_minor", "least_minor"),
        when=FOR_PURPOSE,
        says=("没有逾期不得{purposes}", "Contact to {purposes} only while something is overdue"),
        against=("没有逾期金额，不得催收", "Nothing is overdue: there is nothing to collect"),
    ),
)
