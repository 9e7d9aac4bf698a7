"""The codes by which a notice says whom it is for: brought into one form, and refused where nothing has them. Pure."""

import re
from collections.abc import Callable, Iterable

from django_countries import countries

from examinations.entries.names import TYPES
from examinations.nomenclature import tariff_prefix

#: A preference that stands for none: the lines on which none is claimed.
NONE_CLAIMED = "NONE"


prefix = tariff_prefix


def chapter_99(text: str) -> str:
    """A number of chapter 99, or how it begins: four to ten digits, without dots."""
    digits = re.sub(r"[.\s]", "", text)
    if not re.fullmatch(r"99[0-9]{2,8}", digits):
        raise ValueError("is no number of chapter 99, such as 9903.88.03")
    return digits


def country(text: str) -> str:
    """A country's two letters."""
    code = text.strip().upper()
    if code not in countries:
        raise ValueError("is no country’s two letters")
    return code


def port(text: str) -> str:
    """A port's four digits."""
    code = text.strip()
    if not re.fullmatch(r"[0-9]{4}", code):
        raise ValueError("is no port’s four digits")
    return code


def manufacturer(text: str) -> str:
    """A manufacturer's code (MID) or its beginning: at least its country's two letters and one more."""
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{1,13}", code):
        raise ValueError("is no manufacturer’s code, nor the beginning of one")
    return code


def preference(text: str) -> str:
    """A code of a preference, or NONE for lines that claim none."""
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z0-9+*]{1,4}", code):
        raise ValueError("is no code of a preference, such as S")
    return code


def claimed_preference(text: str) -> str:
    """A code of a preference that is claimed."""
    code = preference(text)
    if code == NONE_CLAIMED:
        raise ValueError("is no code of a preference, such as S")
    return code


def case(text: str) -> str:
    """An AD/CVD case: A or C, the country's three digits, the case's three, and the company's three or none."""
    code = re.sub(r"[-\s]", "", text).upper()
    if not re.fullmatch(r"[AC]\d{6}(\d{3})?", code):
        raise ValueError("is no AD/CVD case, such as A-570-967")
    return code


def entry_type(text: str) -> str:
    """A type of entry, two digits."""
    code = text.strip()
    if code not in TYPES:
        raise ValueError("is no type of entry")
    return code


def all_of(form: Callable[[str], str], given: Iterable[str]) -> list[str]:
    """Each in its form, once, in the order given. Raises ValueError that names the first that is wrong."""
    found: dict[str, None] = {}
    for text in given:
        try:
            found[form(text)] = None
        except ValueError as error:
            raise ValueError(f"“{text[:20]}” {error}.") from None
    return list(found)
