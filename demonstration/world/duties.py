"""What a line owes on its day: regular duty, additional duties of chapter 99, processing and harbor fees.

The additional duties follow the course of 2025 and 2026, simplified: one rate for an origin and a time, one
row
for the emergency duties, one for section 232, one for section 301. Rates in basis points.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demonstration.world.catalogue import Catalogue
from demonstration.world.places import ORIGINS

EMERGENCY_BEGINS, EMERGENCY_ENDS = date(2025, 2, 4), date(2026, 2, 24)
RECIPROCAL, BY_COUNTRY = date(2025, 4, 5), date(2025, 8, 7)
STEEL_FOR_ALL, STEEL_DOUBLED = date(2025, 3, 12), date(2025, 6, 4)
FEBRUARY_CLAIMS = date(2025, 1, 1)

CHINA_STEPS = (
    (date(2025, 2, 4), 1_000),
    (date(2025, 3, 4), 2_000),
    (RECIPROCAL, 3_000),
    (date(2025, 11, 10), 2_000),
)
NEIGHBOR_STEPS = {
    "MX": ((date(2025, 3, 7), 2_500),),
    "CA": ((date(2025, 3, 7), 2_500), (date(2025, 8, 1), 3_500)),
}
COUNTRY_RATES = {
    "VN": 2_000, "DE": 1_500, "JP": 1_500, "TW": 2_000, "KR": 1_500, "IN": 2_500, "IE": 1_500, "TH": 1_900,
    "IT": 1_500,
    "MY": 1_900, "ID": 1_900, "CH": 3_900, "PH": 1_900, "BD": 2_000, "KH": 1_900, "PK": 1_900, "ZA": 3_000,
    "TR": 1_500,
    "FR": 1_500, "NL": 1_500, "BE": 1_500, "ES": 1_500, "PL": 1_500, "SE": 1_500, "AT": 1_500, "IL": 1_500,
    "CR": 1_500,
}  # fmt: skip
CODE_BY_COUNTRY = {
    "VN": "99030269", "DE": "99030220", "JP": "99030230", "TW": "99030260", "KR": "99030256",
    "IN": "99030226",
    "TH": "99030261", "CH": "99030258", "MY": "99030240", "ID": "99030227", "PH": "99030251",
    "BD": "99030207",
    "KH": "99030211", "PK": "99030248", "ZA": "99030255", "TR": "99030262",
}  # fmt: skip
#: Codes of rows of chapter 99, by the numbers that this module gives them.
CODES = ("99030101", "99030110", "99030124", "99030125", "99030220",
          *sorted(set(CODE_BY_COUNTRY.values()) - {"99030220"}),
         "99038001", "99038187", "99038502", "99038803", "99038815", "99039105")  # fmt: skip

#: Ad valorem fee, and the least and most of an entry, in cents by fiscal year (19 CFR 24.23; 90 FR 34665).
MPF_PER_MILLION = 3_464
MPF_BOUNDS = {
    2022: (2775, 53840),
    2023: (2966, 57535),
    2024: (3167, 61435),
    2025: (3271, 63462),
    2026: (3358, 65150),
}
INFORMAL_FEE = {2022: 222, 2023: 237, 2024: 253, 2025: 262, 2026: 269}


@dataclass(frozen=True)
class Calendar:
    """Days of the world: day 0 is `start`."""

    start: date
    days: int

    def day(self, when: date) -> int:
        """Days from the start to a date; negative before it."""
        return (when - self.start).days

    def dates(self, extra: int = 500) -> np.ndarray:
        """numpy dates of all days and `extra` more."""
        return np.datetime64(self.start) + np.arange(self.days + extra)

    def workday(self, day: np.ndarray) -> np.ndarray:
        """The day itself, or the Monday after a weekend."""
        weekday = ((np.datetime64(self.start) + day).astype(int) + 3) % 7
        return day + np.where(weekday > 4, 7 - weekday, 0)

    def as_of(self) -> date:
        """The last day, the world's today."""
        return self.start + timedelta(days=self.days - 1)


def _steps(table: np.ndarray, origin: str, steps: tuple[tuple[date, int], ...], calendar: Calendar) -> None:
    for begins, rate in steps:
        table[max(0, calendar.day(begins)) :, ORIGINS.index(origin)] = rate


def emergency_table(calendar: Calendar) -> tuple[np.ndarray, np.ndarray]:
    """Rate and index into CODES of the emergency duties, by (day, origin)."""
    rate = np.zeros((calendar.days, len(ORIGINS)), dtype=np.int64)
    code = np.zeros((calendar.days, len(ORIGINS)), dtype=np.int64)
    code[:] = CODES.index("99030125")
    by_country = max(0, calendar.day(BY_COUNTRY))
    for at, origin in enumerate(ORIGINS):
        if origin in ("MX", "CA", "CN"):
            code[:, at] = CODES.index({"MX": "99030101", "CA": "99030110", "CN": "99030124"}[origin])
            _steps(rate, origin, CHINA_STEPS if origin == "CN" else NEIGHBOR_STEPS[origin], calendar)
            continue
        rate[max(0, calendar.day(RECIPROCAL)) :, at] = 1_000
        rate[by_country:, at] = COUNTRY_RATES.get(origin, 1_000)
        if origin in CODE_BY_COUNTRY:
            code[by_country:, at] = CODES.index(CODE_BY_COUNTRY[origin])
        elif origin in COUNTRY_RATES:
            code[by_country:, at] = CODES.index("99030220")
    rate[max(0, calendar.day(EMERGENCY_ENDS)) :] = 0
    rate[: max(0, calendar.day(EMERGENCY_BEGINS))] = 0
    return rate, code


@dataclass(frozen=True)
class Additional:
    """Additional duties of lines: rates in basis points and indices into CODES, each of one row for each
    line."""

    emergency: np.ndarray
    emergency_code: np.ndarray
    metal: np.ndarray
    metal_code: np.ndarray
    section_301: np.ndarray
    section_301_code: np.ndarray


def additional(
    goods: Catalogue,
    calendar: Calendar,
    day: np.ndarray,
    product: np.ndarray,
    origin: np.ndarray,
    claimed: np.ndarray,
    informal: np.ndarray,
    excused: np.ndarray,
    excluded: np.ndarray,
) -> Additional:
    """Additional duties of lines. claimed: a preference of USMCA; excused: some exemption of the emergency
    duties; excluded: an exclusion from sections 232 and 301."""
    rates, codes = emergency_table(calendar)
    metal, listed_here = goods.metal[product], ~informal & ~excluded
    china = origin == ORIGINS.index("CN")
    near = origin < 2
    free = goods.exempt[product] | (claimed & near) | (metal > 0) | excused
    emergency = np.where(free, 0, rates[day, origin])
    late = day >= calendar.day(STEEL_FOR_ALL)
    early_origins = np.isin(origin, [ORIGINS.index(o) for o in ("CN", "IN", "VN", "TW", "TH", "TR", "ZA")])
    metal_rate = np.where(day >= calendar.day(STEEL_DOUBLED), 5_000, 2_500)
    metal_rate = np.where((metal > 0) & (late | early_origins) & listed_here, metal_rate, 0)
    steel_code = np.where(late, CODES.index("99038187"), CODES.index("99038001"))
    listed = np.where(china & listed_here, goods.section_301[product], 0)
    listed_code = np.select(
        [listed == 5_000, listed == 750],
        [CODES.index("99039105"), CODES.index("99038815")],
        CODES.index("99038803"),
    )
    return Additional(
        emergency,
        codes[day, origin],
        metal_rate,
        np.where(metal == 2, CODES.index("99038502"), steel_code),
        listed,
        listed_code,
    )


def fiscal_years(dates: np.ndarray) -> np.ndarray:
    """Federal fiscal years of numpy dates (from October)."""
    months = dates.astype("datetime64[M]").astype(int)
    return 1970 + (months + 3) // 12


def by_year(table: dict[int, int], years: np.ndarray) -> np.ndarray:
    """Amounts of the given years; beyond the table its nearest year."""
    return np.asarray(
        np.array([table[min(max(y, min(table)), max(table))] for y in range(years.min(), years.max() + 1)])[
            years - years.min()
        ]
    )


def of_rate(cents: np.ndarray, basis_points: np.ndarray) -> np.ndarray:
    """Duty in cents, rounded to the cent."""
    return np.asarray((cents * basis_points + 5_000) // 10_000)


def processing_fees(
    entry: np.ndarray,
    entries: int,
    cents: np.ndarray,
    owes: np.ndarray,
    informal: np.ndarray,
    year: np.ndarray,
) -> np.ndarray:
    """MPF of lines in cents: the entry's fee between least and most, shared by value so that cents add up.

    entry, cents, owes: of each line (sorted by entry); informal, year: of each entry.
    """
    counted = np.where(owes, cents, 0)
    through = np.cumsum(counted)
    whole = np.bincount(entry, weights=counted, minlength=entries).astype(np.int64)
    fee = (whole * MPF_PER_MILLION + 500_000) // 1_000_000
    least = by_year({y: low for y, (low, _) in MPF_BOUNDS.items()}, year)
    most = by_year({y: high for y, (_, high) in MPF_BOUNDS.items()}, year)
    fee = np.where(informal, by_year(INFORMAL_FEE, year), np.clip(fee, least, most))
    before = np.concatenate(([0], np.cumsum(whole)[:-1]))[entry]
    share = np.maximum(whole, 1)[entry].astype(np.float64)
    upto = np.rint(fee[entry] * ((through - before) / share)).astype(np.int64)
    since = np.rint(fee[entry] * ((through - counted - before) / share)).astype(np.int64)
    return np.where(owes, upto - since, 0)
