"""What headquarters writes: the terms of a round, a reason, what if."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count

from accounts.models import Person
from compliance.selection import caseload, freezing, versions
from compliance.selection.models import Round
from compliance.selection.pools import names

CAPACITY = "capacity_"
AS_WRITTEN = "%m/%d/%Y"


class RoundForm(forms.ModelForm):
    """The terms; a field for the capacity of each pool, with what it carries now."""

    class Meta:
        model = Round
        fields = ["as_of", "model_version", "enter_from", "stay_from", "lottery_width"]

    def __init__(self, as_of: datetime.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.instance.as_of or as_of
        if self.instance.pk is None:
            self.initial |= {"as_of": day, "model_version": versions.newest()}
        self.fields["as_of"].help_text = "MM/DD/YYYY: each account’s newest score by that day counts."
        self.fields["as_of"].widget.format = AS_WRITTEN
        self.fields["model_version"].help_text = "Only scores made by this version count."
        self.carried = freezing.present_caseload(day, self.initial.get("model_version") or versions.newest())
        managers = managers_by_pool()
        for pool, name in names().items():
            present = self.carried[pool].weight if pool in self.carried else Decimal(0)
            many = managers.get(pool, 0)
            kept = self.instance.capacities.get(pool)
            self.fields[CAPACITY + pool] = forms.DecimalField(
                label=name,
                max_digits=7,
                decimal_places=1,
                initial=Decimal(kept) if kept is not None else caseload.suggested(present, many),
                help_text=f"Carries {present:.1f} now; {many} {'manager' if many == 1 else 'managers'}.",
            )

    @property
    def capacity_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(CAPACITY)]

    @property
    def term_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields]

    @property
    def given(self) -> dict[str, Any]:
        """The fields of a round, as its verbs take them."""
        asked = {name: self.cleaned_data[name] for name in self.Meta.fields}
        asked["capacities"] = {
            name.removeprefix(CAPACITY): str(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(CAPACITY)
        }
        return asked

    def _post_clean(self) -> None:
        """The verbs of the round validate it whole."""


def plain(value: Decimal | int) -> str:
    """20.5, 20: no digit too many."""
    return f"{Decimal(value).normalize():f}"


def managers_by_pool() -> dict[str, int]:
    """Managers by Center; who has none looks after brokers."""
    rows = (
        Person.objects.filter(role=Person.Role.MANAGER, is_active=True)
        .order_by()
        .values_list("center")
        .annotate(Count("pk"))
    )
    return {center or caseload.BROKERS: many for center, many in rows}


class WhatIfForm(forms.Form):
    """Sliders: nothing changes, and they work without a script."""

    enter = forms.DecimalField(label="Score to enter", min_value=0, max_value=100, max_digits=5, decimal_places=2)
    stay = forms.DecimalField(label="Score to stay", min_value=0, max_value=100, max_digits=5, decimal_places=2)
    room = forms.IntegerField(label="Capacity, % of what is set", min_value=0, max_value=200)

    def __init__(self, chosen: Round, data: Any) -> None:
        given = {"enter": chosen.enter_from, "stay": chosen.stay_from, "room": 100}
        asked = {name: data.get(name) or value for name, value in given.items()}
        self.is_asked = any(name in data for name in given)
        super().__init__(asked)
        self.shown = given

    def sliders(self) -> list[dict[str, Any]]:
        """Each as the page draws it; what cannot be a value stands at the round's own."""
        good = getattr(self, "cleaned_data", {}) if self.is_asked and self.is_valid() else {}
        return [
            {
                "id": name,
                "label": self.fields[name].label,
                "value": plain(good.get(name, value)),
                "own": plain(value),
                "least": self.fields[name].min_value,
                "most": self.fields[name].max_value,
                "step": "5" if name == "room" else "0.5",
            }
            for name, value in self.shown.items()
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if "enter" in found and "stay" in found and found["stay"] > found["enter"]:
            self.add_error("stay", "Above the score to enter: whoever enters would leave at once.")
        return found
