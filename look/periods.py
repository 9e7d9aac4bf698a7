"""A period that somebody asks for, from a first day to a last: refused in the same words wherever it ends before it starts."""

from typing import Any

import django_filters
from django import forms

BACKWARDS = "This period ends before it starts."


def refuse_backwards(form: forms.Form) -> None:
    """Say at the last day (`end`) that it comes before the first (`start`)."""
    start, end = (form.cleaned_data.get(name) for name in ("start", "end"))
    if start and end and start > end:
        form.add_error("end", BACKWARDS)


class InPeriod(django_filters.FilterSet):
    """Filters with `start` and `end` among them, which must not be the wrong way round."""

    def get_form_class(self) -> type[forms.Form]:
        class PeriodForm(super().get_form_class()):  # type: ignore[misc]
            def clean(form) -> dict[str, Any]:
                asked: dict[str, Any] = super().clean()
                refuse_backwards(form)
                return asked

        return PeriodForm
