"""Rows by how their HTS number begins: a chapter, a heading, a subheading or the whole number."""

from django.db.models import Q

CHAPTER_99 = "99"
#: Digits of a whole number.
WHOLE_HTS = 10


def in_heading(prefix: str) -> Q:
    """Rows whose HTS number begins with these digits. A range: LIKE is not leakproof, and slow under row security."""
    return Q(hts__range=(prefix, prefix.ljust(WHOLE_HTS, "9")))
