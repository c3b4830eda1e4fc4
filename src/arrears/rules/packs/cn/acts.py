"""Acts that are no contact: hand-over, credit report, suit, plan, complaints, erasure."""

from arrears.rules.calendar import Aged, Done, Recent
from arrears.rules.condition import AtMost, IsSo, Lacks, OneOf, Only
from arrears.rules.logic import All, AnyOf, Not
from arrears.rules.packs.cn.words import HELD, OF_RECORD
from arrears.rules.rule import SOFT, Rule

OF_PRODUCT = OneOf("product", "products")


def _kept_for_years(rule_id: str) -> Rule:
    """Records of some kinds are not erased before so many years have gone by."""
    return Rule(
        rule_id,
        "keep_record",
        Aged("record_date", "years"),
        when=OF_RECORD,
        acts=("erase",),
        says=("{kinds}至少保存 {years} 年", "Kept for at least {years} years: {kinds}"),
        against=(
            "记录尚未满 {years} 年，不得删除",
            "The record has not been kept for {years} years: it must not be erased",
        ),
    )


RULES = (
    Rule(
        "cn_hand_over_hold",
        "hold",
        Only("holds", "harmless"),
        acts=("hand_over",),
        says=(
            "有暂停或限制的案件不得移交受托机构",
            "No case is handed over to an agency while a hold is in force",
        ),
        against=HELD,
    ),
    Rule(
        "cn_all_in",
        "all_in_cost",
        AtMost("all_in_bps", "most_bps"),
        acts=("hand_over", "sue"),
        says=(
            "利息、复利、罚息、违约金和其他费用合计每年不得超过 {most_bps} 个基点",
            "Interest, compound, default interest, penalty and fees together stay within {most_bps} basis "
            "points a year",
        ),
        against=(
            "综合费用每年 {all_in_bps} 个基点，超过 {most_bps}",
            "All costs come to {all_in_bps} basis points a year, more than {most_bps}",
        ),
    ),
    Rule(
        "cn_time_barred",
        "time_barred",
        Not(IsSo("time_barred")),
        acts=("sue",),
        effect=SOFT,
        lifted_by=("compliance",),
        says=(
            "已过诉讼时效的债权不宜起诉",
            "A claim whose time has run out should not be sued for",
        ),
        against=("该债权已过诉讼时效", "The time to sue for this claim has run out"),
    ),
    Rule(
        "cn_sue_hold",
        "hold",
        Lacks("holds", "kinds"),
        acts=("sue",),
        says=("{kinds}有效期间不起诉", "No suit while in force: {kinds}"),
        against=HELD,
    ),
    Rule(
        "cn_credit_consent",
        "credit_consent",
        IsSo("credit_consent"),
        acts=("credit_report",),
        says=(
            "向征信系统提供个人信息，须事先取得本人书面同意",
            "Data goes to the credit register only with written consent obtained before",
        ),
        against=("没有本人的书面同意", "There is no written consent"),
    ),
    Rule(
        "cn_credit_notice",
        "credit_notice",
        Done("negative_notice_date", "least_days"),
        acts=("credit_report",),
        says=(
            "提供个人不良信息，须事先告知本人",
            "Whoever is reported to have defaulted is told before",
        ),
        against=(
            "尚未就报送不良信息告知本人",
            "The person has not been told that a default will be reported",
        ),
    ),
    Rule(
        "cn_credit_lead",
        "credit_notice",
        Done("negative_notice_date", "least_days"),
        acts=("credit_report",),
        says=(
            "告知后至少 {least_days} 天才报送不良信息",
            "A default is reported at least {least_days} days after the person was told",
        ),
        against=(
            "告知未满 {least_days} 天",
            "The person was told less than {least_days} days ago",
        ),
    ),
    Rule(
        "cn_credit_age",
        "credit_age",
        Not(Aged("settled_date", "years")),
        acts=("credit_report",),
        says=(
            "不良信息自不良行为终止之日起保存 {years} 年，期满不得再提供",
            "A default is kept for {years} years from the day it ended, and not reported after that",
        ),
        against=(
            "不良行为终止于 {settled_date}，已满 {years} 年",
            "The default ended on {settled_date}, {years} years ago or more",
        ),
    ),
    Rule(
        "cn_credit_dispute",
        "hold",
        Lacks("holds", "kinds"),
        acts=("credit_report",),
        says=(
            "有{kinds}的信息，核查完毕前不得报送",
            "Nothing is reported while in force: {kinds}",
        ),
        against=HELD,
    ),
    Rule(
        "cn_plan_term",
        "plan_term",
        AtMost("term_months", "most_months"),
        when=OF_PRODUCT,
        acts=("plan",),
        says=(
            "{products}个性化分期最长 {most_months} 个月",
            "A personal instalment plan ({products}) lasts at most {most_months} months",
        ),
        against=(
            "计划为 {term_months} 个月，超过 {most_months} 个月",
            "The plan would last {term_months} months, more than {most_months}",
        ),
    ),
    Rule(
        "cn_cash_instalment",
        "cash_instalment",
        All((AtMost("plan_minor", "most_minor"), AtMost("term_months", "most_months"))),
        when=All((OF_PRODUCT, IsSo("cash_instalment"))),
        acts=("plan",),
        says=(
            "{products}现金分期金额不超过 {most_minor}，期限最长 {most_months} 个月",
            "Cash paid back in instalments ({products}): at most {most_minor}, within {most_months} months",
        ),
        against=(
            "现金分期为 {plan_minor}、{term_months} 个月，超过 {most_minor} 或 {most_months} 个月",
            "The cash would come to {plan_minor} over {term_months} months, more than {most_minor} or "
            "{most_months}",
        ),
    ),
    Rule(
        "cn_instalment_again",
        "instalment_again",
        Not(IsSo("instalment_again")),
        when=OF_PRODUCT,
        acts=("plan",),
        says=(
            "{products}分期的余额不得再次分期",
            "What is left of an instalment plan ({products}) is not spread again",
        ),
        against=(
            "该余额已经分期，不得再次分期",
            "This is what is left of an instalment plan already",
        ),
    ),
    Rule(
        "cn_plan_ground",
        "plan_ground",
        All((IsSo("hardship"), IsSo("willing"))),
        when=OF_PRODUCT,
        acts=("plan",),
        says=(
            "{products}个性化分期须确认欠款超出还款能力且本人仍有还款意愿",
            "A personal instalment plan ({products}) needs a debt beyond the person's means, and the will to "
            "pay",
        ),
        against=(
            "未确认还款困难或还款意愿",
            "That the person cannot pay all and wants to pay is not confirmed",
        ),
    ),
    Rule(
        "cn_plan_fields",
        "fields_missing",
        Only("missing_fields", "harmless"),
        acts=("plan",),
        says=("还款计划须载明规定的全部内容", "A plan states everything that it must"),
        against=("缺少应载明的内容：{found}", "It does not state: {found}"),
    ),
    Rule(
        "cn_answer_time",
        "answer_late",
        AnyOf(
            (
                Recent("received_date", "days"),
                All((OneOf("extension", "complex"), Recent("received_date", "complex_days"))),
                All((OneOf("extension", "special"), Recent("received_date", "special_days"))),
            )
        ),
        acts=("keep_open",),
        says=(
            "投诉须在 {days} 天内答复；情况复杂的 {complex_days} 天；经批准可延至 {special_days} 天",
            "A complaint is answered within {days} days; {complex_days} if it is complex; with approval "
            "{special_days}",
        ),
        against=(
            "投诉收到于 {received_date}，答复期限已过",
            "The complaint was received on {received_date}: the answer is late",
        ),
    ),
    _kept_for_years("cn_keep_card"),
    _kept_for_years("cn_keep_contact"),
    _kept_for_years("cn_keep_assessment"),
    Rule(
        "cn_keep_plan",
        "keep_record",
        Done("settled_date", "least_days"),
        when=OF_RECORD,
        acts=("erase",),
        says=("{kinds}至少保存至欠款还清", "Kept until the debt is paid: {kinds}"),
        against=("欠款尚未还清，不得删除", "The debt has not been paid: it must not be erased"),
    ),
    Rule(
        "cn_legal_hold",
        "legal_hold",
        Not(IsSo("legal_hold")),
        acts=("erase",),
        says=(
            "因诉讼或检查而保全的记录不得删除",
            "Nothing is erased that is kept for a suit or an inspection",
        ),
        against=("该记录已被保全", "The record is under a legal hold"),
    ),
)
