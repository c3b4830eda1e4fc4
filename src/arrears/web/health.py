"""`/health`: whether the workbench can do its work, for whoever watches over it."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from arrears.web.ledger.queries.cases import front

LEAST_FREE_BYTES = 1_000_000


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while the ledger answers and has room, 503 while not; which business day people see."""
    try:
        connection.ensure_connection()
        run = front()
    except Error:
        return JsonResponse({"status": "broken", "database": "no answer"}, status=503)
    home: Path = settings.ARREARS_HOME  # type: ignore[misc]
    if shutil.disk_usage(home).free < LEAST_FREE_BYTES:
        return JsonResponse({"status": "broken", "disk": "full"}, status=503)
    as_of = run.as_of.isoformat() if run else None
    return JsonResponse({"status": "ok", "database": connection.vendor, "as_of": as_of})
