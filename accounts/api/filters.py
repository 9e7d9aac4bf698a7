"""Filters that are known or refused: a misspelt one must not return everything."""

from typing import Any

import django_filters
from django import forms
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.api.keyset import KeysetPagination

NO_DAY = {"invalid": "Write the day as YYYY-MM-DD."}


class KnownFilters(DjangoFilterBackend):
    """django-filter, that refuses a name it does not know and says which there are."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filters = self.get_filterset(request, queryset, view)
        known = sorted({*KeysetPagination.NAMES, *(filters.filters if filters else ())})
        unknown = sorted(set(request.query_params) - set(known))
        if unknown:
            raise ValidationError(
                {name: [f"There is no such filter. There are: {', '.join(known)}."] for name in unknown}
            )
        if filters is None:
            return queryset
        if not filters.is_valid():
            raise translate_validation(filters.errors)
        return filters.qs


class Day(django_filters.DateFilter):
    """A day as ISO 8601 writes it."""

    def __init__(self, field_name: str, lookup: str, label: str, **kwargs: Any) -> None:
        super().__init__(field_name, lookup, label=label, input_formats=["%Y-%m-%d"], error_messages=NO_DAY, **kwargs)


class Code(django_filters.CharFilter):
    """A code of a known form, found by equality."""

    field_class = forms.RegexField

    def __init__(self, field_name: str, pattern: str, label: str, **kwargs: Any) -> None:
        refusal = {"invalid": f"{label}: {pattern} is its form."}
        super().__init__(field_name, label=label, regex=f"^{pattern}$", error_messages=refusal, **kwargs)
        self.pattern = pattern
