"""The row of sums below a list of examinations: from its rows, or from the sums by month where these say the same."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, Q, QuerySet, Sum, Value

from accounts.models import Account, Person
from examinations import figures
from examinations.breakdowns.uncounted import waiting_of
from examinations.figures.table import between
from examinations.listing import ExaminationList
from examinations.models import Cost, Dimension, Discrepancy, Examination, ExaminationBreakdown
from examinations.models.entry import MONEY
from examinations.models.examination import CARGO, HELD, ExaminationType

AMOUNT = DecimalField(**MONEY)
#: Filters that the sums by month tell apart, where they are of whole months.
TOLD_APART = ("start", "end")
COUNTED = ("code", "cargo", "closed", "held", "wrong", "days", "owed", "overpaid")


def sums_of(listed: ExaminationList) -> dict[str, Any]:
    """Over all pages, of what this person may see: how many, held, wrong, days in the middle, cost and money found."""
    found = _from_months(listed) if _months_say(listed) else None
    return found or _from_rows(listed.rows, listed.asked.person)


def _from_rows(rows: QuerySet[Examination], person: Person) -> dict[str, Any]:
    found = rows.order_by().aggregate(
        count=Count("id"),
        cargo=Count("id", filter=CARGO),
        held=Count("id", filter=figures.HELD),
        wrong=Count("id", filter=figures.WRONG),
        median=figures.Percentile("days", fraction=0.5),
    )
    ids = rows.order_by().values("pk")
    spent = Cost.objects.visible_to(person).that_count().filter(examination__in=ids).order_by()  # type: ignore[attr-defined]
    cost = spent.annotate(what=Value("cost")).values("what")
    cost = cost.annotate(plus=Sum("amount"), minus=Value(None, AMOUNT))
    parts = Discrepancy.objects.visible_to(person).filter(examination__in=ids).order_by()
    differences = (
        parts.annotate(what=Value("difference"))
        .values("what")
        .annotate(
            plus=Sum("revenue_difference", filter=Q(revenue_difference__gt=0)),
            minus=Sum("revenue_difference", filter=Q(revenue_difference__lt=0)),
        )
    )
    sums = {
        what: (plus, minus)
        for what, plus, minus in cost.union(differences, all=True).values_list("what", "plus", "minus")
    }
    owed, overpaid = sums.get("difference", (None, None))
    return found | {"cost": sums.get("cost", (None,))[0], "owed": owed, "overpaid": overpaid}


def _months_say(listed: ExaminationList) -> bool:
    """Whether sums by month tell the rows of such a list apart, where they hold all rows.

    They know no open review of papers and no find of an open examination: whoever manages the account reads these too.
    """
    account, reach, asked = listed.asked.account, listed.asked.reach, listed.filter.form.cleaned_data
    if not listed.usable or any(value for name, value in asked.items() if name not in TOLD_APART):
        return False
    if account.kind == Account.Kind.BROKER or not reach.opens(account.pk):
        return False
    start, end = asked.get("start"), asked.get("end")
    if reach.sees_law_enforcement_data(account.pk) or (start and start.day != 1):
        return False
    if end and end.year == datetime.MAXYEAR:
        return False  # no month ends after it
    return end is None or end == figures.month_ends(end) or end >= listed.asked.today


def _missed(account: Account, end: datetime.date | None) -> list[Exists]:
    """What would forbid to read sums: rows that they do not hold yet, and rows of the last month after its last day asked for."""
    missed = [Exists(waiting_of(account))]
    if end and end != figures.month_ends(end):
        later = Examination.objects.filter(account=account, selected__range=(_next(end), figures.month_ends(end)))
        missed.append(Exists(later))
    return missed


def _next(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=1)


def _from_months(listed: ExaminationList) -> dict[str, Any] | None:
    """The same from one row a month and type of examination; None where there is none, or rows alone know more."""
    account, person = listed.asked.account, listed.asked.person
    asked = listed.filter.form.cleaned_data
    months = ExaminationBreakdown.objects.visible_to(person).filter(
        *(~one for one in _missed(account, asked.get("end"))), account=account, dimension=Dimension.TYPE
    )
    held = Examination.objects.visible_to(person).filter(HELD, account=account)
    # From the account's costs, of which there are few, and not from its examinations.
    spent = Cost.objects.visible_to(person).that_count_of(account).order_by()  # type: ignore[attr-defined]
    for name, compared in (("start", "gte"), ("end", "lte")):
        if asked.get(name):
            months = months.filter(**{f"month__{compared}": asked[name]})
            held = held.filter(**{f"selected__{compared}": asked[name]})
            spent = spent.filter(**{f"examination__selected__{compared}": asked[name]})
    if not listed.with_reviews:
        months = months.exclude(code=ExaminationType.ESR)
        spent = spent.exclude(examination__type=ExaminationType.ESR)
    rows = list(months.values(*COUNTED))
    if not rows:
        return None
    days = [stay for row in rows for stay in row["days"]]
    waiting = sum(row["held"] for row in rows)
    cargo = sum(row["cargo"] for row in rows)
    if cargo != len(days) + waiting:
        return None  # ended without a day of release, as seized goods do
    today = listed.asked.today
    days += [max(0, (today - selected).days) for selected in held.values_list("selected", flat=True)]
    money = {name: sum((row[name] for row in rows), Decimal(0)) for name in ("owed", "overpaid")}
    return {
        "cargo": cargo,
        "count": cargo + sum(row["closed"] for row in rows if row["code"] == ExaminationType.ESR),
        "held": waiting,
        "wrong": sum(row["wrong"] for row in rows),
        "median": between(sorted(days), 0.5) if days else None,
        "cost": spent.aggregate(sum=Sum("amount"))["sum"] if listed.sees_cost else None,
        "owed": money["owed"] or None,
        "overpaid": -money["overpaid"] or None,
    }
