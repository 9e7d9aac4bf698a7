"""The base of every view of the API."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import allow


class Declared(APIView):
    """A view with its roles. What it refuses tells nothing of what it would allow.

    roles: who may open it at all; empty: everyone signed in. roles_of_action: who may do more than read.
    """

    roles: tuple[str, ...] = ()
    roles_of_action: dict[str, tuple[str, ...]] = {}

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Callable[..., HttpResponse]:
        return allow(*cls.roles)(super().as_view(*args, **kwargs))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code != status.HTTP_405_METHOD_NOT_ALLOWED:
            del answer["Allow"]
        return answer
