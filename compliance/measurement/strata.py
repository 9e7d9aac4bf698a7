"""What the estimates ask of the strata that they are given, in sentences. Pure."""

import operator
from collections.abc import Callable
from typing import Protocol, TypeVar


class Sampled(Protocol):
    """A stratum: how many lines it has, and how many of them were examined."""

    @property
    def population(self) -> int: ...
    @property
    def drawn(self) -> int: ...


Stratum = TypeVar("Stratum", bound=Sampled)


def whole(value: object, name: str, stratum: int) -> int:
    """A count. Raises ValueError where it is none."""
    try:
        count = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise ValueError(f"Stratum {stratum}: {name} must be a whole number, not {value!r}.") from None
    if count < 0:
        raise ValueError(f"Stratum {stratum}: {name} cannot be negative ({count}).")
    return count


def check_counts(population: int, drawn: int, stratum: int) -> None:
    """Raise ValueError for a stratum that is empty, has no examined line, or fewer lines than were examined."""
    if not population:
        raise ValueError(f"Stratum {stratum} has no population: leave it out or widen it.")
    if not drawn:
        raise ValueError(f"Stratum {stratum} has no examined line: examine one, or merge it with a neighbour.")
    if drawn > population:
        raise ValueError(f"Stratum {stratum}: {drawn} lines cannot be examined out of {population}.")


def check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"Confidence is a share between 0 and 1, such as 0.95, not {confidence}.")


def merge_singletons(strata: list[Stratum], merged: Callable[[Stratum, Stratum], Stratum]) -> list[Stratum]:
    """Join each stratum of a single examined line, which has no variance, with a neighbour (domain 4.3).

    The neighbour is the next that was sampled, else the last before; one that was examined whole has no sampling
    error to lend, and a single line that is its whole stratum needs none.
    """
    done = list(strata)
    while True:
        lonely = next((i for i, one in enumerate(done) if one.drawn == 1 and one.population > 1), None)
        if lonely is None:
            return done
        sampled = [i for i, one in enumerate(done) if i != lonely and one.drawn < one.population]
        if not sampled:
            return done
        other = next((i for i in sampled if i > lonely), sampled[-1])
        first, second = sorted((lonely, other))
        done[first] = merged(done[first], done[second])
        del done[second]
