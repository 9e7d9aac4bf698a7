"""What a list of entries shows of all its rows, from the sums by day of entry: one row of these for many entries.

Only where a period, examinations or liquidation alone narrow the list, for who opens all of the account, and where the
sums hold every entry; else the rows say it (`listing.sums`).
"""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts.access import reach_now
from accounts.models import Account, Person
from examinations.closing import hold_all
from examinations.entries.listing import LIQUIDATED, OPEN
from examinations.models import Entry, EntryDay, Examination
from examinations.models.entry import Source
from examinations.models.examination import OPEN_REVIEW, TOLD

#: Orders of which each day keeps the first.
MOST = {"-value": "most_value", "-duty": "most_duty"}
#: So many days more than rows are wanted are read, since some may tie.
TIES = 50
BY_DATE = ("-date", "date")
#: Of a page further down than this the days are not asked.
DEEPEST = 1_000


def days_of(account: Account, person: Person, asked: dict[str, Any], as_of: datetime.date) -> QuerySet[EntryDay] | None:
    """The sums that hold exactly the entries of the list; None where they do not say it. At most one statement.

    asked: the filters of the list, cleaned.
    """
    within = _told_apart(asked, as_of)
    reach = reach_now(person)
    if within is None or not reach.opens(account.pk):
        return None
    of_broker = account.kind == Account.Kind.BROKER
    if reach.sees_law_enforcement_data(account.pk) and (of_broker or asked.get("examined") or asked.get("liquidation")):
        return None  # of open reviews the sums know nothing, and staff may know of some clients' alone
    if not hold_all([account]):
        return None
    return EntryDay.objects.visible_to(person).filter(within, _sides_of(account) if of_broker else Q(account=account))


def _sides_of(broker: Account) -> Q:
    """The sums of what `listing.entries_of` lists of a broker: what it imported itself only where CBP says so."""
    imports = EntryDay.objects.filter(account=broker, source=Source.CBP)
    return Q(filer=broker) | Q(account=broker) & Exists(imports)


def _told_apart(asked: dict[str, Any], as_of: datetime.date) -> Q | None:
    """What narrows the list, asked of the sums; None for what they do not tell apart."""
    liquidated = Q(liquidation_date__lte=as_of) | Q(liquidation_date=None, said_liquidated=True)
    said = {
        "examined": {"yes": Q(examined=True), "no": Q(examined=False)},
        "liquidation": {OPEN: ~liquidated, LIQUIDATED: liquidated},
    }
    found = _within(asked)
    for name, value in asked.items():
        if not value or name in ("start", "end"):
            continue
        if name not in said or value not in said[name]:
            return None
        found &= said[name][value]
    return found


def _within(asked: dict[str, Any], path: str = "") -> Q:
    found = Q()
    if asked.get("start"):
        found &= Q(**{f"{path}entry_date__gte": asked["start"]})
    if asked.get("end"):
        found &= Q(**{f"{path}entry_date__lte": asked["end"]})
    return found


def sums(days: QuerySet[EntryDay], account: Account, person: Person, asked: dict[str, Any]) -> dict[str, Any]:
    """What `listing.sums` says, of any number of entries; one statement, for staff two."""
    found = days.aggregate(
        count=Sum("entries", default=0),
        examined=Sum("entries", filter=Q(examined=True), default=0),
        own=Sum("entries", filter=Q(source=Source.OWN), default=0),
        estimated=Sum("estimated", default=0),
        hmf_unknown=Sum("hmf_unknown", default=0),
        fees=Sum("fees", default=0),
        **{f"sum_{name}": Sum(name, default=0) for name in ("lines", "value", "duty")},
    )
    if reach_now(person).sees_law_enforcement_data(account.pk):
        found["examined"] += _reviewed_openly(account, person, asked)
    return found


def _reviewed_openly(account: Account, person: Person, asked: dict[str, Any]) -> int:
    """Entries of which nothing but open reviews is known: to those alone who may know of these."""
    rows = Examination.objects.visible_to(person).filter(OPEN_REVIEW, _within(asked, "entry__"), account=account)
    told = Examination.objects.filter(TOLD, entry=OuterRef("entry"))
    return int(rows.filter(~Exists(told), entry__isnull=False).values("entry").distinct().count())


def first_in_order(
    rows: QuerySet[Entry], days: QuerySet[EntryDay] | None, asked: dict[str, Any], sort: str, count: int
) -> QuerySet[Entry]:
    """Rows among which the first `count` of the list are, in its order: of an order by date, value or duty those of the
    days that have any of them, so that not every entry is read to find the first. At most one statement.

    asked: the filters of the list, cleaned.
    """
    if days is None or not count:
        return rows
    if sort in MOST:
        return _greatest(rows, days, sort, count)
    # In the order of days an index has all entries; to find the few that were examined, or stand so, takes reading many.
    narrowed = asked.get("examined") == "yes" or asked.get("liquidation")
    return _first_days(rows, days, sort, count) if sort in BY_DATE and narrowed and count <= DEEPEST else rows


def _first_days(rows: QuerySet[Entry], days: QuerySet[EntryDay], sort: str, count: int) -> QuerySet[Entry]:
    """The first `count` entries stand on the days of the first `count` sums, each of which holds one or more."""
    down = sort.startswith("-")
    first = days.filter(entries__gt=0).order_by("-entry_date" if down else "entry_date")
    found, shown = 0, set()
    for day, entries in first.values_list("entry_date", "entries")[:count]:
        found += entries
        shown.add(day)
        if found >= count:
            break
    return rows.filter(entry_date__in=shown)


def _greatest(rows: QuerySet[Entry], days: QuerySet[EntryDay], sort: str, count: int) -> QuerySet[Entry]:
    """Each of the `count` days with the greatest has an entry as great as the least of these: no smaller one is among the
    first."""
    most = MOST[sort]
    greatest = list(days.order_by(f"-{most}").values_list(most, "entry_date")[: count + TIES])
    if len(greatest) < count:
        return rows
    least = greatest[count - 1][0]
    if len(greatest) == count + TIES and greatest[-1][0] == least:
        return rows
    shown = {day for value, day in greatest if value >= least}
    return rows.filter(**{f"{sort.removeprefix('-')}__gte": least, "entry_date__in": shown})
