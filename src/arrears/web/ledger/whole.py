"""Whether the ledger and the send journal belong together: if not, nobody is contacted."""

from django.utils.translation import gettext as _

from arrears.web.ledger.journal import Frozen, JournalGone, journal_folder, last_number
from arrears.web.ledger.models import JournalHead


def require_whole_journal() -> None:
    """The journal is there, and holds nothing that the ledger does not know.

    Asked without a lock, so the journal's end is read on both sides of the ledger's word.
    Raises: Frozen, JournalGone, JournalAway.
    """
    folder = journal_folder()
    before = last_number(folder)
    head = JournalHead.objects.filter(name="journal").first() or JournalHead()
    require_known(before, head)
    require_there(last_number(folder), head)


def require_known(end: int, head: JournalHead) -> None:
    """The journal ends no later than the ledger, and two have looked where it did. Raises: Frozen."""
    if end > head.count:
        raise Frozen(
            _("账本比发送日志旧，像是从旧备份恢复的：有 %(some)s 次联系账本不知道，暂停联系客户")
            % {"some": end - head.count},
            hint=_("请先确认恢复无误，再由合规人员在消息页核对，或运行：arrears reconcile"),
        )
    if head.waits:
        raise Frozen(
            _("账本与发送日志已核对，还须另一人确认，暂停联系客户"),
            hint=_("请另一位合规人员看过消息页后再按一次核对，或由另一人运行：arrears reconcile"),
        )


def require_there(end: int, head: JournalHead) -> None:
    """The journal is there, and as long as it was. Raises: JournalGone."""
    if end < head.written or (head.count and not journal_folder().is_dir()):
        raise JournalGone(
            _("发送日志不在，或比账本旧，暂停联系客户"),
            hint=_(
                "请放回 ARREARS_JOURNAL 所指的文件夹（默认在数据目录的 journal）。"
                "确实找不回时运行：arrears reconcile --begin-anew"
            ),
        )
