"""What people enter on the pages of bonds: deeds about a letter, questions about the year ahead, one entry's amounts."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from compliance.bonds.enhanced import MOST_RATE
from compliance.bonds.models import BondStep
from compliance.bonds.models.step import LONGEST
from compliance.bonds.single_entry import MOST, Asked, Case
from examinations.nomenclature import country_code, tariff_prefix

DAY = "MM/DD/YYYY"
NO_DAY = {"required": "Say on which day.", "invalid": f"Write the day as {DAY}."}
NO_NUMBER = {"invalid": "Write a number.", "required": "Write a number."}
MONEY = {"max_digits": 15, "decimal_places": 2, "min_value": 0, "max_value": MOST, "error_messages": NO_NUMBER}
#: Changes of one question, and the furthest ahead that one may begin.
CHANGES, FURTHEST = 3, datetime.timedelta(days=366)
DEEDS = [(kind.value, str(kind.label)) for kind in BondStep.Kind if kind != BondStep.Kind.REVIEWED]


class StepForm(forms.Form):
    """What happened, on which day; the date of a letter is the one on it."""

    kind = forms.ChoiceField(
        label="What happened", choices=DEEDS, error_messages={"invalid_choice": "Choose what happened."}
    )
    on = forms.DateField(label="On", help_text=f"{DAY}. Of a letter: the date on it.", error_messages=NO_DAY)
    words = forms.CharField(label="What to know of it", required=False, max_length=LONGEST)


class DelinquencyForm(forms.Form):
    """Since when the account is delinquent, or on which day that ended."""

    on = forms.DateField(label="On", help_text=DAY, error_messages=NO_DAY)
    words = forms.CharField(label="What to know of it", required=False, max_length=LONGEST)


class ChangeForm(forms.Form):
    """One change of duty that is only supposed."""

    prefix = forms.CharField(label="Heading or prefix", required=False, max_length=14)
    origin = forms.CharField(label="Origin", required=False, max_length=60)
    points = forms.DecimalField(
        label="Points of duty, + or −", required=False, min_value=-500, max_value=1000, max_digits=7, decimal_places=3,
        error_messages=NO_NUMBER, localize=False, widget=forms.TextInput(attrs={"inputmode": "text"}),
    )  # fmt: skip
    first = forms.DateField(label="From", required=False, error_messages=NO_DAY, help_text=f"{DAY}; blank is today")

    def __init__(self, *given: Any, today: datetime.date, **named: Any) -> None:
        super().__init__(*given, **named)
        self.today = today

    def clean_prefix(self) -> str:
        asked = self.cleaned_data["prefix"].strip()
        try:
            return tariff_prefix(asked) if asked else ""
        except ValueError as error:
            raise ValidationError(f"“{asked}” {error}.") from error

    def clean_origin(self) -> str:
        asked = self.cleaned_data["origin"].strip()
        try:
            return country_code(asked) if asked else ""
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if self.is_empty or self.errors:
            return asked
        if asked.get("points") is None:
            self.add_error("points", "Write by how many points, such as 25 or -10.")
        if not asked.get("prefix") and not asked.get("origin"):
            self.add_error("prefix", "Name a heading, an origin, or both.")
        first = asked.get("first")
        if first is None:
            asked["first"] = self.today
        elif first < self.today:
            self.add_error(
                "first",
                "From today on: by a duty that began before, deposits were made since, and they are in the last twelve months"
                " already.",
            )
        elif first > self.today + FURTHEST:
            self.add_error("first", "Within a year from today.")
        return asked

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written into it."""
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in ("prefix", "origin", "points"))

    @property
    def kept(self) -> dict[str, str]:
        """The change as it is kept."""
        asked = self.cleaned_data
        return {
            "prefix": asked["prefix"],
            "origin": asked["origin"],
            "points": str(asked["points"].normalize()),
            "first": asked["first"].isoformat(),
        }


class WhatIfForm(forms.Form):
    """Several changes at once, growth, and whether what is announced counts."""

    growth = forms.DecimalField(
        label="Growth of imports, %", required=False, min_value=-100, max_value=1000, max_digits=6, decimal_places=2,
        error_messages=NO_NUMBER, initial=0, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )  # fmt: skip
    without_announced = forms.BooleanField(label="Leave out what is announced", required=False)

    def __init__(self, data: Any, *, today: datetime.date) -> None:
        super().__init__(data)
        self.changes = [ChangeForm(data, prefix=f"c{n}", today=today) for n in range(1, CHANGES + 1)]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(one.is_valid() for one in self.changes)])

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        asked["growth"] = asked.get("growth") or Decimal(0)
        if all(one.is_empty for one in self.changes) and not asked["growth"] and not asked.get("without_announced"):
            raise ValidationError(
                "Suppose at least one thing: a change of duty, growth, or leaving out what is announced."
            )
        return asked

    @property
    def kept(self) -> list[dict[str, str]]:
        """The changes that were written, as they are kept."""
        return [one.kept for one in self.changes if not one.is_empty]

    @property
    def wrong(self) -> bool:
        """Whether anything of it cannot be used."""
        return bool(self.errors) or any(one.errors for one in self.changes)


class EnhancedForm(forms.Form):
    """Goods under an order: their value of a year, and the rate that the order gave them."""

    value = forms.DecimalField(
        label="Value of these goods in twelve months, $",
        **MONEY,  # type: ignore[arg-type]
    )
    rate = forms.DecimalField(
        label="Rate at the order, %", min_value=0, max_value=MOST_RATE, max_digits=7, decimal_places=3,
        error_messages=NO_NUMBER, help_text="As the order named it, such as 7.22; not the rate of today’s deposits.",
    )  # fmt: skip


class SingleEntryForm(forms.Form):
    """One entry: what it is, and its dollars."""

    case = forms.ChoiceField(
        label="What it is", choices=Case.choices, error_messages={"invalid_choice": "Choose what it is."}
    )
    value = forms.DecimalField(label="Entered value, $", **MONEY)  # type: ignore[arg-type]
    duty = forms.DecimalField(label="Duties, $", required=False, **MONEY)  # type: ignore[arg-type]
    taxes = forms.DecimalField(label="Taxes, $", required=False, **MONEY)  # type: ignore[arg-type]
    fees = forms.DecimalField(label="Fees, $", required=False, **MONEY)  # type: ignore[arg-type]
    full_duty = forms.DecimalField(
        label="Duty above the quota, or without the claim, $", required=False, help_text="Of a tariff-rate quota, or a claimed preference, alone.", **MONEY  # type: ignore[arg-type]
    )  # fmt: skip

    @property
    def asked(self) -> Asked:
        found = self.cleaned_data
        return Asked(
            case=found["case"],
            value=found["value"],
            duty=found["duty"] or Decimal(0),
            taxes=found["taxes"] or Decimal(0),
            fees=found["fees"] or Decimal(0),
            full_duty=found["full_duty"],
        )
