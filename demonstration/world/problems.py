"""The problems planted in the demonstration: where, since when, how often, of what kind."""

from dataclasses import dataclass
from datetime import date

from demonstration.world.companies import IMPORTER_PLACE


@dataclass(frozen=True)
class Planted:
    """A raised rate of major discrepancies among the lines that all given conditions meet.

    places: importers, 0 the largest; empty: all. origin: of the supplier that the world adds for the problem;
    empty: no supplier of its own. heading: four digits; 0: any. port: empty: any. share: of the importer's
    trade
    on that side (Mexico, Canada, overseas) that the added supplier's goods make up. rate: of lines, 0 to 1.
    """

    key: str
    places: tuple[int, ...]
    kind: str
    rate: float
    months_ago: int
    text: str
    origin: str = ""
    heading: int = 0
    port: str = ""
    share: float = 0.0
    #: It was over with the first of the month so many months ago; 0: it goes on.
    ended_months_ago: int = 0


#: The heading that goes wrong wherever it is imported.
WIDESPREAD = 8302
#: Places from the largest importer down. Since is the first of the month `months_ago` months before as_of's.
PLANTED = (
    Planted("motors", (IMPORTER_PLACE,), "CLASS", 0.24, 6,
            "motors of heading 8501 from one supplier in China are misclassified", "CN", 8501, "", 0.26),
    Planted("related-party", (0,), "VALUE", 0.20, 14,
            "furniture of heading 9403 from a related supplier in Viet Nam is undervalued", "VN", 9403, "",
            0.16, 8),
    Planted("transshipment", (1,), "ORIGIN", 0.18, 10,
            "pumps of heading 8413 declared as made in Thailand were made elsewhere", "TH", 8413, "", 0.14),
    Planted("yarn-forward", (2,), "SPI_CLAIM", 0.16, 24,
            "shirts of heading 6109 from one supplier in Mexico claim USMCA without qualifying", "MX", 6109,
            "", 0.25),
    Planted("short-count", (3,), "QTY", 0.20, 8,
            "car parts of heading 8708 from one supplier in Germany are miscounted", "DE", 8708, "", 0.25),
    Planted("marking", (4,), "MARKING", 0.17, 12,
            "parts of heading 8504 from one supplier in Malaysia are not marked with their origin", "MY",
            8504, "", 0.14),
    Planted("skin-care", (5,), "CLASS", 0.19, 7,
            "preparations of heading 3304 from one supplier in Korea are misclassified", "KR", 3304, "",
            0.15),
    Planted("fasteners", (6,), "ADCVD", 0.14, 9,
            "fasteners of heading 7318 from one supplier in Taiwan evade an antidumping order",
            "TW", 7318, "", 0.16),
    Planted("mixed-crates", (7,), "DESC", 0.15, 11,
            "food preparations of heading 2106 from one supplier in Italy are described wrongly", "IT",
            2106, "", 0.15),
    Planted("shared-supplier", (8, 9, 10, 11, 12, 13, 16, 18, 20), "ORIGIN", 0.17, 12,
            "lamps of heading 9405 from one supplier that nine importers share have the wrong origin",
            "IN", 9405, "", 0.05),
    Planted("heading", (), "CLASS", 0.16, 10,
            "locks of heading 8302 are misclassified by whoever imports them",
            "", WIDESPREAD),
)  # fmt: skip


def first_of_month(as_of: date, months_ago: int) -> date:
    """First day of the month so many months before that of `as_of`."""
    months = as_of.year * 12 + as_of.month - 1 - months_ago
    return date(months // 12, months % 12 + 1, 1)


def until_of(problem: Planted, as_of: date) -> date | None:
    """The first day on which it was over; None for what goes on."""
    return first_of_month(as_of, problem.ended_months_ago) if problem.ended_months_ago else None


def applicable(count: int) -> list[Planted]:
    """The problems as they stand in a world of `count` importers (in small ones the places move together)."""
    moved = []
    for problem in PLANTED:
        places = tuple(min(place, count - 2) for place in problem.places if place < count - 1)
        if places or not problem.places:
            moved.append(Planted(**{**problem.__dict__, "places": places}))
    return moved
