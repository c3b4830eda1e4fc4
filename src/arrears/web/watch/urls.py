"""The pages of those who watch over what is sent."""

from django.urls import path

from arrears.web.watch.caps import caps_page
from arrears.web.watch.front import watch
from arrears.web.watch.log import log_page
from arrears.web.watch.outbox import let_pass, mark, outbox_page, reconcile, settle, withdraw
from arrears.web.watch.refusals import verdict_page, verdicts_page
from arrears.web.watch.rules import rule_page, rules_page
from arrears.web.watch.stops import overrides_page, stops_page
from arrears.web.watch.texts import approve, end, new, texts_page, write
from arrears.web.watch.trial import trial
from arrears.web.watch.wordings import wordings_page

urlpatterns = [
    path("watch/", watch, name="watch"),
    path("watch/rules/", rules_page, name="rules"),
    path("watch/rules/<str:pack>/<str:rule_id>/", rule_page, name="rule"),
    path("watch/verdicts/", verdicts_page, name="verdicts"),
    path("watch/verdicts/<int:verdict_id>/", verdict_page, name="verdict"),
    path("watch/caps/", caps_page, name="caps"),
    path("watch/holds/", stops_page, name="stops"),
    path("watch/overrides/", overrides_page, name="overrides"),
    path("watch/wordings/", wordings_page, name="wordings"),
    path("watch/trial/", trial, name="trial"),
    path("log/", log_page, name="log"),
    path("outbox/", outbox_page, name="outbox"),
    path("outbox/reconcile/", reconcile, name="journal-reconcile"),
    path("outbox/unknown/<int:n>/", settle, name="journal-settle"),
    path("outbox/<int:message_id>/mark/", mark, name="message-mark"),
    path("outbox/<int:message_id>/override/", let_pass, name="message-override"),
    path("outbox/<int:message_id>/withdraw/", withdraw, name="message-withdraw"),
    path("templates/", texts_page, name="templates"),
    path("templates/new/", new, name="text-new"),
    path("templates/write/", write, name="text-write"),
    path("templates/<int:template_id>/approve/", approve, name="text-approve"),
    path("templates/<int:template_id>/end/", end, name="text-end"),
]
