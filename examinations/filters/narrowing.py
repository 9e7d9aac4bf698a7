"""What narrows a list beside the fields that its form shows: figures lead to it."""

from collections.abc import Iterable

import django_filters

#: In addresses, a supplier that the entry does not name.
NOT_GIVEN = "none"


def narrowed_by(chosen: django_filters.FilterSet, names: Iterable[str]) -> list[tuple[str, str, str]]:
    """What narrows a list beside the fields that its form shows: name in the address, label, value in words."""
    found = []
    for name in names:
        if value := chosen.data.get(name, ""):
            choices = dict(chosen.filters[name].extra.get("choices", ()))
            words = "not given" if value == NOT_GIVEN else str(choices.get(value, value))
            found.append((name, str(chosen.filters[name].label or "Money"), words))
    return found
