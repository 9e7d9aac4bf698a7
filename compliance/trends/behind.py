"""The rows that a trend rests on: those that were counted, and that this person may see."""

import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.models import Account, Person
from compliance.trends.days import LAG_DAYS
from compliance.trends.measures import ANY_TYPE, LONG_STAY
from compliance.trends.models import Measure, Trend
from examinations.headings import in_heading
from examinations.models import Cost, Discrepancy, Entry, EntryLine, Examination
from examinations.models.entry import Source
from examinations.models.examination import Disposition, ExaminationType
from examinations.working_days import SummaryDeadline, WorkingDays


def examinations_behind(trend: Trend, person: Person) -> QuerySet[Examination]:
    """The closed examinations of a trend's cell selected since it began, newest first, with `shows`: it is one of those
    that the trend is about.

    An examination of a line counts with the line's values, one of a whole entry with those in which its lines agree.
    """
    account: Account = trend.account
    rows = Examination.objects.visible_to(person)  # type: ignore[attr-defined]
    sides = ("account", "filer") if account.kind == Account.Kind.IMPORTER else ("filer", "account")
    rows = rows.filter(**{sides[0]: account})
    if trend.other_side_id:
        rows = rows.filter(**{sides[1]: trend.other_side_id})
    if trend.port:
        rows = rows.filter(port=trend.port)
    last = trend.as_of - datetime.timedelta(days=LAG_DAYS)
    rows = rows.filter(closed__lte=trend.as_of, selected__range=(trend.since, last))
    rows = _counted(rows, trend)
    of_lines = _of_lines(trend)
    if of_lines:
        lines = EntryLine.objects.filter(entry=OuterRef("entry"), stands_for_line=True)
        meant = Exists(lines.filter(of_lines, line=OuterRef("line")))
        agreed = Exists(lines.filter(of_lines)) & ~Exists(lines.exclude(of_lines))
        rows = rows.filter(Q(meant, line__isnull=False) | Q(agreed, line__isnull=True))
    return rows.annotate(shows=_shows(trend)).order_by("-selected", "-pk")


def _counted(rows: QuerySet[Examination], trend: Trend) -> QuerySet[Examination]:
    """Without what the outcome says nothing of, as compliance.trends.measures counts."""
    if trend.measure == Measure.DISCREPANCY:
        # Of an unknown reason nothing is disclosed; such examinations are not counted.
        return rows.exclude(disclosed_reason="")
    rows = rows.exclude(type=ExaminationType.ESR)
    if trend.measure == Measure.COST:
        return rows.annotate(cost=_cost()).filter(cost__gt=0)
    same = Examination.objects.filter(
        entry=OuterRef("entry"), selected=OuterRef("selected"), pk__lt=OuterRef("pk"), released__isnull=False,
        closed__lte=trend.as_of,
    )  # fmt: skip
    rows = rows.filter(released__isnull=False).annotate(stayed=WorkingDays(F("selected"), F("released")))
    return rows.exclude(Exists(same.exclude(type=ExaminationType.ESR)))


def _cost() -> Subquery:
    """Dollars of each examination: one number of the rows that count."""
    rows = Cost.objects.that_count().filter(examination=OuterRef("pk")).order_by()  # type: ignore[attr-defined]
    return Subquery(rows.values("examination").annotate(sum=Sum("amount")).values("sum"))


def _of_lines(trend: Trend) -> Q:
    named = Q(origin=trend.origin) if trend.origin else Q()
    named &= Q(manufacturer_id=trend.manufacturer_id) if trend.manufacturer_id else Q()
    return named & in_heading(trend.heading) if trend.heading else named


def _shows(trend: Trend) -> Q | Exists:
    if trend.measure == Measure.LONG_STAY:
        return Q(stayed__gt=LONG_STAY)
    if trend.measure == Measure.COST:
        limits = dict(trend.limits)
        of_any = limits.pop(ANY_TYPE, None)
        high = Q(pk__in=()) if of_any is None else Q(cost__gt=of_any) & ~Q(type__in=limits)
        for kind, most in limits.items():
            high |= Q(type=kind, cost__gt=most)
        return high
    wrong = ~Q(disposition__in=(Disposition.NO_DISCREPANCY, Disposition.PENDING))
    if not trend.discrepancy_type:
        return Q(wrong)
    found = Discrepancy.objects.filter(examination=OuterRef("pk"), type=trend.discrepancy_type)
    return Q(Exists(found.exclude(disposition__in=(Disposition.NO_DISCREPANCY, Disposition.PENDING)))) & wrong


def entries_behind(trend: Trend, person: Person) -> QuerySet[Entry]:
    """The entries of a broker's trend of filing: with a late summary, or corrected; newest first."""
    rows = Entry.objects.visible_to(person).filter(  # type: ignore[attr-defined]
        filer=trend.account, source=Source.CBP, entry_date__range=(trend.since, trend.as_of)
    )
    if trend.other_side_id:
        rows = rows.filter(account=trend.other_side_id)
    if trend.measure == Measure.LATE:
        rows = rows.filter(summary_date__gt=SummaryDeadline(trend.since, trend.as_of))
    else:
        rows = rows.filter(corrected=True)
    return rows.select_related("account").order_by("-entry_date", "-pk")
