"""Whether changes were announced as long before as was promised: by subject, over the notices of a period."""

import datetime
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from notices.models import LeadTime, Notice, Subject
from notices.models.lead_time import PROMISED

#: Days between the day of publication in New York and the first day in force.
AHEAD = "notices_notice.effective_date - (notices_notice.published_at AT TIME ZONE 'America/New_York')::date"


@dataclass(frozen=True)
class Lead:
    """Of one subject, or of all: published with an effective date and under a promise; kept, missed, and missed where the
    date was outside CBP's control. without: published under no promise. promised: days today; None: none."""

    label: str
    promised: int | None
    kept: int = 0
    missed: int = 0
    outside: int = 0
    without: int = 0
    median: float | None = None

    @property
    def under_promise(self) -> int:
        return self.kept + self.missed + self.outside

    @property
    def share(self) -> float | None:
        """Kept, of those whose date was in CBP's hands; None where there is none."""
        judged = self.kept + self.missed
        return self.kept / judged if judged else None


def published_between(start: datetime.date, end: datetime.date) -> QuerySet[Notice]:
    """Those that went out on these days and change something on a day; retracted ones are not judged.

    Of a notice and what only corrects it the first announcement is; but where the correction brings the day forward, the
    correction: nobody knew of that day before.
    """
    rows = Notice.objects.filter(published_at__date__range=(start, end)).exclude(effective_date=None)
    earlier = Notice.objects.filter(
        replaces=OuterRef("pk"),
        replaces_how=Notice.Replaces.CORRECTS,
        state__in=Notice.TOLD,
        published_at__date__lte=end,
        effective_date__lt=OuterRef("effective_date"),
    )
    before = Q(effective_date__lt=F("replaces__effective_date"))
    first = Q(replaces__replaces=None) | Q(effective_date__lt=F("replaces__replaces__effective_date"))
    brings_forward = ~Q(replaces_how=Notice.Replaces.CORRECTS) | before & first
    return rows.exclude(state=Notice.State.RETRACTED).filter(brings_forward, ~Exists(earlier))


def by_subject(start: datetime.date, end: datetime.date) -> list[Lead]:
    """A row a subject that has any, in their order, and all together last; three statements."""
    rows = published_between(start, end).annotate(ahead=RawSQL(AHEAD, []))
    kept = Q(promised_days__isnull=False, ahead__gte=F("promised_days"))
    missed = Q(promised_days__isnull=False, ahead__lt=F("promised_days"))
    counted = (
        rows.order_by()
        .values("subject")
        .annotate(
            kept=Count("pk", filter=kept),
            missed=Count("pk", filter=missed & Q(outside_control=False)),
            outside=Count("pk", filter=missed & Q(outside_control=True)),
            without=Count("pk", filter=Q(promised_days=None)),
            place=Case(*(When(subject=one, then=Value(n)) for n, one in enumerate(Subject))),
        )
        .order_by("place")
    )
    days = _days(rows)
    today = dict(PROMISED) | dict(LeadTime.objects.values_list("subject", "days"))
    names = ("kept", "missed", "outside", "without")
    found = [
        Lead(
            Subject(row["subject"]).label,
            today.get(row["subject"]),
            **{name: row[name] for name in names},
            median=median(days[row["subject"]]),
        )
        for row in counted
    ]
    every = [day for of_subject in days.values() for day in of_subject]
    total = {name: sum(getattr(one, name) for one in found) for name in names}
    return [*found, Lead("All", None, **total, median=median(every))]


def of_all(start: datetime.date, end: datetime.date) -> Lead:
    """All together, without a median; one statement."""
    rows = published_between(start, end).annotate(ahead=RawSQL(AHEAD, []))
    late = Q(ahead__lt=F("promised_days"))
    return Lead(
        "All",
        None,
        **rows.aggregate(
            kept=Count("pk", filter=Q(ahead__gte=F("promised_days"))),
            missed=Count("pk", filter=late & Q(outside_control=False)),
            outside=Count("pk", filter=late & Q(outside_control=True)),
            without=Count("pk", filter=Q(promised_days=None)),
        ),
    )


def _days(rows: QuerySet[Notice]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for subject, days in rows.order_by().values_list("subject", "ahead"):
        found.setdefault(subject, []).append(days)
    return found


def median(days: list[int]) -> float | None:
    """The middle one; None of none."""
    if not days:
        return None
    days, half = sorted(days), len(days) // 2
    return float(days[half]) if len(days) % 2 else (days[half - 1] + days[half]) / 2


def missed_between(start: datetime.date, end: datetime.date) -> QuerySet[Notice]:
    """Those that came later than was promised, the latest published first, with `ahead`, their days of notice."""
    rows = published_between(start, end).annotate(ahead=RawSQL(AHEAD, []))
    return rows.filter(promised_days__isnull=False, ahead__lt=F("promised_days")).order_by("-published_at", "-pk")
