"""The pages of the door."""

from django.urls import path
from django.views.i18n import set_language

from arrears.web.door.kept import kept
from arrears.web.door.password import change, password
from arrears.web.door.people import (
    admit,
    certify,
    dismiss,
    found,
    move,
    people,
    person,
    readmit,
    renew,
)
from arrears.web.door.views import sign_in, sign_out

urlpatterns = [
    path("kept/", kept, name="kept"),
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", sign_out, name="sign_out"),
    path("language/", set_language, name="set_language"),
    path("password/", password, name="password"),
    path("password/change/", change, name="password-change"),
    path("people/", people, name="people"),
    path("people/admit/", admit, name="admit"),
    path("people/team/", found, name="found-team"),
    path("people/<int:person_id>/", person, name="person"),
    path("people/<int:person_id>/move/", move, name="person-move"),
    path("people/<int:person_id>/fitness/", certify, name="person-fitness"),
    path("people/<int:person_id>/password/", renew, name="person-password"),
    path("people/<int:person_id>/dismiss/", dismiss, name="person-dismiss"),
    path("people/<int:person_id>/readmit/", readmit, name="person-readmit"),
]
