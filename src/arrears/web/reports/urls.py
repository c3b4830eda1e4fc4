"""The addresses for far ends."""

from django.urls import path

from arrears.web.reports.views import (
    cloud_replies,
    cloud_reports,
    kannel_reply,
    kannel_report,
    unsubscribe,
)

urlpatterns = [
    path("reports/kannel", kannel_report, name="report-kannel"),
    path("replies/kannel", kannel_reply, name="reply-kannel"),
    path("reports/<str:cloud>/<str:proof>", cloud_reports, name="reports-cloud"),
    path("replies/<str:cloud>/<str:proof>", cloud_replies, name="replies-cloud"),
    path("unsubscribe/<str:key>/<str:proof>", unsubscribe, name="unsubscribe"),
]
