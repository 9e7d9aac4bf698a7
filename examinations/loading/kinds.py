"""The kinds of file that can be loaded. A room below registers its own when the portal starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from examinations.loading.reading import Column, Naming

if TYPE_CHECKING:
    from examinations.loading.session import Session


@dataclass(frozen=True)
class Kind:
    """columns: of the file. key: the field without which a row is none. types: SQL type by field, text unless
    named. bring_in: makes rows of what is staged. fills: the tables that these rows go to. undo: puts
    back what a load of the session's changed; None where that cannot be done. naming: how a row names what it is of; nothing
    is withdrawn of what has a rejected row."""

    name: str
    columns: Sequence[Column]
    key: str
    types: dict[str, str]
    bring_in: "Callable[[Session], None]"
    fills: tuple[str, ...] = ()
    undo: "Callable[[Session], None] | None" = None
    naming: Naming = field(default_factory=Naming)

    @property
    def named(self) -> str:
        """SQL: the name of a staged row `s`."""
        return "s.name" if self.naming.made else f"s.{self.naming.fields[0]}" if self.naming.fields else "''"


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind of file known. Raises ValueError for a second one of that name."""
    if _KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"Two kinds of file are named {kind.name}.")


def kind_named(name: str) -> Kind:
    """The kind of that name. Raises KeyError."""
    return _KINDS[name]


def names() -> list[str]:
    """All kinds, in the order in which they are best loaded."""
    order = ["accounts", "entries", "examinations", "requests", "bonds"]
    return sorted(_KINDS, key=lambda name: (order.index(name) if name in order else len(order), name))
