"""What a notice is about and what it changes in duty, as rows of name and words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from examinations.nomenclature import country, goods
from look.formats import hts, long_day
from notices.codes import NONE_CLAIMED

if TYPE_CHECKING:
    from notices.models import Notice


def _goods(prefixes: Iterable[str]) -> str:
    return ", ".join(f"{hts(one)} {name}".strip() if (name := goods(one)) else hts(one) for one in prefixes)


def number_of_points(points: Decimal) -> str:
    """25, 7.5: no more places than there are."""
    return f"{points.normalize():f}"


def change_of(notice: Notice) -> str:
    """The change of duty as a sentence's end: 25 percentage points more."""
    if notice.duty_kind == notice.DutyKind.UNKNOWN:
        return "by quantity or quota: cannot be estimated from value"
    if notice.rate_change is None:
        return ""
    if notice.duty_kind == notice.DutyKind.REPLACES:
        return f"{number_of_points(notice.rate_change)}\u00a0% in place of today’s duty"
    word = "more" if notice.rate_change >= 0 else "less"
    return f"{number_of_points(abs(notice.rate_change))} percentage points {word}, on top of today’s duty"


def terms_of(notice: Notice) -> list[tuple[str, str]]:
    """Name and words of all that a notice says of goods, origins and duty; what it does not say is left out."""
    return [(name, words) for name, words in _terms(notice) if words]


def _terms(notice: Notice) -> Iterator[tuple[str, str]]:
    yield "Change of duty", change_of(notice)
    yield "Row asked for", f"{hts(notice.chapter_99)} beside these goods" if notice.chapter_99 else ""
    yield "Goods", _goods(notice.hts_prefixes)
    yield "Without", _goods([*notice.excluded_hts_prefixes, *notice.exempt_hts_prefixes])
    yield "Origin", ", ".join(country(code) for code in notice.countries)
    yield "Ports", ", ".join(notice.ports)
    yield "Manufacturers", ", ".join(notice.manufacturers)
    claims = ["lines that claim none" if code == NONE_CLAIMED else code for code in notice.spi_codes]
    yield "Preferences claimed", ", ".join(claims)
    yield "AD/CVD cases", ", ".join(notice.adcvd_cases)
    yield "Types of entry", ", ".join(notice.entry_types)
    yield "Exempt", ", ".join(f"claims of {code}" for code in notice.exempt_spi_codes)
    if notice.changes_duty:
        yield "For entries from", f"{long_day(notice.effective_date)}, 12:01 a.m. Eastern"
        yield "Through", long_day(notice.last_entry_date) if notice.last_entry_date else ""
        yield "Goods on their way", notice.in_transit
