"""Bonds by the published formula: a tenth of a year's duties, taxes and fees, some short of it, some close
to it."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from demonstration.world.companies import IMPORTER_PLACE, Importers
from demonstration.world.duties import Calendar
from demonstration.world.entries import TYPES, Entries
from demonstration.world.lines import Lines
from demonstration.world.problems import first_of_month

HEADER = ("Bond Number", "Importer Number", "Party Role", "Bond Type Code", "Activity Code", "Bond Amount",
          "Surety Code", "Execution Date", "Effective Date", "Termination Date", "Rider Codes")  # fmt: skip
LEAST = 50_000
SHORT, NEAR = 0.04, 0.09
#: In a small world few companies owe enough to need more than the least: so many bonds are too small all the same, and the
#: companies that they are of owe so many times the least bond each year.
SHORT_AT_LEAST = (1.12, 1.31, 1.47, 1.73, 2.24)
FEWEST, SMALL_WORLD = 3, 60
OTHER_CODES = (("1a", 0.06), ("2", 0.05), ("3a", 0.03), ("16", 0.01))
#: Types whose duties no bond of activity 1 counts (domain 2.7).
UNCOUNTED = ("21", "23")


@dataclass(frozen=True)
class Bond:
    number: str
    importer: int
    activity: str
    amount: int
    surety: str
    executed: date
    effective: date
    ends: date | None
    riders: str


def step_up(dollars: float) -> int:
    """The amount that the formula asks for: $50,000 at least, steps of $10,000 to $100,000, then of
    $100,000."""
    if dollars <= LEAST:
        return LEAST
    step = 10_000 if dollars <= 100_000 else 100_000
    return -int(-dollars // step) * step


def step_down(dollars: float) -> int:
    """The largest bond amount below what the formula asks for."""
    step = 10_000 if dollars <= 110_000 else 100_000
    return max(LEAST, int((dollars - 1) // step) * step)


def window(as_of: date) -> tuple[date, date]:
    """First day of the twelve whole months before the month of `as_of`, and the first day after them."""
    return first_of_month(as_of, 12), first_of_month(as_of, 0)


def yearly_cents(entries: Entries, lines: Lines, calendar: Calendar, as_of: date, importers: int) -> np.ndarray:
    """Duties and fees of each importer in the window, in cents."""
    first, after = (calendar.day(day) for day in window(as_of))
    counted = (entries.day >= first) & (entries.day < after)
    counted &= ~np.isin(entries.kind, [TYPES.index(kind) for kind in UNCOUNTED])
    owed = np.where(counted[lines.entry], lines.duty() + lines.mpf + lines.hmf, 0)
    return np.bincount(entries.importer[lines.entry], weights=owed, minlength=importers).astype(np.int64)


def short_at_least(importers: int) -> int:
    """How many bonds are too small, however small the world is."""
    return FEWEST if importers < SMALL_WORLD else len(SHORT_AT_LEAST)


def too_little(tenth: np.ndarray, pinned: int) -> list[tuple[int, float]]:
    """Importers that must owe more, so that enough bonds can be too small: which, and a tenth of what they shall owe in a
    year, in dollars. Those who owe most already, and never the one of the sign-in."""
    others = [at for at in np.argsort(-tenth, kind="stable").tolist() if at != pinned]
    goals = sorted(SHORT_AT_LEAST[: short_at_least(len(tenth))], reverse=True)
    return [
        (at, times * LEAST)
        for at, times in zip(others, goals, strict=False)
        if tenth[at] <= LEAST * min(SHORT_AT_LEAST)
    ]


def _amounts(rng: np.random.Generator, tenth: np.ndarray) -> np.ndarray:
    """Bond of each importer from a tenth of its year in dollars."""
    n = len(tenth)
    enough = np.array([step_up(value) for value in tenth.tolist()])
    pinned = min(IMPORTER_PLACE, n - 2)
    amounts = np.array([_roomy(rng, value) for value in tenth.tolist()])
    can_be_short = np.flatnonzero(tenth > LEAST * 1.02)
    can_be_short = can_be_short[can_be_short != pinned]
    most = max(min(round(SHORT * n), len(can_be_short) // 8), short_at_least(n))
    short = rng.permutation(can_be_short)[:most]
    for place, at in enumerate(short.tolist()):
        amounts[at] = step_down(tenth[at] * (0.75 if place % 3 == 2 else 1.0))
    close = np.flatnonzero((tenth / enough > 0.81) & (tenth / enough < 0.99))
    close = rng.permutation(np.setdiff1d(close, [*short.tolist(), pinned]))[: round(NEAR * n) - 1]
    amounts[close] = enough[close]
    amounts[pinned] = enough[pinned]
    return amounts


def _roomy(rng: np.random.Generator, tenth: float) -> int:
    """An amount used to less than four fifths; some companies keep more room than that."""
    return step_up(tenth * (1.25 + rng.exponential(1.5)) + 1)


def _of_importer(
    rng: np.random.Generator, who: Importers, at: int, amount: int, as_of: date, serial: int
) -> list[Bond]:
    """The code-1 bond, the one it replaced, if any, and bonds of other activities."""
    surety = f"{980 + int(rng.integers(20))}"
    first = as_of - timedelta(days=int(rng.integers(800, 1_700)))
    riders = ";".join(r for r, share in (("RECON", 0.12), ("NAME", 0.05), ("ADDRESS", 0.04)) if rng.random() < share)
    found = []
    replaced = rng.random() < 0.12 and at != IMPORTER_PLACE and amount > LEAST
    if replaced:
        ended = as_of - timedelta(days=int(rng.integers(60, 560)))
        less = step_down(amount)
        found.append(Bond(f"99{serial:07d}", at, "1", less, surety, first, first, ended, riders))
        first = ended + timedelta(days=1)
        serial += 1
    found.append(Bond(f"99{serial:07d}", at, "1", amount, surety, first - timedelta(days=3), first, None, riders))
    for code, share in (*OTHER_CODES, ("4", 0.5 if who.zone_share[at] > 0 else 0.0)):
        if rng.random() < share:
            serial += 1
            other = LEAST if code != "1a" else 100_000
            ends = as_of + timedelta(days=20) if rng.random() < 0.08 else None
            found.append(Bond(f"99{serial:07d}", at, code, other, surety, first, first, ends, ""))
    return found


def invent(rng: np.random.Generator, who: Importers, yearly: np.ndarray, as_of: date) -> list[Bond]:
    """Bonds of all importers. yearly: duties and fees of twelve months, in cents."""
    amounts = _amounts(rng, yearly / 1_000)
    found: list[Bond] = []
    for at in range(len(who)):
        found += _of_importer(rng, who, at, int(amounts[at]), as_of, 4_471_000 + 10 * at)
    return found


def bond_of_entries(bonds: list[Bond], entries: Entries, calendar: Calendar) -> np.ndarray:
    """For each entry the place in `bonds` of the code-1 bond in force on its day."""
    newest: dict[int, int] = {}
    before: dict[int, int] = {}
    for place, bond in enumerate(bonds):
        if bond.activity == "1":
            before.setdefault(bond.importer, place)
            newest[bond.importer] = place
    importers = max(newest) + 1
    new = np.array([newest[at] for at in range(importers)])
    old = np.array([before[at] for at in range(importers)])
    begins = np.array([calendar.day(bonds[place].effective) for place in new])
    return np.asarray(np.where(entries.day >= begins[entries.importer], new[entries.importer], old[entries.importer]))


def write(path: Path, bonds: list[Bond], who: Importers) -> None:
    """Write bonds.csv: one row for each number that a bond covers, the principal first."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for bond in bonds:
            numbers = who.numbers[bond.importer] if bond.activity == "1" else who.numbers[bond.importer][:1]
            for place, number in enumerate(numbers):
                role = ("PRINCIPAL", "CO_PRINCIPAL", "USER")[place]
                writer.writerow(
                    (
                        bond.number,
                        number,
                        role,
                        "8",
                        bond.activity,
                        bond.amount,
                        bond.surety,
                        bond.executed,
                        bond.effective,
                        bond.ends or "",
                        bond.riders,
                    )
                )
