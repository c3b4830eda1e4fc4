"""Facts and limits in words, Chinese and English: what a sentence of a rule is filled with."""

from datetime import datetime, time

from arrears.core.money import major_text
from arrears.rules.facts import ContactFacts
from arrears.rules.limit import Limit, Value

Words = tuple[str, str]  # Chinese, English
LANGUAGES = ("zh", "en")

FACT_NAMES: dict[str, Words] = {
    "purpose": ("联系目的", "the purpose"),
    "channel": ("联系方式", "the channel"),
    "at": ("联系时间", "the moment"),
    "zone": ("借款人所在时区", "the borrower's time zone"),
    "role": ("被联系人身份", "who is reached"),
    "point_source": ("联系方式的来源", "where the contact point comes from"),
    "point_valid": ("联系方式是否有效", "whether the contact point is valid"),
    "holds": ("暂停与限制", "the holds in force"),
    "attempts_today": ("当日已联系次数", "the contacts already attempted today"),
    "overdue_minor": ("逾期金额", "the overdue amount"),
    "case_state": ("案件状态", "the state of the case"),
    "stated": ("机构统一说明的事实", "what the institution states of all"),
}

# Every word that a fact or a limit may hold; a word that is not here is shown as it is.
VALUE_WORDS: dict[str, Words] = {
    "remind": ("提醒", "remind"),
    "collect": ("催收", "collect"),
    "sms": ("短信", "text message"),
    "email": ("电子邮件", "e-mail"),
    "call": ("电话", "call"),
    "letter": ("信函", "letter"),
    "visit": ("上门", "visit"),
    "push": ("应用推送", "app notice"),
    "debtor": ("借款人本人", "the debtor"),
    "guarantor": ("保证人", "a guarantor"),
    "co_debtor": ("共同借款人", "a co-debtor"),
    "contact": ("联系人", "a contact person"),
    "legal_representative": ("法定代表人", "a legal representative"),
    "contract": ("合同", "the contract"),
    "borrower": ("借款人提供", "given by the borrower"),
    "update": ("借款人更新", "the borrower's own update"),
    "public": ("合法公开渠道", "a lawful public channel"),
    "court": ("法院文书", "court papers"),
    "consent": ("借款人授权", "the borrower's consent"),
    "pause": ("停催", "clock paused"),
    "complaint": ("投诉", "complaint"),
    "dispute": ("异议", "dispute"),
    "hardship": ("困难", "hardship"),
    "vulnerable": ("需关照", "vulnerable"),
    "bereavement": ("丧事", "bereavement"),
    "bankruptcy": ("破产", "bankruptcy"),
    "represented": ("有代理人", "represented"),
    "no_contact": ("停止联系", "no contact"),
    "plan": ("还款计划", "repayment plan"),
    "legal": ("法律程序", "legal proceedings"),
    "none": ("尚无案件", "no case yet"),
    "open": ("待办", "open"),
    "taken": ("已领取", "taken"),
    "held": ("已暂停", "held"),
    "in_plan": ("计划履行中", "in a plan"),
    "cured": ("已结清逾期", "cured"),
    "closed": ("已关闭", "closed"),
}


def worded(words: Words, language: str) -> str:
    """The one of the two texts that is in `zh` or `en`. Raises: ValueError for another language."""
    return words[LANGUAGES.index(language)]


def in_words(value: Value | str | datetime, language: str) -> str:
    """A value as people read it: a time of day as 8:00, words of a list joined."""
    if isinstance(value, tuple):
        return ("、", ", ")[LANGUAGES.index(language)].join(in_words(v, language) for v in value)
    if isinstance(value, time | datetime):
        return f"{value.hour}:{value.minute:02d}"
    if isinstance(value, str) and value in VALUE_WORDS:
        return worded(VALUE_WORDS[value], language)
    return str(value)


def filled(words: Words, language: str, figures: dict[str, str]) -> str:
    """The sentence with its figures in place. Raises: KeyError when it asks for another."""
    return worded(words, language).format_map(figures)


def limit_figures(limit: Limit, language: str) -> dict[str, str]:
    """The figures of a limit in words."""
    return {name: in_words(value, language) for name, value in limit.values}


def fact_figures(facts: ContactFacts, language: str) -> dict[str, str]:
    """The known facts in words; `now` is the borrower's wall clock."""
    figures = {
        name: in_words(value, language)
        for name in ("purpose", "channel", "role", "point_source", "attempts_today", "case_state")
        if (value := getattr(facts, name)) is not None
    }
    if facts.overdue_minor is not None:
        figures["overdue"] = major_text(facts.overdue_minor)
    if (local := facts.local) is not None:
        figures["now"] = in_words(local, language)
    return figures
