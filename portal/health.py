"""Is everything alive that has to be? For a load balancer and for whoever watches."""

import datetime
from collections.abc import Callable

from django.core.cache import cache
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.guards import public
from portal.models import Heartbeat

PATH = "/health/"
OLDEST_BEAT = datetime.timedelta(minutes=5)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _broker() -> bool:
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True


def _heartbeat_age() -> int | None:
    """Seconds since the scheduler last reached a worker; None where it never did or nobody can say."""
    try:
        beat = Heartbeat.objects.filter(name="scheduler").values_list("at", flat=True).first()
    except Error:
        return None
    return int((timezone.now() - beat).total_seconds()) if beat else None


@public
@require_safe
@transaction.non_atomic_requests
def health(request: HttpRequest) -> JsonResponse:
    """200 where database, broker and scheduler answer, else 503; says which, and nothing more."""
    database = _database()
    age = _heartbeat_age() if database else None
    parts = {
        "database": database,
        "broker": _broker(),
        "scheduler": age is not None and age < OLDEST_BEAT.total_seconds(),
    }
    answer = JsonResponse(parts | {"heartbeat_age_seconds": age}, status=200 if all(parts.values()) else 503)
    answer["Cache-Control"] = "no-store"
    return answer


class HealthMiddleware:
    """Answers before sessions and scopes ask the database: without one, "it is down" must still be said."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health(request) if request.path == PATH else self.get_response(request)
