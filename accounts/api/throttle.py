import logging
from typing import Any

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

log = logging.getLogger("portal.api")


class PersonThrottle(UserRateThrottle):
    """So many calls a minute for each person, over all of their tokens. Without a cache nobody is held back."""

    scope = "person"

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except RedisError as error:
            log.warning("Calls of the API are not counted: %s", type(error).__name__)
            return True
