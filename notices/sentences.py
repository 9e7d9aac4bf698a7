"""What a notice says to one account: its own dollars, in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from examinations.nomenclature import country
from look.formats import money, month

if TYPE_CHECKING:
    from notices.models import Notice, Touched


#: Ports that a sentence names, those with most value.
PORTS_NAMED = 2
LAST_YEAR = "in the last 12 months"
NOTHING = Decimal(0)


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them: a, b and c."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def cost_of(notice: Notice, added: Decimal | None) -> str:
    """What a change of duty comes to in a year, as a clause; empty where the notice changes none."""
    if not notice.changes_duty:
        return ""
    if not notice.can_be_estimated:
        return f"what the change costs cannot be estimated from value{_why_not(notice)}"
    if not added:
        return "at the new rate no more a year"
    return f"at the new rate about {money(abs(added))} {'more' if added > 0 else 'less'} a year"


def _why_not(notice: Notice) -> str:
    """Why a rate that is known tells no cost; empty where there is no rate."""
    narrowed = notice.not_in_the_sums
    if notice.rate_change is None or not narrowed:
        return ""
    conditions, are = ("condition", "is") if len(narrowed) == 1 else ("conditions", "are")
    return f": its {conditions} by {listed(narrowed)} {are} not in the sums"


def of_dollars(
    notice: Notice,
    imported: Decimal,
    filed: Decimal,
    added: Decimal | None,
    *,
    through: str = "",
    origins: str = "",
    whose: str = "You",
    when: str = LAST_YEAR,
    deposited: Decimal = NOTHING,
    deposited_for_others: Decimal = NOTHING,
) -> str:
    """The sentence of one account. through, origins: names of ports and countries, listed. whose: who is spoken of. when: in
    which months. deposited, deposited_for_others: the duty of rows of chapter 99, which have no value."""
    where = (f" from {origins}" if origins else "") + (f" through {through}" if through else "")
    if imported:
        cost = cost_of(notice, added)
        also = f" {whose} also filed {money(filed)} of it for others." if filed else ""
        return f"{whose} imported {money(imported)} of this{where} {when}" + (f"; {cost}." if cost else ".") + also
    if filed:
        return f"{whose} filed entries with {money(filed)} of this{where} for others {when}; the duty is theirs."
    if deposited:
        cost = cost_of(notice, added) if notice.changes_duty else ""
        return f"{whose} deposited {money(deposited)} of duty under this{where} {when}" + (
            f"; {cost}." if cost else "."
        )
    if deposited_for_others:
        duty = money(deposited_for_others)
        return f"{whose} filed entries with {duty} of duty under this{where} for others {when}; the duty is theirs."
    if any(one.startswith("99") for one in notice.hts_prefixes):
        return f"{whose} entered goods under this; its numbers of chapter 99 have no value of their own, so no dollars can be told."
    return f"{whose} began to trade in this only this month: no month is whole yet, so no year can be told."


def of(notice: Notice, touched: Touched, ports: Mapping[str, str], *, whose: str = "You", when: str = LAST_YEAR) -> str:
    """The sentence of what is written down. ports: names by code. when: as of `of_dollars`."""
    named = [ports.get(code, f"port {code}") for code in touched.ports[:PORTS_NAMED]]
    origins = [country(code) for code in touched.origins]
    return of_dollars(
        notice,
        touched.imported,
        touched.filed,
        touched.added,
        through=listed(named) if named else "",
        origins=listed(origins) if origins else "",
        whose=whose,
        when=when,
        deposited=touched.deposited,
        deposited_for_others=touched.deposited_for_others,
    )


def months_of(touched: Touched) -> str:
    """The months that a sentence is about."""
    return f"{month(touched.first_month)} to {month(touched.last_month)}"
