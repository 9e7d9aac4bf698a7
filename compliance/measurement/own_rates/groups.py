"""With whom an account is compared: importers of its Center and size, else of its Center, else all. Pure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.measurement.own_rates.known import Known, Texts

#: A group with fewer reviewed accounts or discrepancies tells too little of how far accounts differ: it is widened.
LEAST_ACCOUNTS, LEAST_FINDS = 100, 20
ALL, BROKERS = "all", "brokers"


@dataclass(frozen=True)
class Groups:
    """Of each account the keys of the groups to which it belongs, the narrowest first; an empty one where there is none."""

    band: Texts
    wider: Texts
    widest: Texts

    def first_of(self, kept: set[str]) -> Texts:
        """Of each account the narrowest group that was kept; ALL always is."""
        wider = np.where(_among(self.wider, kept), self.wider, self.widest)
        return np.where(_among(self.band, kept), self.band, wider)


def _among(keys: Texts, kept: set[str]) -> npt.NDArray[np.bool_]:
    """Looked up one by one: numpy would sort all the texts first, which takes ten times as long."""
    return np.fromiter((key in kept for key in keys.tolist()), np.bool_, len(keys))


def cuts_of(known: Known) -> list[float]:
    """Where importers are cut into three bands of like number by the value of twelve months, dollars."""
    value = known.value[~known.broker & (known.value > 0)]
    if not len(value):
        return []
    return [float(cut) for cut in np.quantile(value, [1 / 3, 2 / 3])]


def groups_of(known: Known, cuts: list[float]) -> Groups:
    """The groups of each account: Center and band of size, Center, all importers; of a broker brokers, else importers."""
    band = np.searchsorted(np.array(cuts), known.value, side="right").astype(np.str_)
    centered = ~known.broker & (known.center != "")
    keys = np.char.add(np.char.add(known.center, ":"), band)
    wider = np.where(known.broker, BROKERS, np.where(centered, known.center, ""))
    return Groups(np.where(centered, keys, ""), wider, np.full(len(known), ALL))


def level_of(key: str) -> str:
    """ "band", "center", "brokers" or "all"."""
    if key in (ALL, BROKERS):
        return key
    return "band" if ":" in key else "center"


def members_of(of: Groups, known: Known) -> dict[str, npt.NDArray[np.bool_]]:
    """The groups that carry enough and are anybody's narrowest, by key, with who is in them; the widest always.

    Brokers are no members of all: their lines are others'.
    """
    enough = {key for keys in (of.band, of.wider) for key in _that_carry_enough(keys, known)}
    used = {str(key) for key in np.unique(of.first_of(enough | {ALL}))}
    found: dict[str, npt.NDArray[np.bool_]] = {}
    for key in sorted(used | {ALL}):
        found[key] = ~known.broker if key == ALL else (of.band == key) | (of.wider == key)
    return found


def _that_carry_enough(keys: Texts, known: Known) -> list[str]:
    names, place = np.unique(keys, return_inverse=True)
    accounts = np.bincount(place, weights=known.reviews > 0, minlength=len(names))
    finds = np.bincount(place, weights=known.wrong, minlength=len(names))
    return [str(name) for name in names[(accounts >= LEAST_ACCOUNTS) & (finds >= LEAST_FINDS)] if name]
