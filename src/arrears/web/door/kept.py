"""The form that someone was filling in when their session ended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from arrears.web.again import KEPT, typed_in
from arrears.web.needs import frame, needs


@needs()
def kept(request: HttpRequest) -> HttpResponse:
    """What was typed, with a button that sends the form as it was; it counts once, as ever."""
    told = request.session.get(KEPT)
    if not told:
        return redirect("/")
    fields = [(str(name), str(value)) for name, value in told["fields"]]
    shown = {"action": told["action"], "fields": fields, "typed": typed_in(fields)}
    return render(request, "door/kept.html", {**shown, **frame(request)})
