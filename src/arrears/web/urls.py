"""Every page of the workbench."""

from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path

from arrears.web.health import health

ROOMS = ("door", "desk", "floor", "watch", "api", "reports")
HERE = Path(__file__).parent

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    *(
        path("", include(f"arrears.web.{room}.urls"))
        for room in ROOMS
        if (HERE / room / "urls.py").exists()
    ),
]

handler500 = "arrears.web.broken.broken"
