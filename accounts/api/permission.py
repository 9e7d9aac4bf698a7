"""A view of the API says who may open it; for everybody else there is nothing there."""

from typing import Any

from django.http import Http404
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class AsDeclared(BasePermission):
    """Asks the view for its roles, as accounts/guards.py asks the views of pages."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises Http404 for who may not open the view at all, MethodNotAllowed for who may only read it."""
        if not request.user.is_authenticated:
            return False
        if view.roles and request.user.role not in view.roles:
            raise Http404
        action = getattr(view, "action", "")
        roles = view.roles_of_action.get(action)
        if roles and request.user.role not in roles:
            if action == "create":  # the address is there to read
                raise MethodNotAllowed(request.method)
            raise Http404
        return True
