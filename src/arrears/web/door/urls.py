"""The pages of the door."""

from django.urls import path
from django.views.i18n import set_language

from arrears.web.door.views import sign_in, sign_out

urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", sign_out, name="sign_out"),
    path("language/", set_language, name="set_language"),
]
