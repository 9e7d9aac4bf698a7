"""Trends with their words: names of ports, countries and companies are looked up once for all of a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Account, Person
from compliance.trends import words
from compliance.trends.models import Trend, TrendState
from examinations.models import Port
from examinations.nomenclature import country, goods

#: The mark of the design language for each state.
MARKS = {
    TrendState.NEW: "major",
    TrendState.BACK: "major",
    TrendState.SEEN: "high",
    TrendState.IN_PLAN: "waiting",
    TrendState.EASING: "low",
    TrendState.RESOLVED: "done",
}


@dataclass(frozen=True)
class Told:
    """A trend in words, for one reader. discloses: whether it may be said which examinations it rests on."""

    trend: Trend
    said: words.Said
    staff: bool
    discloses: bool
    heading_name: str = ""

    @property
    def mark(self) -> str:
        return MARKS[TrendState(self.trend.state)]

    @property
    def rests_on(self) -> str:
        """On which examinations; members read "other" in place of the reason, or nothing where the setting says so."""
        if not self.discloses:
            return ""
        return (words.RESTS_ON if self.staff else words.TOLD_RESTS_ON)[self.trend.rests_on]

    @property
    def kind(self) -> str:
        """What is found too often, for a column."""
        named = (words.BE | words.HELD).get(self.trend.measure)
        if named:
            return named
        return self.trend.get_discrepancy_type_display() if self.trend.discrepancy_type else "Any discrepancy"

    @property
    def of_filing(self) -> bool:
        return self.trend.measure in words.BE

    @property
    def of_holds(self) -> bool:
        """Of holds or their costs, in which nothing need be wrong."""
        return self.trend.measure in words.HELD

    @property
    def how_sure(self) -> str:
        return words.how_sure(self.trend.q_value)

    @property
    def sure_word(self) -> str:
        return words.how_sure(self.trend.q_value).split(":")[0]

    @property
    def began(self) -> str:
        return words.began(self.trend.since, self.trend.since_low, self.trend.since_high, self.trend.older)


def told(trends: Iterable[Trend], *, staff: bool, discloses: bool) -> list[Told]:
    """In the order given; two statements, however many there are (`account` and `other_side` come with the rows)."""
    rows = list(trends)
    ports = dict(Port.objects.filter(code__in={one.port for one in rows if one.port}).values_list("code", "name"))
    return [_told(one, ports, staff, discloses) for one in rows]


def _told(trend: Trend, ports: dict[str, str], staff: bool, discloses: bool) -> Told:
    of_importer = trend.account.kind == Account.Kind.IMPORTER
    cell = words.Cell(
        port=ports.get(trend.port, trend.port),
        heading=trend.heading,
        origin=country(trend.origin) if trend.origin else "",
        manufacturer=trend.manufacturer_id,
        other_side=trend.other_side.name if trend.other_side else "",
        other="filer" if of_importer else "client",
        kind=trend.discrepancy_type,
    )
    said = words.Said(
        cell, trend.since, trend.older, trend.examinations, trend.discrepancies, trend.expected,
        float(trend.revenue_found), trend.measure, float(trend.cost),
    )  # fmt: skip
    return Told(trend, said, staff, discloses, goods(trend.heading) if trend.heading else "")


def first_of(person: Person, most: int, account: Account | None = None) -> list[Told]:
    """The heaviest that stand, of an account or of all that one looks after; two statements."""
    rows = Trend.objects.visible_to(person).standing().select_related("account", "other_side")  # type: ignore[attr-defined]
    rows = rows.filter(account=account) if account is not None else rows.once()
    staff = account is None
    return told(rows.by_weight()[:most], staff=staff, discloses=staff)
