"""The pages of those who watch over what is sent."""

from django.urls import path

from arrears.web.watch.log import log_page
from arrears.web.watch.outbox import mark, outbox_page, withdraw
from arrears.web.watch.texts import approve, end, new, texts_page, write

urlpatterns = [
    path("log/", log_page, name="log"),
    path("outbox/", outbox_page, name="outbox"),
    path("outbox/<int:message_id>/mark/", mark, name="message-mark"),
    path("outbox/<int:message_id>/withdraw/", withdraw, name="message-withdraw"),
    path("templates/", texts_page, name="templates"),
    path("templates/new/", new, name="text-new"),
    path("templates/write/", write, name="text-write"),
    path("templates/<int:template_id>/approve/", approve, name="text-approve"),
    path("templates/<int:template_id>/end/", end, name="text-end"),
]
