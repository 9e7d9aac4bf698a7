"""With whom an account is compared: importers of its Center and size, else of its Center, else all. Pure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.measurement.own_rates.known import Counts, Known, Texts

#: A group with fewer reviewed accounts or discrepancies tells too little of how far accounts differ: it is widened.
LEAST_ACCOUNTS, LEAST_FINDS = 100, 20
ALL, BROKERS = "all", "brokers"


@dataclass(frozen=True)
class Groups:
    """The keys of groups, and of each account the places among them of those to which it belongs, the narrowest first; the
    first key is empty: of no group. Numbers, for texts by the fifty thousand are compared ten times as slowly."""

    keys: list[str]
    band: Counts
    wider: Counts
    widest: Counts

    def first_of(self, kept: set[str]) -> Texts:
        """Of each account the narrowest group that was kept; ALL always is."""
        return np.array(self.keys, dtype=np.str_)[self.first_places(kept)]

    def first_places(self, kept: set[str]) -> Counts:
        """The same as places among the keys."""
        among = np.array([key in kept for key in self.keys])
        wider = np.where(among[self.wider], self.wider, self.widest)
        return np.where(among[self.band], self.band, wider)


def cuts_of(known: Known) -> list[float]:
    """Where importers are cut into three bands of like number by the value of twelve months, dollars."""
    value = known.value[~known.broker & (known.value > 0)]
    if not len(value):
        return []
    return [float(cut) for cut in np.quantile(value, [1 / 3, 2 / 3])]


def groups_of(known: Known, cuts: list[float]) -> Groups:
    """The groups of each account: Center and band of size, Center, all importers; of a broker brokers, else importers."""
    texts = known.center.tolist()
    centers = [one for one in dict.fromkeys(texts) if one]
    bands = len(cuts) + 1
    keys = ["", ALL, BROKERS, *centers, *(f"{center}:{band}" for center in centers for band in range(bands))]
    number = {center: place for place, center in enumerate(centers)} | {"": -1}
    center = np.fromiter(map(number.__getitem__, texts), np.int64, len(texts))
    centered = ~known.broker & (center >= 0)
    first = len(keys) - bands * len(centers)
    band = first + center * bands + np.searchsorted(np.array(cuts), known.value, side="right")
    wider = np.where(known.broker, keys.index(BROKERS), np.where(centered, 3 + center, 0))
    return Groups(keys, np.where(centered, band, 0), wider, np.full(len(known), keys.index(ALL)))


def level_of(key: str) -> str:
    """ "band", "center", "brokers" or "all"."""
    if key in (ALL, BROKERS):
        return key
    return "band" if ":" in key else "center"


def members_of(of: Groups, known: Known) -> dict[str, npt.NDArray[np.bool_]]:
    """The groups that carry enough and are anybody's narrowest, by key, with who is in them; the widest always.

    Brokers are no members of all: their lines are others'.
    """
    enough = {key for places in (of.band, of.wider) for key in _that_carry_enough(of.keys, places, known)}
    used = {of.keys[place] for place in np.unique(of.first_places(enough | {ALL}))}
    found: dict[str, npt.NDArray[np.bool_]] = {}
    for key in sorted(used | {ALL}):
        place = of.keys.index(key)
        found[key] = ~known.broker if key == ALL else (of.band == place) | (of.wider == place)
    return found


def _that_carry_enough(keys: list[str], places: Counts, known: Known) -> list[str]:
    accounts = np.bincount(places, weights=known.reviews > 0, minlength=len(keys))
    finds = np.bincount(places, weights=known.wrong, minlength=len(keys))
    enough = (accounts >= LEAST_ACCOUNTS) & (finds >= LEAST_FINDS)
    return [key for key, carries in zip(keys, enough, strict=True) if key and carries]
