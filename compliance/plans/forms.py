"""The forms of a plan: its text, an action, and what is said with a step."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Person
from compliance.plans.models import Action, Plan, RootCause, owners_of
from compliance.plans.models.past import LONGEST

DAY = {
    "help_text": "MM/DD/YYYY",
    "error_messages": {"invalid": "Write the day as MM/DD/YYYY.", "required": "Choose a day."},
}


class PercentField(forms.DecimalField):
    """A share, read and written in percent."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid": "Write a number of percent, such as 7.5.", "required": "Write a number of percent."}
        wrong |= {"max_decimal_places": "One place after the point is enough.", "max_digits": wrong["invalid"]}
        super().__init__(max_digits=4, decimal_places=1, error_messages=wrong, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value).replace("%", "").strip() if value is not None else value)

    def clean(self, value: Any) -> Decimal:
        return Decimal(super().clean(value)) / 100

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:.1f}" if isinstance(value, Decimal) else value


class PlanForm(forms.Form):
    """What the account writes; `read` is the version that it had before it."""

    read = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    problem = forms.CharField(
        label="What the problem is",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
        error_messages={"required": "Say what the problem is."},
    )
    root_cause = forms.ModelChoiceField(
        RootCause.objects.none(),
        label="Root cause, from the list",
        required=False,
        empty_label="Choose a cause",
        help_text="Why it happens, not what happened.",
    )
    cause = forms.CharField(
        label="Root cause, in your words",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
        required=False,
    )
    limit_rate = PercentField(
        label="Limit, in percent of examinations",
        help_text="Cured means: it shows in fewer than this. Half the rate at the start, 15 % at most.",
    )
    hoped_rate = PercentField(
        label="Hoped rate, in percent of examinations",
        help_text="How seldom it will show if the cure works; at most half the limit. The lower it is, the sooner it is proven.",
    )
    counted_from = forms.DateField(
        label="Counting starts on",
        widget=forms.DateInput(format="%m/%d/%Y"),
        **DAY  # type: ignore[arg-type]
        | {"help_text": "MM/DD/YYYY. Examinations of goods entered from this day on count."},
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = RootCause.objects.offered()
        if plan.root_cause_id:  # one that was retired stays where it was chosen
            offered = offered | RootCause.objects.filter(pk=plan.root_cause_id)
        self.fields["root_cause"].queryset = offered  # type: ignore[attr-defined]


class ActionForm(forms.Form):
    """One action; `read` is the version that was read, where it is changed."""

    read = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    what = forms.CharField(
        label="What is to be done", max_length=300, error_messages={"required": "Say what is to be done."}
    )
    owner = forms.TypedChoiceField(
        label="Who sees to it",
        error_messages={
            "required": "Choose who sees to it.",
            "invalid_choice": "This person is of neither side any more: choose somebody else.",
        },
    )
    due = forms.DateField(label="By", widget=forms.DateInput(format="%m/%d/%Y"), **DAY)  # type: ignore[arg-type]

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        on: datetime.date,
        sides: dict[str, list[Person]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        sides = owners_of(plan.account_id, on) if sides is None else sides
        self.people = {str(one.pk): one for people in sides.values() for one in people}
        choices: list[Any] = [("", "Choose a person")]
        for side, people in sides.items():
            if people:
                choices.append((_group(side), [(str(one.pk), one.name) for one in people]))
        field: Any = self.fields["owner"]
        field.choices, field.coerce = choices, self.people.get

    @property
    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("what", "owner", "due")}


def _group(side: str) -> str:
    return "The account" if side == Action.Side.ACCOUNT else "CBP"


class FinishForm(forms.Form):
    how = forms.CharField(
        label="What was done",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say what was done, so that others can check it."},
    )


class StepForm(forms.Form):
    """A step, with words where it needs them; `read` is the version of the text that was read."""

    step = forms.ChoiceField(choices=[(one, one) for one in ("submit", "agree", "send_back", "close")])
    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST, required=False)
    read = forms.IntegerField(min_value=1)

    def take(self, plan: Plan, *, by: Person, on: datetime.date) -> None:
        """Do what is asked. Raises what the verb raises."""
        words, read = self.cleaned_data["words"], self.cleaned_data["read"]
        verbs: dict[str, Any] = {
            "submit": lambda: plan.submit(by=by, on=on, read=read),
            "agree": lambda: plan.agree(by=by, on=on, read=read),
            "send_back": lambda: plan.send_back(words, by=by, on=on),
            "close": lambda: plan.close(words, by=by, on=on),
        }
        verbs[self.cleaned_data["step"]]()
