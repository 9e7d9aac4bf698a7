"""How values are written."""

from typing import Any

from rest_framework import serializers


class Choice(serializers.ChoiceField):
    """A code of a known list; null where there is none."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=choices, read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:
        return str(value) if value else None


def name_of(field: str) -> serializers.CharField:
    """The name of the account that a row points to; null where it is not known to who asks."""
    return serializers.CharField(source=f"{field}.name", read_only=True, allow_null=True)
