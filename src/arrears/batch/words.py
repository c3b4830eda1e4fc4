"""The words of an explanation, in Chinese and English: names, states, a sentence for each rule."""

LANGUAGES = ("zh", "en")
Both = tuple[str, str]

WORDS: dict[str, Both] = {
    "loan": ("贷款", "Loan"),
    "as_of": ("截至 {} 日终", "at the close of {}"),
    "known_on": ("按 {} 所知", "as known on {}"),
    # states of a loan
    "open": ("未结清", "open"),
    "not_opened": ("尚未放款", "not opened yet"),
    "closed": ("已关闭", "closed"),
    "paid_in_full": ("已结清", "paid in full"),
    "unknown": ("状态不明", "status unknown"),
    # sections
    "figures": ("数字及其依据", "Figures, and what set each"),
    "schedule": ("还款计划", "Schedule"),
    "payments": ("还款与去向", "Payments and where they went"),
    "charges": ("罚息与复利", "Penalty and compound interest"),
    # figures
    "dpd": ("逾期天数", "days past due"),
    "counted_dpd": ("计入天数", "counted days"),
    "days_shown": ("{}天", "{}"),
    "bucket": ("逾期阶段", "bucket"),
    "class5": ("五级分类", "five-class grade"),
    "overdue_minor": ("逾期金额", "overdue"),
    "overdue_fee_minor": ("  其中费用", "  of it fees"),
    "overdue_interest_minor": ("  其中利息", "  of it interest"),
    "overdue_principal_minor": ("  其中本金", "  of it principal"),
    "penalty_minor": ("罚息", "penalty"),
    "compound_minor": ("复利", "compound interest"),
    "outstanding_minor": ("未偿余额", "outstanding"),
    "allocation": ("冲账顺序", "order of payment"),
    "normal": ("正常", "normal"),
    "special_mention": ("关注", "special mention"),
    "substandard": ("次级", "substandard"),
    "doubtful": ("可疑", "doubtful"),
    "loss": ("损失", "loss"),
    # the schedule
    "seq": ("期", "no."),
    "due": ("到期日", "due"),
    "principal": ("本金", "principal"),
    "interest": ("利息", "interest"),
    "fee": ("费用", "fee"),
    "unpaid": ("未还", "unpaid"),
    "where_it_stands": ("状态", "state"),
    "paid": ("已还清", "paid"),
    "paid_late": ("{} 才还清", "paid late, on {}"),
    "overdue": ("逾期", "overdue"),
    "tolerated": ("差额在容差内", "within tolerance"),
    "due_today": ("今日到期", "due today"),
    "not_due": ("未到期", "not due"),
    # payments
    "value_date": ("起息日", "counts from"),
    "payment": ("流水号", "payment"),
    "amount": ("金额", "amount"),
    "where_it_went": ("去向", "where it went"),
    "then": ("；", "; "),
    "and": ("、", ", "),
    "known": ("{} 才获知", "known on {} only"),
    "reverses": ("冲正 {}", "takes back {}"),
    "reversed": ("{1} 被 {0} 冲正", "taken back by {} on {}"),
    "turned": (
        "还款时已逾期{}天，先还本金",
        "{} days past due when it came: principal first",
    ),
    "instalment": ("第{}期", "no. {}"),
    "used_on": ("{} 用于{}", "on {} used for {}"),
    "waiting": ("余 {} 等待下一期", "{} waits for the next instalment"),
    # charges
    "after": ("自（不含）", "after"),
    "upto": ("至（含）", "to"),
    "days": ("天数", "days"),
    "rate": ("年利率", "rate"),
    "penalty": ("罚息", "penalty"),
    "compound": ("复利", "compound"),
    "total": ("合计", "total"),
    "rounded": ("四舍五入到分", "half up"),
}

# Words that a rule's sentence puts in for a value; they may name other values of the rule.
PHRASES: dict[str, dict[str, Both]] = {
    "dpd_start": {
        "day_after": ("到期次日为第1天", "the day after is day 1"),
        "due_day": ("到期当日为第1天", "the due day is day 1"),
    },
    "tolerance_per": {
        "none": ("无容差", "no tolerance"),
        "loan": ("每笔贷款容差 {tolerance_minor}", "tolerance {tolerance_minor} for the loan"),
        "instalment": (
            "每期容差 {tolerance_minor}，逐期累计",
            "tolerance {tolerance_minor} for each instalment so far",
        ),
    },
    "day_count": {
        "act_360": ("一年按360天", "a year of 360 days"),
        "act_365": ("一年按365天", "a year of 365 days"),
    },
    "cap": {
        "none": ("年利率不设上限", "no cap on the rate"),
        "capped": ("年利率不超过 {cap_bps}", "no rate above {cap_bps}"),
    },
    "on": {
        "principal": ("逾期本金", "unpaid principal"),
        "interest": ("逾期利息", "unpaid interest"),
    },
}

# One sentence for each code of batch/because.py; `{}` names a value of the rule.
SENTENCES: dict[str, Both] = {
    "oldest_uncovered": (
        "最早未还清的是第{seq}期（{due_date} 到期）；{dpd_start}；{tolerance_per}",
        "the oldest not covered is no. {seq}, due {due_date}; {dpd_start}; {tolerance_per}",
    ),
    "all_covered": (
        "到期各期均已还清；{tolerance_per}",
        "everything due is covered; {tolerance_per}",
    ),
    "as_dpd": ("无宽限、无暂停，同逾期天数", "no grace and no pause: as days past due"),
    "less_grace_and_pauses": (
        "逾期天数减宽限{grace_days}天、减暂停计天{paused_days}天，不低于0",
        "days past due less {grace_days} of grace and {paused_days} paused, at least 0",
    ),
    "thirty_days_each": (
        "按计入天数，每{days}天一个阶段；0天为M0，最高M7+",
        "{days} counted days to a bucket; 0 days are M0, M7+ is the last",
    ),
    "five_class": (
        "按日历逾期天数，{first_day}天起为{grade}",
        "calendar days past due; {grade} from {first_day}",
    ),
    "due_less_paid": (
        "到期应还 {due_minor}，减已还 {paid_minor}；欠款不扣容差",
        "due {due_minor} less paid {paid_minor}; no tolerance is taken off",
    ),
    "paid_ahead": (
        "到期应还 {due_minor}，已还 {paid_minor}，没有欠款",
        "due {due_minor}, paid {paid_minor}: nothing is owed",
    ),
    "per_instalment": (
        "从最早一期起逐期还；每期先费用、再利息、后本金",
        "from the oldest instalment on; in each fee, then interest, then principal",
    ),
    "fees_first": (
        "先还全部到期费用，再全部利息，后本金",
        "all fees that are due, then all interest, then principal",
    ),
    "card_91": (
        "信用卡：逾期90天以内先费用、再利息、后本金；91天起先本金、再利息、后费用",
        "card: fees, interest, principal up to 90 days past due; from day 91 principal first",
    ),
    "as_booked": ("按银行入账时的拆分", "as the bank booked each payment"),
    "daily_simple": (
        "{on}按日单利，{day_count}，{cap}；迟还的天数也计",
        "simple interest by the day on {on}, {day_count}, {cap}; days paid late count too",
    ),
    "no_rate": ("该产品没有此项利率", "the product has no such rate"),
    "principal_and_due_less_paid": (
        "全部本金 {principal_minor}，加已到期利息和费用 {beside_minor}，减已还 {paid_minor}",
        "principal {principal_minor} + interest and fees due {beside_minor} - paid {paid_minor}",
    ),
    "stated_by_bank": (
        "银行 {snapshot_date} 报送逾期{reported_dpd}天；{most_days}天内的报送有效",
        "the bank stated {reported_dpd} on {snapshot_date}; a status holds for {most_days} days",
    ),
    "as_stated": (
        "以银行报送的天数为准，不另扣宽限和暂停",
        "as the bank stated; no grace or pause is taken off",
    ),
    "balance_stated": ("以银行报送的余额为准", "the balance that the bank stated"),
    "not_opened": ("{opened_date} 放款，此前不计", "it opens on {opened_date}"),
    "paid_in_full": (
        "已还 {paid_minor}，全部应还 {total_minor}；{tolerance_per}。不在逾期名单上",
        "paid {paid_minor} of {total_minor} in all; {tolerance_per}. It is not on any list",
    ),
    "closed_by_bank": (
        "银行已将其关闭，不在逾期名单上",
        "the bank has closed it. It is not on any list",
    ),
    "closed_by_status": (
        "银行 {snapshot_date} 报送已关闭，不在逾期名单上",
        "the bank stated on {snapshot_date} that it is closed. It is not on any list",
    ),
    "no_recent_status": (
        "最近{most_days}天银行没有报送状态",
        "the bank stated nothing in the last {most_days} days",
    ),
}

# The laws that a rule may rest on, as they are named in the code.
LAWS: dict[str, Both] = {
    "商业银行金融资产风险分类办法 (2023 no. 1), arts. 10-13": (
        "《商业银行金融资产风险分类办法》（2023年第1号）第10至13条",
        "Risk Classification of Commercial Banks' Financial Assets (2023 no. 1), arts. 10-13",
    ),
    "common practice under 银监发〔2007〕54号, which sets no day counts of its own; not verified": (
        "银监发〔2007〕54号之下的通行做法；该文件本身未规定天数，未核实",
        "common practice under CBRC 2007 no. 54, which sets no day counts of its own; not verified",
    ),
    "商业银行信用卡业务监督管理办法 art. 57": (
        "《商业银行信用卡业务监督管理办法》第57条",
        "Supervision of the Credit Card Business of Commercial Banks, art. 57",
    ),
}
