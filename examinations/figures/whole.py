"""All figures of one account and period, whatever its size in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Count, Q, Sum

from accounts.models import Account, Person
from examinations.figures.period import Period, months_between, months_earlier
from examinations.figures.rows import Percentile, held_now
from examinations.figures.table import Line, Stay, of_months, read, total
from examinations.models import Cost, Dimension, EntryMonth
from examinations.models.entry import Source
from examinations.models.examination import ExaminationType


@dataclass(frozen=True)
class Spent:
    """What cargo examinations cost; `count` of them have a cost on file."""

    count: int
    total: Decimal
    median: float


@dataclass(frozen=True)
class Figures:
    """What the page of figures says. `held`: goods that wait now, whenever they were selected. Three lines of all
    together, and three costs: of the period, of as many months before it, and of the same months a year before."""

    period: Period
    all: Line
    before: Line
    year_before: Line
    months: list[Line]
    two_years: list[Line]
    ports: list[Line]
    types: list[Line]
    held: int
    cost: Spent | None
    cost_before: Spent | None
    cost_year_before: Spent | None


@dataclass(frozen=True)
class FromYou:
    """Sums of what the account uploaded itself; in no rate."""

    entries: int
    value: Decimal
    duty: Decimal


def from_you(account: Account, period: Period, person: Person) -> FromYou | None:
    """What the account's own files hold for the months of the period; None for nothing, and for everybody else."""
    months = months_between(period)
    own = EntryMonth.objects.visible_to(person).filter(account=account, source=Source.OWN)
    found = own.filter(month__range=(months[0], months[-1])).aggregate(n=Sum("entries"), v=Sum("value"), d=Sum("duty"))
    return FromYou(found["n"], found["v"], found["d"]) if found["n"] else None


def stay(account: Account, period: Period, person: Person | None) -> Stay:
    """How long cargo examinations selected in the period's months held the goods; open ones are not averaged in."""
    return total(account, period, person).stay


def spent(account: Account, periods: Sequence[Period], person: Person | None) -> list[Spent | None]:
    """What the cargo examinations selected in each period's months cost, of what this person may see; None for nothing.
    One statement.

    What the account recorded itself takes the place of the first value from a file.
    """
    within = [Q(examination__selected__range=(one.whole.start, one.whole.end)) for one in periods]
    rows = (
        Cost.objects.visible_to(person)
        .that_count_of(account)
        .filter(reduce(or_, within))
        .exclude(examination__type=ExaminationType.ESR)
    )
    found = (
        rows.values("examination", "examination__selected")
        .annotate(spent=Sum("amount"))
        .aggregate(
            **{f"count_{at}": Count("examination", filter=one) for at, one in enumerate(within)},
            **{f"total_{at}": Sum("spent", filter=one) for at, one in enumerate(within)},
            **{f"median_{at}": Percentile("spent", fraction=0.5, filter=one) for at, one in enumerate(within)},
        )
    )
    return [
        Spent(found[f"count_{at}"], found[f"total_{at}"], found[f"median_{at}"]) if found[f"count_{at}"] else None
        for at in range(len(within))
    ]


def figures(account: Account, period: Period, person: Person | None, client: Account | None = None) -> Figures:
    """All figures of one account and period, in five statements whatever its size.

    client: of what a broker filed for this importer alone; what that cost the importer is no broker's business.
    """
    earliest = min(months_earlier(period.end, 23), period.before.start, period.a_year_before.start)
    until = Period(earliest, period.end)
    within = of_months(until) & Q(dimension=Dimension.ALL)
    within |= of_months(period) & Q(dimension__in=[Dimension.PORT, Dimension.TYPE])
    found = read(account, within, person, client, by_month=True)
    times = (period, period.before, period.a_year_before)
    cost, cost_before, cost_year_before = (None, None, None) if client else spent(account, times, person)
    return Figures(
        period=period,
        all=found.whole(period),
        before=found.whole(period.before),
        year_before=found.whole(period.a_year_before),
        months=found.months(period),
        two_years=found.months(Period(months_earlier(period.end, 23), period.end)),
        ports=found.lines(Dimension.PORT),
        types=found.lines(Dimension.TYPE),
        held=held_now(account, period.end, client).count(),
        cost=cost,
        cost_before=cost_before,
        cost_year_before=cost_year_before,
    )
