"""Where a reader finds the notices that ask for the additional duties which lines lack."""

from collections.abc import Callable, Iterable, Sequence

from accounts.models import Person
from examinations.checks.missing_additional_duty import KEY, missing_of
from examinations.models import CheckFinding

#: Whoever publishes notices adds how to find them: ids in, addresses by id out, of those that the person was told of.
ADDRESSES: list[Callable[[Iterable[str], Person], dict[str, str]]] = []


def notices_of(rows: Sequence[CheckFinding], reader: Person) -> dict[int, list[tuple[str, str]]]:
    """By find (id) the number and the address of each notice of the portal that asks, which the reader was told of."""
    asked = {
        row.pk: {one["about"]: one["notice"] for one in missing_of(row.facts) if one.get("about")}
        for row in rows
        if row.kind == KEY
    }
    ids = {about for found in asked.values() for about in found}
    addresses = {about: address for find in ADDRESSES for about, address in find(ids, reader).items()} if ids else {}
    return {
        pk: [(number, addresses[about]) for about, number in found.items() if about in addresses]
        for pk, found in asked.items()
    }
