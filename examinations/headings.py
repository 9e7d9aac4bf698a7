"""Rows by how their HTS number begins: a chapter, a heading, a subheading or the whole number."""

from django.db.models import Q

CHAPTER_99 = "99"
#: Digits of a whole number.
WHOLE_HTS = 10


def in_heading(prefix: str) -> Q:
    """Rows whose HTS number begins with these digits. A range: LIKE is not leakproof, and slow under row security."""
    return Q(hts__range=(prefix, prefix.ljust(WHOLE_HTS, "9")))


def in_codes(prefixes: list[str]) -> Q:
    """Codes of HTS numbers that begin with one of these digits, as `in_heading` finds rows."""
    found = Q(pk=None)
    for prefix in prefixes:
        found |= Q(code__range=(prefix, prefix.ljust(WHOLE_HTS, "9")))
    return found
