"""The pages of those who lead."""

from django.urls import path

from arrears.web.floor.hands import hand, reassign
from arrears.web.floor.views import team

urlpatterns = [
    path("team/", team, name="team"),
    path("team/reassign/", reassign, name="reassign"),
    path("team/hands/<int:person_id>/", hand, name="hand"),
]
