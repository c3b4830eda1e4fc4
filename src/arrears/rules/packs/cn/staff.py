"""Who may do it: collectors and agencies."""

from arrears.rules.calendar import Done, Recent
from arrears.rules.condition import IsSo
from arrears.rules.logic import All, AnyOf, Not
from arrears.rules.packs.cn.words import BY_AGENCY, BY_CHANNEL, FOR_PURPOSE
from arrears.rules.rule import Rule

BOTH = ("contact", "hand_over")

RULES = (
    Rule(
        "cn_exam",
        "exam",
        Recent("exam_date", "most_days"),
        when=BY_CHANNEL,
        says=(
            "通过{channels}催收的人员，上岗前及此后每 {most_days} 天内须经培训并通过考试",
            "Whoever collects by {channels} has been trained and examined within the last {most_days} days",
        ),
        against=(
            "上次考试为 {exam_date}，已超过 {most_days} 天",
            "The last exam was on {exam_date}, more than {most_days} days ago",
        ),
    ),
    Rule(
        "cn_background",
        "background",
        All((IsSo("background_clear"), IsSo("secrecy_signed"))),
        when=BY_CHANNEL,
        says=(
            "通过{channels}催收的人员须无暴力犯罪和严重失信记录，并签署保密承诺",
            "Whoever collects by {channels} has no record of violent crime or of bad credit, and has "
            "undertaken to keep secrets",
        ),
        against=(
            "人员背景核查或保密承诺不合要求",
            "The collector's background check or undertaking of secrecy is not in order",
        ),
    ),
    Rule(
        "cn_recusal",
        "recusal",
        Not(AnyOf((IsSo("complained_of"), IsSo("team_complained_of")))),
        when=FOR_PURPOSE,
        acts=("contact", "answer"),
        says=(
            "被投诉的人员及其同组人员不得处理该投诉（{purposes}）",
            "Nobody handles a complaint that is about themselves or their team ({purposes})",
        ),
        against=(
            "该人员正是被投诉人，或与其同组",
            "The complaint is about whoever would handle it, or their team",
        ),
    ),
    Rule(
        "cn_agency_listed",
        "agency_unlisted",
        IsSo("agency_published"),
        when=BY_AGENCY,
        acts=BOTH,
        says=(
            "受托机构须已在本机构网站公示",
            "The agency is published on the institution's own site",
        ),
        against=("受托机构未公示", "The agency has not been published"),
    ),
    Rule(
        "cn_agency_contract",
        "agency_contract",
        IsSo("agency_contract"),
        when=BY_AGENCY,
        acts=BOTH,
        says=(
            "与受托机构的合同有效，且载有规定条款",
            "The contract with the agency is in force and has the clauses that it must have",
        ),
        against=("与受托机构的合同无效或缺少规定条款", "There is no such contract with the agency"),
    ),
    Rule(
        "cn_agency_violent",
        "agency_violent",
        Not(IsSo("agency_violent")),
        when=BY_AGENCY,
        acts=BOTH,
        says=(
            "不得委托有暴力催收记录的机构；发现后立即终止",
            "No agency with a record of violent collection; on discovery it ends at once",
        ),
        against=("受托机构有暴力催收记录", "The agency has a record of violent collection"),
    ),
    Rule(
        "cn_agency_evaluated",
        "agency_evaluation",
        Recent("agency_evaluated_date", "most_days"),
        when=BY_AGENCY,
        acts=BOTH,
        says=(
            "受托机构至少每 {most_days} 天评估一次",
            "The agency has been evaluated within the last {most_days} days",
        ),
        against=(
            "上次评估为 {agency_evaluated_date}，已超过 {most_days} 天",
            "The last evaluation was on {agency_evaluated_date}, more than {most_days} days ago",
        ),
    ),
    Rule(
        "cn_agency_inspected",
        "agency_inspection",
        Recent("agency_inspected_date", "most_days"),
        when=BY_AGENCY,
        acts=BOTH,
        says=(
            "受托机构至少每 {most_days} 天现场检查一次",
            "The agency has been inspected on site within the last {most_days} days",
        ),
        against=(
            "上次现场检查为 {agency_inspected_date}，已超过 {most_days} 天",
            "The last inspection was on {agency_inspected_date}, more than {most_days} days ago",
        ),
    ),
    Rule(
        "cn_handover_notice",
        "handover_notice",
        Done("handover_notice_date", "least_days"),
        when=BY_AGENCY,
        says=(
            "受托机构开始催收前，须先告知借款人",
            "The borrower is told before an agency begins to collect",
        ),
        against=(
            "尚未告知借款人已委托外部机构",
            "The borrower has not been told that an agency was appointed",
        ),
    ),
)
