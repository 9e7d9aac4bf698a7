from typing import Any

from django import forms

from accounts.hours import ZONES
from notifications import kinds
from notifications.models import HowTold

#: Of zones that people call alike, the first.
CLOCKS = {words: name for name, words in reversed(ZONES.items())}
OF_CLOCKS = [(name, words) for words, name in reversed(CLOCKS.items())]


class HowForm(forms.Form):
    """One choice for each kind of message, and whose morning a digest comes in."""

    time_zone = forms.ChoiceField(label="Whose morning", choices=OF_CLOCKS, help_text="A digest comes at 7 a.m.")

    def __init__(self, data: Any = None, *, told: HowTold) -> None:
        super().__init__(data, initial={"time_zone": told.time_zone})
        for kind in kinds.KINDS.values():
            self.fields[kind.name] = forms.ChoiceField(
                label=kind.title,
                choices=list(kinds.ways_of(kind.name).items()),
                initial=told.of(kind.name),
                help_text=kind.words,
                error_messages={"required": "Choose one way.", "invalid_choice": "Choose one of the ways."},
            )

    def choices(self) -> dict[str, str]:
        """What was chosen, by kind."""
        return {name: self.cleaned_data[name] for name in kinds.KINDS}

    def of_kinds(self) -> list[forms.BoundField]:
        """The fields of the kinds, in their order."""
        return [self[name] for name in kinds.KINDS]
