"""The pages of the desk."""

from django.urls import path

from arrears.web.desk.acts import FORMS, view_of
from arrears.web.desk.case import case, why
from arrears.web.desk.lists import find, start, take_next, work

urlpatterns = [
    path("", start, name="start"),
    path("work/", work, name="work"),
    path("work/next/", take_next, name="next"),
    path("search/", find, name="search"),
    path("case/<int:case_id>/", case, name="case"),
    path("case/<int:case_id>/why/<path:loan_id>/", why, name="why"),
    *(
        path(f"case/<int:case_id>/{form.name}/", view_of(form), name=f"case-{form.name}")
        for form in FORMS
    ),
]
