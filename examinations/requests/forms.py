"""What people write down about requests: staff what CBP says, members that they answered."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.identifiers import parse_entry_number
from accounts.models import Account, Person
from examinations.filters import NO_SUCH_DAY
from examinations.models import CustomsRequest
from examinations.models.examination import DiscrepancyType
from examinations.models.request import Form
from examinations.models.request_records import Outcome

DAY_HINT = "MM/DD/YYYY"
MOST_LINES = 50


class RecordForm(forms.Form):
    """A request that no file has brought yet."""

    number = forms.CharField(label="Request number", max_length=20, help_text="As printed on the form.")
    form_code = forms.ChoiceField(label="Form", choices=Form.choices)
    entry_number = forms.CharField(label="Entry number", max_length=20, help_text="Such as 9XZ-1234567-1.")
    lines = forms.CharField(
        label="Lines", required=False, max_length=300, help_text="Such as 1, 3. Empty: the whole entry."
    )
    subject = forms.ChoiceField(
        label="About", required=False, choices=[("", "Not said"), *DiscrepancyType.choices], initial=""
    )
    issued = forms.DateField(
        label="Issued on", error_messages=NO_SUCH_DAY, help_text=f"{DAY_HINT}. The period runs from it."
    )

    def clean_entry_number(self) -> str:
        try:
            return parse_entry_number(self.cleaned_data["entry_number"].strip().upper()).value
        except ValueError as error:
            raise ValidationError(f"{error}") from error

    def clean_lines(self) -> list[int | None]:
        parts = self.cleaned_data["lines"].replace(",", " ").replace(";", " ").split()
        if not parts:
            return [None]
        if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 999 for part in parts[: MOST_LINES + 1]):
            raise ValidationError("Write the numbers of the lines, such as 1, 3.")
        if len(parts) > MOST_LINES:
            raise ValidationError(f"At most {MOST_LINES} lines; leave it empty for the whole entry.")
        return [*dict.fromkeys(int(part) for part in parts)]

    def save(self, account: Account, by: Person) -> CustomsRequest | None:
        """The request recorded; None where the verb refused it, and then the form says why."""
        asked = self.cleaned_data
        try:
            return CustomsRequest.record(
                by=by,
                account=account,
                number=asked["number"],
                form=asked["form_code"],
                entry_number=asked["entry_number"],
                issued=asked["issued"],
                lines=[(line, asked["subject"]) for line in asked["lines"]],
            )
        except ValidationError as error:
            self.add_error(None, error)
            return None


class DayForm(forms.Form):
    """A deed with its day."""

    day = forms.DateField(label="Day", error_messages=NO_SUCH_DAY, help_text=DAY_HINT)

    def __init__(self, *args: Any, label: str, ahead: bool = False, **kwargs: Any) -> None:
        """ahead: the day lies ahead, and nobody can guess it; else it is today unless written otherwise."""
        super().__init__(*args, **kwargs)
        self.fields["day"].label = label
        if not ahead:
            self.fields["day"].initial = timezone.localdate().strftime("%m/%d/%Y")


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label="What CBP decided", choices=Outcome.choices)
