"""What the cloud posts to the addresses that are set in its console."""

from hashlib import sha256

from arrears.channels.report import Reply, Report, rows_of, told


def reports_of(body: bytes) -> list[Report]:
    """Raises: ReportUnreadable. Source: cloud.tencent.com/document/product/382/59178 (status reports)."""
    return [
        Report(
            event=f"{told(row, 'sid')}:{told(row, 'report_status')}",
            state="delivered" if row["report_status"] == "SUCCESS" else "bounced",
            gateway_id=told(row, "sid"),
            because="" if row["report_status"] == "SUCCESS" else told(row, "errmsg", needed=False),
        )
        for row in rows_of(body)
    ]


def replies_of(body: bytes) -> list[Reply]:
    """Raises: ReportUnreadable. Source: cloud.tencent.com/document/product/382/59179 (replies)."""
    return [
        Reply(
            event=sha256(f"{value} {text} {told(row, 'time', needed=False)}".encode()).hexdigest(),
            value=f"+{told(row, 'nationcode')}{value}",
            text=text,
        )
        for row in rows_of(body)
        for value, text in [(told(row, "mobile"), told(row, "text", needed=False))]
    ]
