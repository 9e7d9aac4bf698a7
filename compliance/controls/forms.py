"""The answers of one component, and the review of all, as forms: plain fields, one group a question."""

from collections.abc import Sequence
from typing import Any

from django import forms

from compliance.controls.models import Answer, Given, Level
from compliance.controls.models.assessment import LONGEST

#: What stands in the form for a question that does not apply; levels are numbers.
NOT_APPLICABLE = "n"
LEVELS = [(str(value), label) for value, label in Level.choices]
CHOICES = [*LEVELS, (NOT_APPLICABLE, "Does not apply to us")]
#: PostgreSQL's integer: what is larger than this never came from our form.
MOST = 2_147_483_647


def _stands(answer: Answer) -> str:
    if not answer.applies:
        return NOT_APPLICABLE
    return "" if answer.level is None else str(answer.level)


class AnswersForm(forms.Form):
    """For each answer its level, its words, and the version that was looked at."""

    def __init__(self, data: Any, answers: Sequence[Answer]) -> None:
        super().__init__(data)
        self.answers = list(answers)
        for one in self.answers:
            self.fields[f"level-{one.pk}"] = forms.ChoiceField(
                label=one.question.text,
                choices=CHOICES,
                required=False,
                initial=_stands(one),
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "Choose one of the answers."},
            )
            self.fields[f"words-{one.pk}"] = forms.CharField(
                label="How it is done here, or why it does not apply",
                required=False,
                initial=one.words,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.fields[f"version-{one.pk}"] = forms.IntegerField(
                initial=one.version, min_value=0, max_value=MOST, widget=forms.HiddenInput
            )

    def clean(self) -> dict[str, Any]:
        """What does not apply says why."""
        given: dict[str, Any] = super().clean() or {}
        for one in self.answers:
            if given.get(f"level-{one.pk}") == NOT_APPLICABLE and not given.get(f"words-{one.pk}"):
                self.add_error(f"words-{one.pk}", "Say why it does not apply.")
        return given

    @property
    def groups(self) -> list[tuple[Answer, Any, Any, Any]]:
        """Each answer with its three bound fields."""
        return [(one, *(self[f"{name}-{one.pk}"] for name in ("level", "words", "version"))) for one in self.answers]

    @property
    def given(self) -> dict[int, Given]:
        """What was brought, by answer."""
        found = {}
        for one in self.answers:
            level, words, version = (self.cleaned_data[f"{name}-{one.pk}"] for name in ("level", "words", "version"))
            applies = level != NOT_APPLICABLE
            found[one.pk] = Given(version, int(level) if applies and level else None, applies, words)
        return found


class ReviewForm(forms.Form):
    """For each answer another level with its reason, where the manager finds another; and what is said to the account."""

    words = forms.CharField(
        label="What you say to the account",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The account reads it with your corrections.",
    )

    def __init__(self, data: Any, answers: Sequence[Answer]) -> None:
        super().__init__(data)
        self.answers = list(answers)
        for one in self.answers:
            held = one.corrected
            self.fields[f"level-{one.pk}"] = forms.ChoiceField(
                label="You find",
                choices=[("", "As stated"), *LEVELS],
                required=False,
                initial=str(held.level) if held else "",
                error_messages={"invalid_choice": "Choose one of the answers."},
            )
            self.fields[f"reason-{one.pk}"] = forms.CharField(
                label="Why",
                required=False,
                initial=held.reason if held else "",
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        """A correction says why; one that is the answer itself is none."""
        given: dict[str, Any] = super().clean() or {}
        for one in self.answers:
            if given.get(f"level-{one.pk}") and not given.get(f"reason-{one.pk}"):
                self.add_error(f"reason-{one.pk}", "Say why: the account reads it.")
        return given

    @property
    def groups(self) -> list[tuple[Answer, Any, Any]]:
        return [(one, *(self[f"{name}-{one.pk}"] for name in ("level", "reason"))) for one in self.answers]

    @property
    def corrections(self) -> dict[int, tuple[int, str] | None]:
        """By answer the level and the reason; None where it stands as stated."""
        return {
            one.pk: (int(level), self.cleaned_data[f"reason-{one.pk}"])
            if (level := self.cleaned_data[f"level-{one.pk}"])
            else None
            for one in self.answers
        }
