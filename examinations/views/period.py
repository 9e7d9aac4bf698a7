"""The period that a page of sums is about: from which day to which, twelve months unless asked otherwise."""

import datetime

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from examinations.figures import Period, twelve_months
from examinations.filters import NO_DAY, american
from look.periods import refuse_backwards

EARLIEST = datetime.date(1990, 1, 1)


class PeriodForm(forms.Form):
    """From which month to which day; twelve months unless asked otherwise."""

    start = forms.DateField(label="From", error_messages=NO_DAY)
    end = forms.DateField(label="To", error_messages=NO_DAY)

    def clean(self) -> dict[str, datetime.date]:
        asked = super().clean() or {}
        start, end = asked.get("start"), asked.get("end")
        if start and start < EARLIEST:
            self.add_error("start", "No data are older than 1990.")
        if end and end > timezone.localdate() + datetime.timedelta(days=366):
            self.add_error("end", "This day is more than a year ahead.")
        refuse_backwards(self)
        return asked


def asked_period(
    request: HttpRequest, today: datetime.date, default: Period | None = None
) -> tuple[PeriodForm, Period]:
    """The form as the address fills it, and its period; `default`, else twelve months, where it cannot be used."""
    default = default or twelve_months(today)
    asked = {name: american(request.GET.get(name, "")) for name in ("start", "end")}
    if not any(asked.values()):
        asked = {"start": american(default.start.isoformat()), "end": american(default.end.isoformat())}
    form = PeriodForm(asked)
    return form, Period(form.cleaned_data["start"], form.cleaned_data["end"]) if form.is_valid() else default
