"""The forms in which headquarters writes notices, and moves them on."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Account, Enrollment
from compliance.measurement.issues import ISSUES
from notices.models import Notice
from notices.models.for_whom import FORMS, MOST_CODES


class Codes(forms.CharField):
    """Codes beside or below each other, with spaces, commas or semicolons between."""

    widget = forms.Textarea(attrs={"rows": 2, "cols": 60})

    def __init__(self, *, base_field: object = None, max_length: object = None, **given: Any) -> None:
        super().__init__(**given)  # of each code its form says how long it may be

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        found = [one for one in re.split(r"[\s,;]+", text or "") if one]
        if len(found) > MOST_CODES:
            raise ValidationError(f"Up to {MOST_CODES} codes.")
        return found

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list | tuple) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != [one for one in re.split(r"[\s,;]+", data or "") if one]


def _several(label: str, choices: Any, help_text: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class NoticeForm(forms.ModelForm):
    account_kinds = _several("For importers, brokers", Account.Kind, "None chosen means both.")
    programs = _several("Programs", Enrollment.Program, "Those that take part in one of these; none chosen means all.")
    issues = _several(
        "Priority trade issues",
        [(one.code, one.name) for one in ISSUES],
        "Goods of one of these; none chosen means all.",
    )

    class Meta:
        model = Notice
        exclude: list[str] = []
        field_classes = dict.fromkeys(FORMS, Codes)


class WhyForm(forms.Form):
    why = forms.CharField(label="Why", max_length=300, widget=forms.Textarea(attrs={"rows": 2, "cols": 60}))


class PerhapsWhyForm(forms.Form):
    why = forms.CharField(
        label="Why: whoever was told of it reads this", max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
    )  # fmt: skip


class VersionForm(forms.Form):
    """Which version the second person looked at: one that was sent back and changed meanwhile is another."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class AtForm(VersionForm):
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(
        label="Time, Eastern", widget=forms.TimeInput(attrs={"type": "time"}), initial=datetime.time(8)
    )

    def at(self) -> datetime.datetime:
        """The moment, in New York."""
        moment = datetime.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return timezone.make_aware(moment)


class NumberForm(forms.Form):
    number = forms.CharField(label="Number of the new notice", max_length=40)
