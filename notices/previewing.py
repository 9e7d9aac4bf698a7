"""What its author sees of a notice before it goes out: how many, who, who just not, and for how many dollars."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Account
from examinations.models import Uncounted
from examinations.nomenclature import country
from notices import audience, sentences, telling, touching
from notices.models import Notice

SHOWN = 10
#: What keeps an account out, in words; what it has instead follows.
WHY = {
    "hts_prefixes": "of the same headings, but of other goods:",
    "excluded_hts_prefixes": "of goods that are left out:",
    "countries": "of the same goods, but from other countries:",
    "ports": "of the same goods, but through other ports:",
    "spi_codes": "of the same goods, under other claims:",
    "entry_types": "of the same goods, but on entries of other types:",
    "manufacturers": "of the same goods, but of other manufacturers:",
    "adcvd_cases": "of the same goods, but under other cases:",
}


@dataclass(frozen=True)
class Near:
    """An account just outside, and why."""

    name: str
    why: str
    value: object


@dataclass(frozen=True)
class Shown:
    """accounts, people: how many would be told. sum: the dollars, None where it asks nothing of trade. first: those with
    most dollars, or the first by name. outside: those that one condition keeps out. sentence: what the first would read.
    cost: what the change comes to for all together, as a clause; empty where it changes no duty. laid_on: on whose trade
    the rate is laid, where that is not plain; empty where it is. counting: whether the sums behind it are being counted at
    this moment, so that accounts may be missing."""

    accounts: int
    people: int
    sum: touching.Sum | None
    first: list[object]
    outside: list[Near]
    sentence: str
    cost: str = ""
    laid_on: str = ""
    counting: bool = False


def _near(one: touching.Outside) -> Near:
    has = [country(code) for code in one.has] if one.missing == "countries" else one.has
    return Near(one.name, f"{WHY[one.missing]} {', '.join(has) or 'none'}", one.value)


def laid_on(notice: Notice) -> str:
    """On whose trade the rate of a notice is laid, where it names accounts, or narrows whom it tells by what no tariff asks."""
    if not notice.can_be_estimated:
        return ""
    if notice.accounts.exists():
        return "The rate is laid on the trade of the named accounts alone, and shows on their bonds alone."
    if (
        notice.programs
        or notice.centers.exists()
        or Account.Kind.IMPORTER not in (notice.account_kinds or Account.Kind)
    ):
        return (
            "Kind, program and Center say who is told. The rate is laid on everybody’s trade in these goods: on the bonds of"
            " those too who are not told."
        )
    return ""


def _said(notice: Notice, first: touching.Touch) -> str:
    return sentences.of_dollars(
        notice,
        first.imported,
        first.filed,
        first.added,
        whose="The account",
        deposited=first.deposited,
        deposited_for_others=first.deposited_for_others,
    )


def _told_before(notice: Notice) -> QuerySet[Any] | None:
    """Whoever was told of what a notice takes the place of, and so is told of this one."""
    return telling.told_of(notice.replaces).values("person") if notice.replaces else None


def of(notice: Notice) -> Shown:
    """What a notice would do if it were published now; of one that was, what it did."""
    accounts, people = audience.accounts_of(notice), audience.count_people(notice, _told_before(notice))
    if not notice.asks_of_trade:
        return Shown(accounts.count(), people, None, list(accounts.order_by("name")[:SHOWN]), [], "")
    found = touching.preview(notice, SHOWN)
    first = found.first[0] if found.first else None
    said = _said(notice, first) if first else ""
    outside = [_near(one) for one in touching.just_outside(notice)]
    cost = sentences.cost_of(notice, found.added)
    counting = Uncounted.objects.exists()
    return Shown(found.accounts, people, found, list(found.first), outside, said, cost, laid_on(notice), counting)
