"""One shape for everything that went wrong."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from psycopg2.errors import QueryCanceled
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

NOT_FOUND = "There is nothing at this address."
UNUSABLE = "What was asked cannot be used; see errors."


class Conflict(APIException):
    """What was asked for cannot be done to the thing as it stands."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "This is too much for one call."


class TooLong(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "too_long"
    default_detail = "This took too long. Ask for one account, or for a shorter period."


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as `detail`, a sentence, and `errors` by name where it is about what was sent."""
    if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
        error = TooLong()
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge()
    answer = exception_handler(error, context)
    if answer is None:
        return None
    if answer.status_code == status.HTTP_404_NOT_FOUND:
        answer.data = {"detail": NOT_FOUND}
    elif isinstance(answer.data, list):
        answer.data = {"detail": " ".join(str(part) for part in answer.data)}
    elif set(answer.data) != {"detail"}:
        answer.data = {"detail": UNUSABLE, "errors": answer.data}
    return answer
