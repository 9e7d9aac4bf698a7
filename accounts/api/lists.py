"""The view that every list of the API is."""

from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.access import Reach
from accounts.api.declared import Declared


class Rows(Declared, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Rows that their person may see, a page at a time, or one of them by its id.

    order: fields of an index, see accounts/api/keyset.py. related: prefetched once for the rows of a page.
    """

    order: tuple[str, ...] = ("id",)
    related: tuple[Any, ...] = ()
    lookup_value_converter = "int"
    http_method_names = ["get", "head"]

    @property
    def reach(self) -> Reach:
        """What who asks may see."""
        return self.request.reach

    def page_order(self) -> tuple[str, ...]:
        return self.order

    def related_rows(self) -> tuple[Any, ...]:
        """What to fetch beside the rows of a page, a statement each, however many rows there are.

        Not by a join: what the database hides would take its row with it.
        """
        return self.related

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().visible_to(self.request.user)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.detail else super().filter_queryset(queryset)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        return self.page_of(rows, self.get_serializer_class(), *self.related_rows())

    def page_of(self, rows: QuerySet[Any], serializer: type[BaseSerializer], *related: Any) -> Response:
        """The page that is asked for of any rows, in the order of this action."""
        page = self.paginate_queryset(rows)
        prefetch_related_objects(page, *related)
        return self.get_paginated_response(serializer(page, many=True, context=self.get_serializer_context()).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        prefetch_related_objects([row], *self.related_rows())
        return Response(self.get_serializer(row).data)
