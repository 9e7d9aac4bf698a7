"""With whom an account is compared: importers of its Center and size, else of its Center, else all. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.measurement.own_rates.known import Counts, Floats, Known

#: A group with fewer reviewed accounts or discrepancies tells too little of how far accounts differ: it is widened.
LEAST_ACCOUNTS, LEAST_FINDS = 100, 20
BANDS = ("smaller", "middle", "larger")
ALL, BROKERS = "all", "brokers"


@dataclass(frozen=True)
class Wider:
    """A group of some level, and the accounts (a mask) in it."""

    key: str
    level: str
    members: npt.NDArray[np.bool_]


def cuts_of(known: Known) -> list[float]:
    """Where importers are cut into bands of like number by the value of twelve months, dollars."""
    value = known.value[~known.broker & (known.value > 0)]
    if not len(value):
        return []
    return [float(cut) for cut in np.quantile(value, [1 / 3, 2 / 3])]


def keys_of(known: Known, cuts: list[float]) -> list[list[str]]:
    """Of each account the keys of the groups that it belongs to, the narrowest first."""
    bands = np.searchsorted(np.array(cuts), known.value, side="right")
    found = []
    for broker, center, band in zip(known.broker.tolist(), known.center.tolist(), bands.tolist(), strict=True):
        if broker:
            found.append([BROKERS, ALL])
        elif center:
            found.append([f"{center}:{band}", center, ALL])
        else:
            found.append([ALL])
    return found


def level_of(key: str) -> str:
    """ "band", "center", "brokers" or "all"."""
    if key in (ALL, BROKERS):
        return key
    return "band" if ":" in key else "center"


def chosen(keys: list[list[str]], broker: npt.NDArray[np.bool_], reviews: Counts, wrong: Counts) -> dict[str, Wider]:
    """The groups that carry enough, by key; the widest always. Brokers are no members of all: their lines are others'."""
    places: dict[str, list[int]] = {ALL: []}
    for place, (of, is_broker) in enumerate(zip(keys, broker.tolist(), strict=True)):
        for key in of:
            if not (is_broker and key == ALL):
                places.setdefault(key, []).append(place)
    found = {}
    for key, of_key in sorted(places.items()):
        inside = np.zeros(len(keys), dtype=bool)
        inside[of_key] = True
        accounts = int((inside & (reviews > 0)).sum())
        if key == ALL or (accounts >= LEAST_ACCOUNTS and int(wrong[inside].sum()) >= LEAST_FINDS):
            found[key] = Wider(key, level_of(key), inside)
    return found


def first_of(keys: list[list[str]], kept: set[str]) -> list[str]:
    """Of each account the narrowest group that was kept."""
    return [next(key for key in of if key in kept) for of in keys]


def each(names: list[str]) -> Iterator[tuple[str, npt.NDArray[np.intp]]]:
    """Every name once, with the places where it stands."""
    kinds, place = np.unique(np.array(names), return_inverse=True)
    for number, name in enumerate(kinds):
        yield str(name), np.flatnonzero(place == number)


__all__ = ["ALL", "BANDS", "BROKERS", "Floats", "Wider", "chosen", "cuts_of", "each", "first_of", "keys_of", "level_of"]
