"""Two people changed one text: what of it can be put together, and what only they can. Pure."""

from collections.abc import Mapping
from typing import Any


def merge(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields put together, and those that both changed, each to something else, with what stands there now.

    base: as I read it; mine: as I would have it; theirs: as it stands. Where only one changed a field, that change holds.
    """
    merged: dict[str, Any] = {}
    clashing: dict[str, Any] = {}
    for name, value in mine.items():
        if value == base[name]:
            merged[name] = theirs[name]
        else:
            merged[name] = value
            if theirs[name] not in (base[name], value):
                clashing[name] = theirs[name]
    return merged, clashing
