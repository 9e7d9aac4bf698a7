"""The invented companies: 270 importers and 30 brokers, with what they trade, how, with whom and how well."""

from dataclasses import dataclass

import numpy as np
import scipy

from demonstration.world.catalogue import CENTERS
from demonstration.world.draws import fit_shares
from demonstration.world.naming import BY_CENTER, TRADES, company_stems
from demonstration.world.places import AFFINITY, ORIGIN_SHARES, PORT_SHARES, PORTS, WAYS

IMPORTERS, BROKERS = 270, 30
#: Places, from the largest down, of the accounts that the demonstration's people belong to.
IMPORTER_PLACE, STRANGER_PLACE = 14, 60
IMPORTER_NAME, BROKER_NAME, STRANGER_NAME = (
    "Corvanter Imports",
    "Lindale Customs Brokers",
    "Velquista Home Goods",
)

CENTER_SHARES = (0.07, 0.09, 0.15, 0.10, 0.06, 0.04, 0.18, 0.16, 0.06, 0.09)
#: Value of an entry against the others', by Center: medicines and machines are dear, shirts and steel cheap.
CENTER_VALUES = (1.7, 0.8, 1.3, 0.4, 0.55, 1.8, 1.45, 0.65, 0.7, 1.1)
WAY_SHARES = {"mexico": 21.0, "canada": 20.4, "sea": 25.0, "air": 33.6}
# How likely a Center's importers are to use air rather than the sea, and land at all.
AIR_LEANING = {"001": 3.0, "002": 0.5, "003": 0.8, "004": 0.8, "005": 0.35, "006": 0.2, "007": 4.0,
          "008": 0.6,
               "009": 0.5, "010": 1.2}  # fmt: skip
LAND_LEANING = {"001": 0.5, "002": 1.4, "003": 2.2, "004": 0.5, "005": 1.3, "006": 1.5, "007": 0.7,
          "008": 0.6,
                "009": 1.3, "010": 1.2}  # fmt: skip


#: Where the importer of the sign-in brings its goods in.
IMPORTER_PORTS = {
    "mexico": {"2304": 9.0, "2402": 1.0},
    "canada": {"3801": 1.0},
    "sea": {"2704": 6.0, "2709": 3.0},
    "air": {"3901": 1.0},
}


@dataclass(frozen=True)
class Company:
    """One account as the accounts file describes it."""

    name: str
    kind: str  # IMPORTER or BROKER
    identifiers: tuple[str, ...]  # importer numbers and filer codes
    center: str  # empty for brokers
    programs: tuple[str, ...]
    email: str
    contact: str
    planted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Importers:
    """What drives each importer's trade; every array has one row for each importer, the largest first."""

    name: list[str]
    numbers: list[tuple[str, ...]]
    center: np.ndarray  # index into CENTERS
    yearly_entries: np.ndarray  # at the default size
    value_factor: np.ndarray
    ways: np.ndarray  # (n, 4) shares of entries
    ports: dict[str, np.ndarray]  # way -> (n, ports)
    origins: np.ndarray  # (n, overseas origins)
    growth: np.ndarray  # tilt of dates, 0 = even
    begins: np.ndarray  # share of the period before the first entry
    tier: np.ndarray  # CTPAT tier, 0 = none
    trade_compliance: np.ndarray
    zone_share: np.ndarray  # share of entries of type 06
    dumping_share: np.ndarray  # share of entries of type 03
    broker: np.ndarray  # index of the main broker
    second_broker: np.ndarray
    major_rate: np.ndarray  # true share of lines with a major discrepancy

    def __len__(self) -> int:
        return len(self.name)


def counts_for(lines: int) -> tuple[int, int]:
    """Importers and brokers for a world of so many lines; fewer below 60,000."""
    part = min(1.0, lines / 60_000)
    return max(24, round(IMPORTERS * part)), max(5, round(BROKERS * part))


def filer_codes(rng: np.random.Generator, count: int) -> list[str]:
    """Different filer codes of three letters that begin with ZQ, QX or XZ: invented."""
    all_codes = [a + b for a in ("ZQ", "QX", "XZ", "QZ", "XQ") for b in "ABCDEFGHJKLMNPRSTUVWY"]
    return [all_codes[int(i)] for i in rng.permutation(len(all_codes))[:count]]


def _yearly(count: int) -> np.ndarray:
    """Entries a year: log-normal, median 60, 90th percentile 700, top 8,000; the importer of the sign-in
    has 1,450."""
    places = 1 - (np.arange(count) + 0.5) / count
    yearly = np.clip(60 * np.exp(np.log(700 / 60) / 1.2816 * scipy.special.ndtri(places)), 1.5, 8_000)
    yearly[min(IMPORTER_PLACE, count - 2)] = 1_450
    return np.asarray(yearly)


def _value_factors(rng: np.random.Generator, center: np.ndarray) -> np.ndarray:
    count = len(center)
    factor = np.exp(0.45 * rng.standard_normal(count))
    factor[: max(3, count // 10)] = np.exp(0.2 * rng.standard_normal(max(3, count // 10)))
    return np.asarray(factor * np.array(CENTER_VALUES)[center])


def _numbers(rng: np.random.Generator, count: int) -> list[tuple[str, ...]]:
    """Importer numbers with the prefix 96, which nobody has; a tenth of the accounts hold two or three."""
    roots = rng.choice(9_000_000, size=count, replace=False) + 1_000_000
    several = rng.random(count)
    numbers = []
    for root, u in zip(roots.tolist(), several.tolist(), strict=True):
        suffixes = ("00", "01", "0A") if u < 0.02 else ("00", "01") if u < 0.10 else ("00",)
        numbers.append(tuple(f"96-{root}{suffix}" for suffix in suffixes))
    numbers[min(IMPORTER_PLACE, count - 2)] = ("96-447182000", "96-447182001")
    return numbers


def _origins(rng: np.random.Generator, center: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Which overseas origins each importer buys from: three to twelve, fitted to the shares of the whole."""
    names = list(ORIGIN_SHARES)
    base = np.array([ORIGIN_SHARES[name] for name in names])
    habits = np.zeros((len(center), len(names)))
    for row, at in enumerate(center.tolist()):
        leaning = np.array([AFFINITY[CENTERS[at]].get(name, 1.0) for name in names])
        several = min(len(names), 4 + int(rng.integers(0, 4)) + (9 if row < len(center) // 8 else 0))
        chances = base * leaning
        chosen = rng.choice(len(names), size=several, replace=False, p=chances / chances.sum())
        habits[row, chosen] = chances[chosen] * rng.gamma(1.5, 1.0, several)
        if row == min(IMPORTER_PLACE, len(center) - 2):
            habits[row, names.index("CN")] = chances.sum() * 0.15
    return fit_shares(habits, weight, base)


def _ports(rng: np.random.Generator, way: str, weight: np.ndarray) -> np.ndarray:
    """Ports of each importer by one way: one to four, fitted to the shares of the whole."""
    base = np.array([PORT_SHARES[way].get(port, 0.0) for port in PORTS])
    habits = np.zeros((len(weight), len(PORTS)))
    for row in range(len(weight)):
        several = min(int((base > 0).sum()), 1 + int(rng.integers(0, 3)) + (2 if row < len(weight) // 8 else 0))
        chosen = rng.choice(len(PORTS), size=several, replace=False, p=base / base.sum())
        habits[row, chosen] = base[chosen] * rng.gamma(2.0, 1.0, several)
    pinned = min(IMPORTER_PLACE, len(weight) - 2)
    habits[pinned] = [IMPORTER_PORTS[way].get(port, 0.0) for port in PORTS]
    return fit_shares(habits, np.maximum(weight, 1e-9), base)


def _ways(rng: np.random.Generator, center: np.ndarray, weight: np.ndarray) -> np.ndarray:
    codes = [CENTERS[c] for c in center]
    air = np.array([AIR_LEANING[c] for c in codes])
    land = np.array([LAND_LEANING[c] for c in codes])
    habits = np.column_stack((21 * land, 20 * land, 25 / air, 34 * air)) * rng.gamma(0.8, 1.0, (len(center), 4)) + 0.02
    pinned = min(IMPORTER_PLACE, len(center) - 2)
    habits[pinned] = (40.0, 4.0, 40.0, 16.0)
    return fit_shares(habits, weight, np.array([WAY_SHARES[way] for way in WAYS]))


def _centers(rng: np.random.Generator, count: int) -> np.ndarray:
    wanted = np.maximum(1, np.round(np.array(CENTER_SHARES) * count).astype(int))
    center = np.repeat(np.arange(len(CENTERS)), wanted)
    center = np.resize(center, count)
    rng.shuffle(center)
    # The planted problems need goods of these Centers among the largest accounts.
    for place, code in {
        0: "008",
        1: "010",
        2: "004",
        3: "003",
        4: "007",
        5: "001",
        6: "005",
        7: "002",
    }.items():
        center[place] = CENTERS.index(code)
    center[min(IMPORTER_PLACE, count - 2)] = CENTERS.index("010")
    center[min(STRANGER_PLACE, count - 1)] = CENTERS.index("008")
    return center


def importers(rng: np.random.Generator, count: int, brokers: int) -> Importers:
    """Invent `count` importers, largest first, that use `brokers` brokers."""
    center = _centers(rng, count)
    yearly = _yearly(count)
    factor = _value_factors(rng, center)
    pinned, other = min(IMPORTER_PLACE, count - 2), min(STRANGER_PLACE, count - 1)
    factor[pinned] = 0.8
    ways = _ways(rng, center, yearly)
    overseas = yearly * factor * (ways[:, 2] * 1.8 + ways[:, 3])
    stems = company_stems(rng, count)
    trades = [(*TRADES, *BY_CENTER[CENTERS[c]] * 4) for c in center]
    names = [f"{stem} {words[int(rng.integers(len(words)))]}" for stem, words in zip(stems, trades, strict=True)]
    names[pinned], names[other] = IMPORTER_NAME, STRANGER_NAME
    tier = np.where(rng.random(count) < 0.5, rng.choice([1, 2, 3], size=count, p=[0.25, 0.55, 0.2]), 0)
    tier[pinned] = 2
    begins = np.where((np.arange(count) > 30) & (rng.random(count) < 0.08), rng.uniform(0.3, 0.75, count), 0.0)
    begins[[pinned, other]] = 0.0
    metals = center == CENTERS.index("005")
    broker_weights = 1 / np.arange(1, brokers + 1) ** 0.7
    broker = rng.choice(brokers, size=count, p=broker_weights / broker_weights.sum())
    second = rng.choice(brokers, size=count, p=broker_weights / broker_weights.sum())
    broker[[pinned, *range(20, count, 31)]] = 2
    growth = rng.normal(0.10, 0.12, count).clip(-0.2, 0.5)
    growth[pinned] = 0.10
    rates = scipy.special.betaincinv(0.8, 39.2, (rng.permutation(count) + 0.5) / count)
    rates[:9] *= 0.6  # the largest keep their house in better order
    rates[pinned] = 0.024
    return Importers(
        name=names,
        numbers=_numbers(rng, count),
        center=center,
        yearly_entries=yearly,
        value_factor=factor,
        ways=ways,
        ports={way: _ports(rng, way, yearly * ways[:, i]) for i, way in enumerate(WAYS)},
        origins=_origins(rng, center, overseas),
        growth=growth,
        begins=begins,
        tier=tier,
        trade_compliance=(tier >= 2) & (rng.random(count) < 0.38),
        zone_share=np.where(rng.random(count) < 0.22, rng.uniform(0.1, 0.4, count), 0.0) * (center != 5),
        dumping_share=np.where(metals, 0.08, np.where(rng.random(count) < 0.4, 0.042, 0.0)),
        broker=broker,
        second_broker=second,
        major_rate=np.clip(rates, 0.003, 0.06),
    )
