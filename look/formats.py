"""Forms of numbers, dates and codes as the pages write them. Pure: values in, words out."""

import datetime
from decimal import ROUND_HALF_UP, Decimal

DASH = "–"
MINUS = "\u2212"
HARD_SPACE = "\u00a0"
SMALL_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
MILLION = Decimal(1_000_000)

Number = int | float | Decimal


def _signed(text: str, negative: bool, plus: bool = False) -> str:
    return (MINUS if negative else "+" if plus else "") + text


def count(value: Number | None) -> str:
    """1,362; a dash where nothing is known, a zero where it is zero."""
    if value is None:
        return DASH
    return _signed(f"{abs(value):,.0f}", value < 0)


def money(value: Number | None) -> str:
    """Whole dollars: $1,240,000."""
    if value is None:
        return DASH
    whole = Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP)
    return _signed(f"${abs(whole):,}", whole < 0)


def amount(value: Number | None) -> str:
    """Whole dollars without the sign, for a column whose head has it."""
    return money(value).replace("$", "")


def cents(value: Number | None) -> str:
    """Dollars and cents without the sign, for tables of lines."""
    if value is None:
        return DASH
    return _signed(f"{abs(Decimal(str(value))):,.2f}", value < 0)


def short_money(value: Number | None) -> str:
    """$2.1 million, $310,000: for sentences."""
    if value is None:
        return DASH
    exact = Decimal(str(value))
    if abs(exact) < MILLION:
        return money(value)
    return _signed(f"${abs(exact) / MILLION:,.1f}{HARD_SPACE}million", exact < 0)


def millions(value: Number | None) -> str:
    """Millions with two decimals, for a column whose head says so: 41.20."""
    return DASH if value is None else _signed(f"{abs(Decimal(str(value))) / MILLION:,.2f}", value < 0)


def difference(value: Number | None) -> str:
    """A revenue difference: plus where more is owed, a minus where too much was paid."""
    if value is None:
        return DASH
    whole = Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP)
    return "0" if not whole else _signed(f"{abs(whole):,}", whole < 0, plus=True)


def percent(share: Number | None, decimals: int = 1) -> str:
    """A share between 0 and 1 as a percentage, a hard space before the sign."""
    if share is None:
        return DASH
    return _signed(f"{abs(float(share)) * 100:.{decimals}f}{HARD_SPACE}%", share < 0)


def per_hundred(share: Number | None) -> str:
    """Of how many of a hundred: 86; never 0 or 100 where some are, or are not: under 1, over 99."""
    if share is None:
        return DASH
    whole = round(float(share) * 100)
    if whole == 0 and share > 0:
        return "under 1"
    return "over 99" if whole == 100 and share < 1 else f"{whole}"


def rate_points(difference: float | None, places: int = 1) -> str:
    """A difference of two shares in percentage points with its sign: −1.7, +0.3, 0.0."""
    if difference is None:
        return DASH
    text = f"{abs(difference) * 100:.{places}f}"
    return _signed(text, difference < 0, plus=True) if float(text) else text


def points(value: Number | None) -> str:
    """Points of a score with one decimal."""
    return DASH if value is None else _signed(f"{abs(value):.1f}", value < 0)


def moved(value: Number | None) -> str:
    """What points moved: +1.8, −0.4, 0.0."""
    if value is None:
        return DASH
    return "0.0" if abs(float(value)) < 0.05 else _signed(f"{abs(value):.1f}", value < 0, plus=True)


def halves(value: Number | None) -> str:
    """A median of whole days: 2, or 2.5 where it lies between two."""
    if value is None:
        return DASH
    return count(value) if float(value) == round(float(value)) else _signed(f"{abs(value):,.1f}", value < 0)


def day(value: datetime.date | None, as_of: datetime.date | None = None) -> str:
    """Nov 24, and with the year where it is not the year of `as_of`."""
    if value is None:
        return DASH
    text = f"{value:%b} {value.day}"
    return text if as_of is not None and value.year == as_of.year else f"{text}, {value.year}"


def long_day(value: datetime.date | None) -> str:
    """November 24, 2026."""
    return DASH if value is None else f"{value:%B} {value.day}, {value.year}"


def weekday(value: datetime.date | None) -> str:
    """Tuesday, November 24."""
    return DASH if value is None else f"{value:%A, %B} {value.day}"


def month(value: datetime.date | None) -> str:
    """Nov 2026."""
    return DASH if value is None else f"{value:%b %Y}"


def months(start: datetime.date, end: datetime.date) -> str:
    """Oct 2026 to Nov 2026; one month alone once."""
    first, last = month(start), month(end)
    return first if first == last else f"{first} to {last}"


def plural(number: int, one: str, many: str = "") -> str:
    """1 entry, 41 entries."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def none_or(number: int) -> str:
    """none, 1, 41: before "of them" and before a verb."""
    return count(number) if number else "none"


def all_of(number: int) -> str:
    """All 41, and All where there is but one: the head of a row of sums."""
    return "All" if number == 1 else f"All {count(number)}"


def number_word(number: int) -> str:
    """One to ten as a word, more as digits: for the beginning of a sentence or the middle of it."""
    return SMALL_NUMBERS[number] if 0 <= number <= 10 else count(number)


def entry_number(text: str) -> str:
    """9XZ-4410377-5, as 19 CFR 142.3a wants it shown."""
    return f"{text[:3]}-{text[3:10]}-{text[10:]}" if len(text) == 11 else text


def container(text: str) -> str:
    """ZZXU 430817-5."""
    return f"{text[:4]} {text[4:10]}-{text[10:]}" if len(text) == 11 else text


def hts(text: str) -> str:
    """8501.10.40.20."""
    parts = [text[:4], text[4:6], text[6:8], text[8:10]]
    return ".".join(part for part in parts if part)
