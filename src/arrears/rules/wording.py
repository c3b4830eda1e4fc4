"""Facts and limits in words, Chinese and English: what a sentence of a rule is filled with."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from arrears.core.hold import KINDS as HOLD_KINDS
from arrears.core.hold import NAMED
from arrears.core.money import major_text
from arrears.rules.facts import NAMES, ContactFacts
from arrears.rules.limit import Limit

Words = tuple[str, str]  # Chinese, English
LANGUAGES = ("zh", "en")

FACT_NAMES: dict[str, Words] = {
    "act": ("所要做的事", "what would be done"),
    "purpose": ("联系目的", "the purpose"),
    "channel": ("联系方式", "the channel"),
    "mode": ("通话方式", "how the call is made"),
    "actor": ("由谁联系", "who acts"),
    "product": ("产品", "the product"),
    "borrower_kind": ("借款人类型", "the kind of borrower"),
    "at": ("联系时间", "the moment"),
    "zone": ("借款人所在时区", "the borrower's time zone"),
    "role": ("被联系人身份", "who is reached"),
    "liable": ("此人是否承担责任", "whether the person is liable"),
    "refused": ("此人是否要求不再联系", "whether the person asked not to be contacted"),
    "offered_to_pay": ("是否主动提出代为还款", "whether the person offered to pay"),
    "point_source": ("联系方式的来源", "where the contact point comes from"),
    "point_valid": ("联系方式是否有效", "whether the contact point is valid"),
    "registered_line": ("是否使用机构登记的线路", "whether the line is the institution's"),
    "place": ("上门地点", "the place of the visit"),
    "employer_forbids": ("工作单位是否禁止联系", "whether the employer forbids it"),
    "inconvenient": ("本人是否表示不便", "whether it is known not to suit"),
    "holds": ("暂停与限制", "the holds in force"),
    "agreements": ("有效的约定", "the agreements in force"),
    "overrides": ("已放行的规则", "the rules overridden"),
    "case_state": ("案件状态", "the state of the case"),
    "debtor_state": ("借款人状态", "the state of the debtor"),
    "represented": ("是否由代理人代为处理", "whether someone acts for the borrower"),
    "overdue_minor": ("逾期金额", "the overdue amount"),
    "demand_minor": ("要求偿还的金额", "the amount asked for"),
    "owed_minor": ("依法应还的金额", "the amount owed by contract and law"),
    "all_in_bps": ("综合年化成本", "the cost of the debt a year"),
    "payee_own": ("收款账户是否为本机构", "whether the account paid into is the institution's"),
    "time_barred": ("是否已过诉讼时效", "whether the time to sue has run out"),
    "attempts_today": ("当日已联系次数", "the contacts already attempted today"),
    "messages_today": ("当日已发送消息数", "the messages sent today"),
    "unanswered_today": ("该号码当日未接通次数", "the unanswered calls to this number today"),
    "effective_today": ("当日有效通话次数", "the calls talked today"),
    "connected_today": ("当日接通次数", "the calls put through today"),
    "visits_today": ("当日上门次数", "the visits made today"),
    "call_dates": ("近期拨打日期", "the days of recent calls"),
    "last_talk_date": ("上次通话日期", "the day of the last talk"),
    "last_failed_date": ("上次未接通日期", "the day of the last unanswered call"),
    "failed_in_a_row": ("连续未接通次数", "the unanswered calls in a row"),
    "unreached_days": ("连续未联系上的天数", "the days in a row without reaching the debtor"),
    "number_invalid": ("借款人号码是否均无效", "whether no number of the debtor is in service"),
    "located_before": ("已向此人打听的次数", "the times this person was asked"),
    "discloses_debt": ("内容是否涉及债务", "whether the text tells of the debt"),
    "text_classes": ("文字中的禁用内容", "the forbidden wording found in the text"),
    "missing_fields": ("缺少的应载内容", "what the text should state and does not"),
    "template_approved": ("模板是否已审核", "whether the text is approved"),
    "collectors": ("同行人数", "how many collectors go"),
    "exam_date": ("上次考试日期", "the day of the last exam"),
    "background_clear": ("背景核查是否合格", "whether the background check is clear"),
    "secrecy_signed": ("是否签署保密承诺", "whether secrecy was undertaken"),
    "complained_of": ("是否为被投诉人", "whether the complaint is about them"),
    "team_complained_of": ("是否与被投诉人同组", "whether the complaint is about their team"),
    "agency_published": ("受托机构是否已公示", "whether the agency is published"),
    "agency_evaluated_date": ("受托机构上次评估日期", "the day of the agency's last evaluation"),
    "agency_inspected_date": ("受托机构上次检查日期", "the day of the agency's last inspection"),
    "agency_contract": ("委托合同是否有效", "whether the agency's contract is in force"),
    "agency_violent": ("受托机构是否有暴力催收记录", "whether the agency has a violent record"),
    "handover_notice_date": ("告知委外的日期", "the day the hand-over was told"),
    "negative_notice_date": ("告知报送不良信息的日期", "the day the credit report was told"),
    "credit_consent": ("是否书面同意报送征信", "whether credit reporting was agreed to in writing"),
    "number_checked_date": ("号码核验日期", "the day the number was checked"),
    "term_months": ("计划期数（月）", "the months of the plan"),
    "plan_minor": ("分期金额", "the amount paid in instalments"),
    "cash_instalment": ("是否现金分期", "whether cash is paid back in instalments"),
    "instalment_again": ("是否对分期余额再次分期", "whether the rest of a plan is spread again"),
    "hardship": ("是否确认还款困难", "whether hardship is confirmed"),
    "willing": ("是否有还款意愿", "whether the person is willing to pay"),
    "received_date": ("投诉收到日期", "the day the complaint was received"),
    "extension": ("答复期限的延长", "the extension of the answer"),
    "record_kind": ("记录种类", "the kind of record"),
    "record_date": ("记录日期", "the day of the record"),
    "settled_date": ("结清日期", "the day it was settled"),
    "last_activity_date": ("最后一次催收日期", "the day of the last collection"),
    "legal_hold": ("是否保全", "whether it is under a legal hold"),
    "recorded": ("是否录音", "whether it was recorded"),
    "identified": ("是否表明身份", "whether the institution was named"),
    "id_shown": ("是否出示证件", "whether identity was shown"),
    "entry_agreed": ("是否同意进入", "whether entry was agreed to"),
    "optout_offered": ("是否提供退订方式", "whether a way to opt out was offered"),
    "told_debt_collector": ("是否声明为催收方", "whether it said who collects"),
    "validation_sent": ("是否已发债务确认书", "whether the validation notice was sent"),
    "stated": ("机构统一说明的事实", "what the institution states of all"),
}

# Every word that a fact or a limit may hold; a word that is not here is shown as it is.
VALUE_WORDS: dict[str, Words] = {
    # Acts.
    "hand_over": ("移交受托机构", "hand over to an agency"),
    "credit_report": ("报送征信", "report to the credit register"),
    "sue": ("起诉", "sue"),
    "answer": ("答复投诉", "answer a complaint"),
    "keep_open": ("投诉暂不答复", "leave a complaint open"),
    "erase": ("删除记录", "erase a record"),
    # Purposes.
    "remind": ("提醒", "remind"),
    "collect": ("催收", "collect"),
    "restore_contact": ("恢复联系", "restore contact"),
    "plan_service": ("还款计划服务", "serve a plan"),
    "complaint_reply": ("答复投诉", "answer a complaint"),
    "legal_notice": ("法律通知", "give legal notice"),
    # Channels, and how.
    "sms": ("短信", "text message"),
    "email": ("电子邮件", "e-mail"),
    "call": ("电话", "call"),
    "letter": ("信函", "letter"),
    "visit": ("上门", "visit"),
    "push": ("应用推送", "app notice"),
    "im": ("即时通讯", "instant message"),
    "interactive": ("人工或智能对话", "spoken with"),
    "informing": ("单向告知", "one-way"),
    "own": ("本机构", "the institution"),
    "agency": ("受托机构", "an agency"),
    "home": ("住所", "home"),
    "work": ("工作单位", "place of work"),
    # Products and people.
    "card": ("信用卡", "credit card"),
    "consumer": ("消费贷款", "consumer loan"),
    "business": ("经营贷款", "business loan"),
    "mortgage": ("住房贷款", "mortgage"),
    "person": ("个人", "a person"),
    "company": ("企业", "a company"),
    "debtor": ("借款人本人", "the debtor"),
    "guarantor": ("保证人", "a guarantor"),
    "co_debtor": ("共同借款人", "a co-debtor"),
    "contact": ("联系人", "a contact person"),
    "legal_representative": ("法定代表人", "a legal representative"),
    "spouse": ("配偶", "the spouse"),
    "heir": ("继承人", "an heir"),
    "attorney": ("代理人", "the attorney"),
    "alive": ("在世", "alive"),
    "deceased": ("死亡", "dead"),
    "incapacitated": ("丧失行为能力", "without capacity"),
    # Where a contact point comes from.
    "contract": ("合同", "the contract"),
    "borrower": ("借款人提供", "given by the borrower"),
    "update": ("借款人更新", "the borrower's own update"),
    "public": ("合法公开渠道", "a lawful public channel"),
    "court": ("法院文书", "court papers"),
    "consent": ("借款人授权", "the borrower's consent"),
    # Holds.
    **{kind: it.words for kind, it in HOLD_KINDS.items()},
    NAMED: ("暂停中写明停止此目的", "a hold that names this purpose"),
    # Agreements.
    "hours": ("联系时间的约定", "other hours"),
    "unanswered": ("重拨的约定", "more unanswered calls"),
    "entry": ("进入的约定", "entry"),
    "private_account": ("使用私人账号的许可", "use of a private account"),
    "more_calls": ("增加通话的约定", "more calls"),
    # Forbidden wording.
    "impersonate": ("冒充机关", "posing as an authority"),
    "threat": ("恐吓威胁", "threat"),
    "insult": ("侮辱", "insult"),
    "privacy": ("泄露隐私", "disclosure to others"),
    "false_blacklist": ("虚构黑名单", "invented blacklist"),
    "exaggerate": ("夸大后果", "exaggeration"),
    "false_promise": ("虚假承诺", "false promise"),
    "extra_fee": ("额外收费", "extra fee"),
    "new_borrowing": ("诱导借新还旧", "pushing new borrowing"),
    # Cases, complaints, records.
    "none": ("尚无", "none yet"),
    "open": ("待办", "open"),
    "taken": ("已领取", "taken"),
    "held": ("已暂停", "held"),
    "in_plan": ("计划履行中", "in a plan"),
    "cured": ("已结清逾期", "cured"),
    "closed": ("已关闭", "closed"),
    "complex": ("情况复杂", "complex"),
    "special": ("经批准", "approved as special"),
    "recording": ("录音", "recording"),
    "assessment": ("影响评估", "impact assessment"),
    "credit": ("征信记录", "credit record"),
}


def worded(words: Words, language: str) -> str:
    """The one of the two texts that is in `zh` or `en`. Raises: ValueError for another language."""
    return words[LANGUAGES.index(language)]


def in_words(value: object, language: str) -> str:
    """A value as people read it: a time of day as 8:00, words of a list joined, yes or no."""
    if isinstance(value, frozenset | set):
        value = tuple(sorted(value))
    if isinstance(value, tuple):
        return ("、", ", ")[LANGUAGES.index(language)].join(in_words(v, language) for v in value)
    if isinstance(value, bool):
        return worded(("是", "yes") if value else ("否", "no"), language)
    if isinstance(value, time | datetime):
        return f"{value.hour}:{value.minute:02d}"
    if value == date.min:
        return worded(("从未", "never"), language)
    if isinstance(value, str) and value in VALUE_WORDS:
        return worded(VALUE_WORDS[value], language)
    return str(value)


def filled(words: Words, language: str, figures: Mapping[str, str]) -> str:
    """The sentence with its figures in place. Raises: KeyError when it asks for another."""
    return worded(words, language).format_map(figures)


class Figures(Mapping[str, str]):
    """What a sentence may be filled with: a limit's figures, the facts, and `extra`; worded when asked for.

    Amounts are in major units; `now` is the borrower's wall clock.
    """

    def __init__(
        self, limit: Limit, language: str, facts: ContactFacts | None = None, **extra: str
    ) -> None:
        self._limit, self._language, self._facts, self._extra = limit, language, facts, extra

    def __getitem__(self, name: str) -> str:
        if name in self._extra:
            return self._extra[name]
        for word, value in self._limit.values:
            if word == name:
                return in_words(value, self._language)
        known = None if self._facts is None else self._fact(name)
        if known is None:
            raise KeyError(name)
        return known

    def _fact(self, name: str) -> str | None:
        if name == "now":
            value: object = self._facts and self._facts.local
        else:
            value = getattr(self._facts, name, None)
        if value is None:
            return None
        if name.endswith("_minor") and type(value) is int:
            return major_text(value)
        return in_words(value, self._language)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._extra, *(word for word, _ in self._limit.values), *NAMES))

    def __len__(self) -> int:
        return sum(1 for _ in self)
