"""The routes of the API."""

from django.urls import path

from arrears.web.api.views import holds, payments, stops

urlpatterns = [
    path("api/payments", payments, name="api-payments"),
    path("api/holds", holds, name="api-holds"),
    path("api/stops", stops, name="api-stops"),
]
