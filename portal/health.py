"""Is everything alive that has to be? For a load balancer and for whoever watches."""

import datetime

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.guards import public
from portal.models import Heartbeat

OLDEST_BEAT = datetime.timedelta(minutes=5)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True


@public
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 where database, broker and scheduler answer, else 503; says which, and nothing more."""
    beat = Heartbeat.objects.filter(name="scheduler").values_list("at", flat=True).first()
    age = int((timezone.now() - beat).total_seconds()) if beat else None
    parts = {
        "database": _database(),
        "broker": _broker(),
        "scheduler": age is not None and age < OLDEST_BEAT.total_seconds(),
    }
    return JsonResponse(parts | {"heartbeat_age_seconds": age}, status=200 if all(parts.values()) else 503)
