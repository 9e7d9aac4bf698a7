"""An importer's brokers side by side: what each filed, how much of it late or corrected, how often it was wrong."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import Account, Person
from examinations.breakdowns.uncounted import all_counted
from examinations.figures import Period, months_between
from examinations.intervals import Rate, rate_of
from examinations.models import CustomsRequest, Entry, EntryDay, ExaminationMonth
from examinations.models.entry import Source
from examinations.models.request_records import Outcome as RequestOutcome
from examinations.working_days import SummaryDeadline

UNKNOWN = "A filer that has no account"


@dataclass
class Filed:
    """One broker's row; `broker` is None where the filer has no account. linked: a list of entries narrows to it."""

    broker: uuid.UUID | None
    name: str
    entries: int = 0
    value: Decimal = Decimal(0)
    duty: Decimal = Decimal(0)
    summaries: int = 0
    late: int = 0
    corrected: int = 0
    cargo: int = 0
    requests: int = 0
    changed: int = 0
    random: Rate | None = None
    other: Rate | None = None
    linked: bool = False


def side_by_side(account: Account, period: Period, person: Person) -> list[Filed]:
    """The brokers that filed entries of the period, most entries first; CBP's rows only, five statements.

    Entries are counted by the days of the period, requests by the day of issue, examinations by whole months of
    selection. A summary is late after ten working days (19 CFR 142.12(b)); entries without its date are not judged.
    """
    read = _filed_by_day if all_counted([account], Entry, EntryDay) else _filed_by_entry
    rows = [
        Filed(
            row["filer"],
            "",
            row["n"],
            row["sum_value"],
            row["sum_duty"],
            row["n_summary"],
            row["n_late"],
            row["n_corrected"],
        )
        for row in read(account, period, person).order_by("-n", "filer")
    ]
    names = dict(Account.objects.filter(pk__in=[row.broker for row in rows if row.broker]).values_list("pk", "name"))
    examined = _examined(account, period, person)
    requests = _requests(account, period, person)
    for row in rows:
        row.linked = row.broker in names and row.broker != account.pk
        row.name = "Filed without a broker" if row.broker == account.pk else names.get(row.broker, UNKNOWN)
        found = examined.get(row.broker, {})
        row.requests, row.changed = requests.get(row.broker, (0, 0))
        row.cargo = found.get("n_cargo", 0)
        row.random = rate_of(found.get("n_reviews_wrong", 0), found.get("n_reviews", 0))
        row.other = rate_of(found.get("n_other_wrong", 0), found.get("n_other", 0))
    return rows


def _filed_by_entry(account: Account, period: Period, person: Person) -> QuerySet[Entry, dict[str, Any]]:
    deadline = SummaryDeadline(period.start, period.end)
    days = (period.start, period.end)
    rows = Entry.objects.visible_to(person).filter(account=account, source=Source.CBP, entry_date__range=days)
    return rows.values("filer").annotate(
        n=Count("pk"),
        sum_value=Sum("value"),
        sum_duty=Sum("duty"),
        n_summary=Count("summary_date"),
        n_late=Count("pk", filter=Q(summary_date__gt=deadline)),
        n_corrected=Count("pk", filter=Q(corrected=True)),
    )


def _filed_by_day(account: Account, period: Period, person: Person) -> QuerySet[EntryDay, dict[str, Any]]:
    """The same from sums by day of entry."""
    days = (period.start, period.end)
    rows = EntryDay.objects.visible_to(person).filter(account=account, source=Source.CBP, entry_date__range=days)
    return rows.values("filer").annotate(
        n=Sum("entries"),
        sum_value=Sum("value"),
        sum_duty=Sum("duty"),
        n_summary=Sum("with_summary"),
        n_late=Sum("late"),
        n_corrected=Sum("corrected"),
    )


def _examined(account: Account, period: Period, person: Person) -> dict[uuid.UUID | None, dict[str, int]]:
    months = months_between(period)
    names = ("cargo", "reviews", "reviews_wrong", "other", "other_wrong")
    found = (
        ExaminationMonth.objects.visible_to(person)
        .filter(account=account, month__range=(months[0], months[-1]))
        .values(by=F("filer"))
        .annotate(**{f"n_{name}": Sum(name) for name in names})
    )
    return {row["by"]: row for row in found}


def _requests(account: Account, period: Period, person: Person) -> dict[uuid.UUID | None, tuple[int, int]]:
    """Requests and notices issued in the period, and how many of them changed the entry, by who filed it."""
    issued = CustomsRequest.objects.visible_to(person).filter(account=account, issued__range=(period.start, period.end))
    counted = issued.values_list("filer").annotate(
        Count("pk"), changed=Count("pk", filter=Q(outcome=RequestOutcome.CHANGE))
    )
    return {filer: (count, changed) for filer, count, changed in counted}
