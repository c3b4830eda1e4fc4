"""What the cloud posts to the addresses that are set in its console: SmsReport and SmsUp."""

from arrears.channels.report import Reply, Report, rows_of, told


def reports_of(body: bytes) -> list[Report]:
    """Raises: ReportUnreadable. Source: help.aliyun.com, "SmsReport" (delivery reports by HTTP)."""
    return [
        Report(
            event=f"{told(row, 'biz_id')}:{row.get('success') is True}",
            state="delivered" if row.get("success") is True else "bounced",
            key=told(row, "out_id", needed=False),
            gateway_id=told(row, "biz_id"),
            because="" if row.get("success") is True else told(row, "err_code", needed=False),
        )
        for row in rows_of(body)
    ]


def replies_of(body: bytes) -> list[Reply]:
    """Raises: ReportUnreadable. Source: help.aliyun.com, "SmsUp" (replies by HTTP)."""
    return [
        Reply(
            event=f"{told(row, 'sequence_id')}:{told(row, 'send_time', needed=False)}",
            value=told(row, "phone_number"),
            text=told(row, "content", needed=False),
        )
        for row in rows_of(body)
    ]
