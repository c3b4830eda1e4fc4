"""`/health`: whether the workbench can do its work, for whoever watches over it."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from arrears.web.ledger.queries.cases import front


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while the ledger answers, 503 while it does not; which business day people see."""
    try:
        connection.ensure_connection()
        run = front()
    except DatabaseError:
        return JsonResponse({"status": "broken", "database": "no answer"}, status=503)
    as_of = run.as_of.isoformat() if run else None
    return JsonResponse({"status": "ok", "database": connection.vendor, "as_of": as_of})
