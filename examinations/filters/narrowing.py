"""What narrows a list beside the fields that its form shows: figures lead to it."""

from collections.abc import Iterable

import django_filters

#: In addresses, what a row does not say: a supplier that the entry does not name, a result with no discrepancy.
NOT_GIVEN = "none"
#: In addresses, a supplier of examinations whose entry or line is not loaded; NOT_GIVEN is one of a line that names none.
NOT_LOADED = "unplaced"
UNSAID = {NOT_GIVEN: "not given", NOT_LOADED: "not known"}


def narrowed_by(chosen: django_filters.FilterSet, names: Iterable[str]) -> list[tuple[str, str, str]]:
    """What narrows a list beside the fields that its form shows: name in the address, label, value in words."""
    found = []
    for name in names:
        if value := chosen.data.get(name, ""):
            choices = dict(chosen.filters[name].extra.get("choices", ()))
            words = UNSAID.get(value) or str(choices.get(value, value))
            found.append((name, str(chosen.filters[name].label or "Money"), words))
    return found
