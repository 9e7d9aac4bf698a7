"""What each importer buys from whom: cells of importer, way in, supplier and product."""

from dataclasses import dataclass

import numpy as np

from accounts.identifiers import manufacturer_id
from demonstration.world.catalogue import Catalogue
from demonstration.world.companies import Importers
from demonstration.world.draws import Pools
from demonstration.world.naming import FACTORY, company_stems
from demonstration.world.places import CITIES, ORIGIN_SHARES, ORIGINS, OTHER_CITIES, PROVINCES
from demonstration.world.problems import WIDESPREAD, Planted

#: Trade of an importer comes from Mexico, from Canada or from overseas.
SIDES = 3
OVERSEAS = 2
#: Origins whose goods an antidumping order is invented for.
DUMPING_ORIGINS = ("CN", "VN", "IN", "TR", "KR", "TH")
DUMPING_COUNTRY_CODES = {"CN": "570", "VN": "552", "IN": "533", "TR": "489", "KR": "580", "TH": "549"}


@dataclass(frozen=True)
class Cells:
    """Cells sorted by importer, side and supplier; one array row each."""

    product: np.ndarray
    origin: np.ndarray  # index into ORIGINS
    supplier: np.ndarray  # index into mids
    block: np.ndarray  # importer's supplier on one side: the cells of one block lie together
    by_side: Pools  # group: importer * SIDES + side
    by_block: Pools
    mids: list[str]
    dumped: np.ndarray  # per importer: cell of goods under an antidumping order, -1 none
    dumping_case: list[str]  # per importer
    dumping_rate: np.ndarray  # per importer, basis points


class Factories:
    """Invented factories, each with a manufacturer code of its own."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.stems = iter(company_stems(rng, 8_600))
        self.mids: list[str] = []
        self.taken: set[str] = set()

    def add(self, origin: str) -> int:
        """Invent one; returns its place in `mids`."""
        while True:
            name = f"{next(self.stems)} {FACTORY[int(self.rng.integers(len(FACTORY)))]}"
            cities = CITIES.get(origin, OTHER_CITIES)
            city = cities[int(self.rng.integers(len(cities)))]
            country = PROVINCES.get(city, origin) if origin == "CA" else origin
            mid = manufacturer_id(country, name, f"{int(self.rng.integers(10, 9_999))} Estate Road", city)
            if mid not in self.taken:
                self.taken.add(mid)
                self.mids.append(mid)
                return len(self.mids) - 1


@dataclass
class _Rows:
    side: list[int]
    supplier: list[int]
    product: list[int]
    origin: list[int]
    weight: list[float]

    def add(self, side: int, supplier: int, origin: int, products: list[int], weights: np.ndarray) -> None:
        self.side += [side] * len(products)
        self.supplier += [supplier] * len(products)
        self.origin += [origin] * len(products)
        self.product += products
        self.weight += weights.tolist()


def _range_of(rng: np.random.Generator, goods: Catalogue, center: int, size: int) -> np.ndarray:
    """Products that an importer of this Center deals in: mostly the Center's own chapters."""
    own = np.flatnonzero(goods.center == center)
    count = min(len(own), max(3, size))
    chosen = rng.choice(own, size=count, replace=False)
    foreign = rng.choice(len(goods.hts), size=max(1, count // 5), replace=False)
    return np.unique(np.concatenate((chosen, foreign)))


def _of_importer(rng: np.random.Generator, goods: Catalogue, who: Importers, at: int, factories: Factories) -> _Rows:
    rows = _Rows([], [], [], [], [])
    large = at < 30
    products = _range_of(rng, goods, int(who.center[at]), int(rng.integers(4, 9)) + (6 if large else 0))
    own = np.where(goods.center[products] == who.center[at], 4.0, 0.8)
    own = own * np.where(goods.rate[products] > 700, 0.6, 1.0)
    own = own * np.where(goods.heading[products] == WIDESPREAD, 3.0, 1.0)
    popular = own * rng.gamma(1.2, 1.0, len(products)) + 0.01
    shares = [(0, 0, 1.0), (1, 1, 1.0)]
    shares += [(OVERSEAS, 2 + i, float(share)) for i, share in enumerate(who.origins[at]) if share > 0]
    for side, origin, share in shares:
        several = int(rng.integers(1, 4)) + (2 if large and share > 0.1 else 0)
        for part in rng.dirichlet(np.full(several, 2.0)):
            some = rng.choice(
                len(products),
                size=min(len(products), 1 + int(rng.integers(1, 5))),
                replace=False,
                p=popular / popular.sum(),
            )
            weights = popular[some] / popular[some].sum() * share * part
            rows.add(side, factories.add(ORIGINS[origin]), origin, products[some].tolist(), weights)
    return rows


def _plant(
    rows: _Rows, goods: Catalogue, planted: list[Planted], at: int, shared: dict[str, int], new: Factories
) -> None:
    """Give the importer the goods that a planted problem speaks of."""
    for problem in planted:
        if problem.share == 0 or at not in problem.places or not problem.origin:
            continue
        if problem.key not in shared:
            shared[problem.key] = new.add(problem.origin)
        origin = ORIGINS.index(problem.origin)
        side = min(origin, OVERSEAS)
        there = sum(w for w, s in zip(rows.weight, rows.side, strict=True) if s == side)
        products = goods.of_heading(problem.heading).tolist()
        weights = np.full(len(products), problem.share / (1 - problem.share) * there / len(products))
        rows.add(side, shared[problem.key], origin, products, weights)


def _dumping(
    rng: np.random.Generator, goods: Catalogue, who: Importers, at: int, factories: Factories
) -> tuple[int, int, int, str, int]:
    """Supplier, product, origin, case and rate (basis points) of an importer's goods under an order."""
    origins = [o for o in DUMPING_ORIGINS if who.origins[at, list(ORIGIN_SHARES).index(o)] > 0] or ["CN"]
    origin = origins[int(rng.integers(len(origins)))]
    ours = np.flatnonzero(goods.dumped & (goods.center == who.center[at]))
    ours = ours if len(ours) else np.flatnonzero(goods.dumped)
    product = int(ours[int(rng.integers(len(ours)))])
    rate = int(np.clip(np.exp(rng.normal(np.log(1_100), 0.9)), 200, 16_000))
    case = f"A-{DUMPING_COUNTRY_CODES[origin]}-{900 + product % 100:03d}"
    return factories.add(origin), product, ORIGINS.index(origin), case, rate


def cells(
    rng: np.random.Generator, goods: Catalogue, who: Importers, planted: list[Planted]
) -> tuple[Cells, dict[str, str]]:
    """Cells of all importers, and the manufacturer code of each planted problem's supplier by its key."""
    factories = Factories(rng)
    shared: dict[str, int] = {}
    columns: list[np.ndarray] = []
    cases, rates, dumped = [], [], []
    for at in range(len(who)):
        rows = _of_importer(rng, goods, who, at, factories)
        _plant(rows, goods, planted, at, shared, factories)
        supplier, product, origin, case, rate = _dumping(rng, goods, who, at, factories)
        cases.append(case)
        rates.append(rate)
        dumped.append((at, supplier))
        rows.add(OVERSEAS, supplier, origin, [product], np.zeros(1))
        columns.append(
            np.array([[at] * len(rows.side), rows.side, rows.supplier, rows.product, rows.origin, rows.weight])
        )
    table = np.concatenate(columns, axis=1)
    table = table[:, np.lexsort((table[3], table[2], table[1], table[0]))]
    who_at, side, supplier, product, origin = (table[i].astype(np.int64) for i in range(5))
    new_block = np.concatenate(([False], (np.diff(who_at) != 0) | (np.diff(side) != 0) | (np.diff(supplier) != 0)))
    block = np.cumsum(new_block)
    place = {(int(a), int(s)): i for i, (a, s) in enumerate(zip(who_at, supplier, strict=True))}
    found = Cells(
        product,
        origin,
        supplier,
        block,
        Pools.of(table[5], who_at * SIDES + side, len(who) * SIDES),
        Pools.of(table[5], block, int(block[-1]) + 1),
        factories.mids,
        np.array([place[key] for key in dumped]),
        cases,
        np.array(rates),
    )
    return found, {key: factories.mids[at] for key, at in shared.items()}
