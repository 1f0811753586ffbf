"""/healthz: can this process serve?"""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peygir.ledger.log import stops


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not. Says when the public log stands still,
    which is no secret, and nothing else to strangers."""
    try:
        stands_still = stops.current() is not None
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "up"} | ({"log": "stopped"} if stands_still else {}))
