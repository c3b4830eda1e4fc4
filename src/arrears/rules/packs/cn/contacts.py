"""When and how often, with which words, and how a call or a visit is made."""

from arrears.rules.calendar import Within
from arrears.rules.condition import AtLeast, Below, IsSo, Lacks, NotOver, Only
from arrears.rules.logic import All
from arrears.rules.packs.cn.words import AGREED, BY_CHANNEL, CALL_OF_MODE, FOR_PURPOSE
from arrears.rules.rule import DEFER, DUTY, SOFT, Rule

RULES = (
    Rule(
        "cn_window",
        "window",
        Within(),
        unless=AGREED,
        effect=DEFER,
        says=(
            "仅可在借款人当地 {opens}–{closes} 联系；借款人书面同意其他时间的除外",
            "Contact only from {opens} to {closes} on the borrower's clock, unless other hours are agreed",
        ),
        against=(
            "现在是借款人当地 {now}，{opens}–{closes} 以外不得联系",
            "It is {now} for the borrower; contact only from {opens} to {closes}",
        ),
    ),
    Rule(
        "cn_effective_cap",
        "effective_cap",
        Below("effective_today", "most"),
        when=CALL_OF_MODE,
        effect=DEFER,
        says=(
            "{modes}电话：每位借款人每个当地日最多有效通话 {most} 次，本机构与受托机构合并计算",
            "Calls that are {modes}: at most {most} that were talked per borrower and local day, by the "
            "institution and all its agencies together",
        ),
        against=(
            "今天已有效通话或正在通话 {effective_today} 次，每日最多 {most} 次",
            "{effective_today} calls were talked today or may yet be; at most {most} a day",
        ),
    ),
    Rule(
        "cn_connected_cap",
        "connected_cap",
        Below("connected_today", "most"),
        when=CALL_OF_MODE,
        effect=DEFER,
        says=(
            "{modes}语音：每位借款人每个当地日最多接通 {most} 次，本机构与受托机构合并计算",
            "Calls that are {modes}: at most {most} put through per borrower and local day, by the "
            "institution and all its agencies together",
        ),
        against=(
            "今天已接通 {connected_today} 次，每日最多 {most} 次",
            "{connected_today} calls were put through today; at most {most} a day",
        ),
    ),
    Rule(
        "cn_unanswered_cap",
        "unanswered_cap",
        Below("unanswered_today", "most"),
        when=BY_CHANNEL,
        unless=AGREED,
        effect=SOFT,
        lifted_by=("supervisor", "compliance"),
        says=(
            "同一号码当日未接通的拨打不宜超过 {most} 次",
            "Not more than {most} unanswered calls to one number a day",
        ),
        against=(
            "这个号码今天已有 {unanswered_today} 次未接通，不宜再拨",
            "{unanswered_today} calls to this number went unanswered today; it should not be called again",
        ),
    ),
    Rule(
        "cn_message_cap",
        "message_cap",
        Below("messages_today", "most"),
        when=BY_CHANNEL,
        effect=DEFER,
        says=(
            "每位借款人每个当地日最多发送 {most} 条消息（{channels}）",
            "At most {most} messages per borrower and local day ({channels})",
        ),
        against=(
            "今天已发送 {messages_today} 条消息，每日最多 {most} 条",
            "{messages_today} messages were sent today; at most {most} a day",
        ),
    ),
    Rule(
        "cn_visit_cap",
        "visit_cap",
        Below("visits_today", "most"),
        when=BY_CHANNEL,
        effect=DEFER,
        says=(
            "每位借款人每个当地日最多上门 {most} 次",
            "At most {most} visit per borrower and local day",
        ),
        against=(
            "今天已上门 {visits_today} 次，每日最多 {most} 次",
            "{visits_today} visits were made today; at most {most} a day",
        ),
    ),
    Rule(
        "cn_frequency",
        "daily_cap",
        Below("attempts_today", "most"),
        effect=DEFER,
        says=(
            "每位借款人每个当地日各种方式合计最多联系 {most} 次，未接通的也计入",
            "At most {most} attempted contacts per borrower and local day, any channel, answered or not",
        ),
        against=(
            "今天已联系 {attempts_today} 次，每日最多 {most} 次",
            "{attempts_today} contacts were attempted today; at most {most} a day",
        ),
    ),
    Rule(
        "cn_text",
        "forbidden_words",
        Lacks("text_classes", "classes"),
        when=BY_CHANNEL,
        says=(
            "文字中不得有：{classes}",
            "No text may contain: {classes}",
        ),
        against=("文字中有：{found}", "The text contains: {found}"),
    ),
    Rule(
        "cn_template",
        "template_unapproved",
        IsSo("template_approved"),
        when=BY_CHANNEL,
        says=(
            "{channels}只可使用经他人审核的模板",
            "By {channels} only texts go out that a second person has approved",
        ),
        against=("模板未经审核", "The text has not been approved"),
    ),
    Rule(
        "cn_fields",
        "fields_missing",
        Only("missing_fields", "harmless"),
        when=BY_CHANNEL,
        says=(
            "{channels}须载明其种类规定的全部内容",
            "By {channels} a text must state everything that its kind requires",
        ),
        against=("缺少应载明的内容：{found}", "It does not state: {found}"),
    ),
    Rule(
        "cn_demand",
        "demand_too_high",
        NotOver("demand_minor", "owed_minor"),
        when=All((FOR_PURPOSE, BY_CHANNEL)),
        says=(
            "要求偿还的金额不得超过合同和法律允许的金额",
            "Not more is asked for than contract and law allow",
        ),
        against=(
            "要求偿还 {demand_minor}，依据只有 {owed_minor}",
            "{demand_minor} is asked for; only {owed_minor} is owed",
        ),
    ),
    Rule(
        "cn_visit_staff",
        "one_visitor",
        AtLeast("collectors", "least"),
        when=BY_CHANNEL,
        says=("上门须至少 {least} 人同行", "At least {least} collectors visit together"),
        against=(
            "只有 {collectors} 人，上门须至少 {least} 人同行",
            "Only {collectors} would go; a visit needs at least {least}",
        ),
    ),
    Rule(
        "cn_identify",
        "identify",
        IsSo("identified"),
        when=BY_CHANNEL,
        effect=DUTY,
        says=(
            "联系时须先说明所代表的机构和来意",
            "State first for which institution one comes and why",
        ),
        against=(
            "先说明所代表的机构、姓名和来意",
            "State first the institution, your name and the purpose",
        ),
    ),
    Rule(
        "cn_record",
        "record",
        IsSo("recorded"),
        when=BY_CHANNEL,
        effect=DUTY,
        says=("{channels}催收须全程录音", "Collection by {channels} is recorded from start to end"),
        against=("全程录音并保存", "Record it from start to end and keep the recording"),
    ),
    Rule(
        "cn_line",
        "own_line",
        IsSo("registered_line"),
        when=BY_CHANNEL,
        unless=AGREED,
        effect=DUTY,
        says=(
            "只可使用机构登记的线路和账号，未经同意不得使用私人电话或社交账号",
            "Only lines and accounts of the institution are used, no private ones without its consent",
        ),
        against=(
            "使用机构登记的线路或账号，不得使用私人电话",
            "Use a line or account of the institution, not a private one",
        ),
    ),
    Rule(
        "cn_payee",
        "own_account",
        IsSo("payee_own"),
        when=FOR_PURPOSE,
        effect=DUTY,
        says=(
            "款项只可付至本机构账户，不得收取现金或额外费用",
            "Money is paid into the institution's account only; no cash, no extra fee",
        ),
        against=(
            "只告知本机构账户，不收现金和额外费用",
            "Name only the institution's account; take no cash and no fee",
        ),
    ),
    Rule(
        "cn_visit_identity",
        "show_identity",
        IsSo("id_shown"),
        when=BY_CHANNEL,
        effect=DUTY,
        says=("上门须出示证件", "Whoever visits shows who they are"),
        against=("出示工作证件和授权文件", "Show your work card and your authority"),
    ),
    Rule(
        "cn_visit_entry",
        "entry",
        IsSo("entry_agreed"),
        when=BY_CHANNEL,
        unless=AGREED,
        effect=DUTY,
        says=(
            "未经同意不得进入住宅或办公场所",
            "No home or office is entered without consent",
        ),
        against=(
            "未经同意不进入住宅或办公场所；被要求离开即离开",
            "Enter no home or office without consent; leave when asked to",
        ),
    ),
)
