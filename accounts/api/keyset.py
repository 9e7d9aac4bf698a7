"""Pages that begin where the last one ended, found through an index: the thousandth is as quick as the first."""

import re
from typing import Any

from django.core import signing
from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

Rows = QuerySet[Any]


class KeysetPagination(BasePagination):
    """`results` and `next`, the address of the page after, or null.

    The view says the order by `page_order()`: fields that are never empty and together name one row, a minus turns
    one around. DRF's own cursor knows one field and counts the rest off, which does not end where a day has more rows
    than a page. A cursor is signed: one that was changed, or that another list gave, is refused.
    """

    SIZE, MOST = 100, 1000
    NAMES = ("cursor", "page_size")

    def paginate_queryset(self, queryset: Rows, request: Request, view: Any = None) -> list[Model]:
        """The rows of the page that is asked for. Raises ValidationError for a cursor or size that cannot be."""
        self.request, self.order = request, tuple(view.page_order())
        self.salt = f"api cursor {view.basename} {view.action} {' '.join(self.order)}"
        self.size = self._asked_size(request)
        position = self._asked_position(request)
        rows = queryset.order_by(*self.order)
        found = list(rows[: self.size + 1]) if position is None else self._after(rows, position)
        self.more, self.page = len(found) > self.size, found[: self.size]
        return self.page

    def _asked_size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", str(self.SIZE))
        if not re.fullmatch("[0-9]{1,4}", asked) or not 1 <= int(asked) <= self.MOST:
            raise ValidationError({"page_size": [f"A page has 1 to {self.MOST} rows."]})
        return int(asked)

    def _asked_position(self, request: Request) -> list[str] | None:
        asked = request.query_params.get("cursor")
        if asked is None:
            return None
        try:
            position: list[str] = signing.loads(asked, salt=self.salt)
        except signing.BadSignature:
            raise ValidationError({"cursor": ["This cursor is not one that this list gave."]}) from None
        return position

    def _after(self, rows: Rows, position: list[str]) -> list[Model]:
        """One statement for each field of the order, each a single range of the index: the rest of the same account
        and day, then the same account's later days, then the accounts after; until the page is full."""
        found: list[Model] = []
        names = [name.removeprefix("-") for name in self.order]
        for depth in reversed(range(len(names))):
            beyond = "lt" if self.order[depth].startswith("-") else "gt"
            same = dict(zip(names[:depth], position[:depth], strict=True))
            step = rows.filter(**same, **{f"{names[depth]}__{beyond}": position[depth]})
            found += step[: self.size + 1 - len(found)]
            if len(found) > self.size:
                break
        return found

    def _next(self) -> str | None:
        if not self.more:
            return None
        last = self.page[-1]
        position = [str(getattr(last, name.removeprefix("-"))) for name in self.order]
        cursor = signing.dumps(position, salt=self.salt)
        return str(replace_query_param(self.request.build_absolute_uri(), "cursor", cursor))

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {"type": "string", "format": "uri", "nullable": True, "description": "Address of the next page."}
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": following},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {"type": "string"}
        size = {"type": "integer", "minimum": 1, "maximum": self.MOST, "default": self.SIZE}
        said = {"cursor": "Follow `next` instead of making one.", "page_size": "Rows of a page."}
        return [
            {"name": name, "in": "query", "required": False, "description": said[name], "schema": schema}
            for name, schema in (("cursor", cursor), ("page_size", size))
        ]
