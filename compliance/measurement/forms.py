"""What headquarters writes: a plan, sizes, who reviews, thresholds."""

import datetime
import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Center
from compliance.measurement.models import MajorRules, MeasurementPlan, Stratum
from compliance.measurement.rate_file import rates_in
from examinations.models.examination import DiscrepancyType

NO_CENTER = "none"
#: As the page asks for a day, it shows one.
AS_WRITTEN = "%m/%d/%Y"


def last_fiscal_year(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The newest fiscal year that is over; one ends with September."""
    year = today.year if today.month >= 10 else today.year - 1
    return datetime.date(year - 1, 10, 1), datetime.date(year, 9, 30)


class PlanForm(forms.ModelForm):
    class Meta:
        model = MeasurementPlan
        fields = [
            "name",
            "starts",
            "ends",
            "group_by",
            "bands",
            "whole_from",
            "lines",
            "floor",
            "expected_rate",
            "review_days",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bands"].help_text = "Dollars, with commas between: 2500,25000 makes three bands. Empty: one."
        for name in ("starts", "ends"):
            self.fields[name].help_text = "MM/DD/YYYY"
            self.fields[name].widget.format = AS_WRITTEN
        if self.instance.pk is None:
            starts, ends = last_fiscal_year(timezone.localdate())
            given = {"name": f"Fiscal year {ends.year}", "starts": starts, "ends": ends}
            self.initial |= {key: value for key, value in given.items() if not self.initial.get(key)}

    def _post_clean(self) -> None:
        """The verbs of the plan validate it whole; here the fields alone, so that an error stands at its field."""


class SizesForm(forms.Form):
    """How many lines of each stratum; a field for each, named by its key."""

    def __init__(self, strata: list[Stratum], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for stratum in strata:
            if not stratum.whole:
                self.fields[stratum.key] = forms.IntegerField(
                    label=stratum.label, min_value=0, max_value=10_000_000, initial=stratum.to_draw
                )


class RatesForm(forms.Form):
    """Last year's rates, as a file."""

    MOST_BYTES = 2**20

    file = forms.FileField(
        label="File", help_text="CSV or Excel (.xlsx).", error_messages={"required": "Choose a file first."}
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise forms.ValidationError("A file of rates has a row for each stratum: this one is far too large.")
        return file

    def rates(self) -> dict[str, tuple[int, float]]:
        """What the file says. Raises UnusableFile."""
        with tempfile.NamedTemporaryFile(prefix="rates-") as local:
            for chunk in self.cleaned_data["file"].chunks():
                local.write(chunk)
            local.flush()
            return rates_in(Path(local.name))


class HandForm(forms.Form):
    center = forms.ChoiceField(label="Lines of importers of")
    reviewer = forms.CharField(label="Reviewer", max_length=120)
    due = forms.DateField(label="Until", required=False, help_text="MM/DD/YYYY. Empty: as it is.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centers = [(center.code, str(center)) for center in Center.objects.all()]
        self.fields["center"].choices = [*centers, (NO_CENTER, "no Center")]


class RulesForm(forms.ModelForm):
    admissibility = forms.MultipleChoiceField(
        label="Major whatever they cost",
        choices=DiscrepancyType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = MajorRules
        fields = ["since", "revenue_amount", "revenue_share", "value_amount", "value_share", "admissibility"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].help_text = "MM/DD/YYYY"
        self.fields["since"].widget.format = AS_WRITTEN
        for name in ("revenue_share", "value_share"):
            self.fields[name].help_text = "0.10 is 10 %."

    def _post_clean(self) -> None:
        """MajorRules.make validates; here the fields alone."""


class GroupsForm(forms.Form):
    """The next set of groups of chapters, a group a line."""

    since = forms.DateField(label="In force since", help_text="MM/DD/YYYY", widget=forms.DateInput(format=AS_WRITTEN))
    text = forms.CharField(
        label="Groups",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="A group a line: its name, a colon, its chapters, such as “Textiles, apparel, footwear: 50-67”. Each "
        "chapter from 01 to 99 in one group.",
    )


class CargoForm(forms.Form):
    """A look at the cargo of one drawn line."""

    entry = forms.CharField(label="Entry number", max_length=20)
    line = forms.IntegerField(label="Line", min_value=1, max_value=32_000)
    because = forms.CharField(label="Why its reviewer asks", max_length=300)
