"""Access that nobody uses closes: warned of first, closed on the day that the warning named, never earlier. Each step is
due or not yet, so that days on which nothing ran are made up for; each is a few statements, whatever the number of people.

Members of accounts alone: who works for CBP leaves on a day of their own (Person.leave).
"""

import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import DateTimeField, F, Max, OuterRef, Subquery
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from accounts.history import acting
from accounts.models import ApiToken, Lapse, Membership, Person

#: How many days a warned person has at least, also where the scheduler stood still on the day of the warning.
WARNED_AHEAD = datetime.timedelta(days=7)


def access_lasts() -> datetime.timedelta:
    """After how long without use an access closes."""
    return datetime.timedelta(days=settings.ACCESS_DAYS)


def with_last_use(people: models.QuerySet[Person]) -> models.QuerySet[Person]:
    """Each with `used`, a day in New York: the last of signing in, of a program that read with their token, of a renewal,
    and of belonging to an account; GREATEST passes over what never was."""
    tokens = ApiToken.objects.filter(user=OuterRef("pk")).order_by().values("user").annotate(at=Max("last_used"))
    ended = Lapse.objects.filter(person=OuterRef("pk")).order_by().values("person").annotate(at=Max("ended_at"))
    joined = Membership.objects.filter(person=OuterRef("pk")).order_by().values("person").annotate(at=Max("created_at"))
    times = [Subquery(rows.values("at"), output_field=DateTimeField()) for rows in (tokens, ended, joined)]
    return people.annotate(used=TruncDate(Greatest("last_login", "created_at", *times)))


def _members() -> models.QuerySet[Person]:
    belong = Membership.objects.filter(ended_at=None).values("person")
    return with_last_use(Person.objects.filter(role=Person.Role.MEMBER, is_active=True, pk__in=belong))


def settle_lapses(today: datetime.date) -> dict[str, int]:
    """End the warnings of who came back, close what is due, warn of what comes near; in this order. Run twice, or after
    days of standing still, it does nothing twice.

    today: in New York. Returns how many of each.
    """
    with transaction.atomic(), acting(None, "settle lapses"):
        return {"used": _end_of_the_used(), "closed": _close(today), "warned": _warn(today)}


def _end_of_the_used() -> int:
    """Whoever used their access after the warning was reckoned is warned no more."""
    standing = Lapse.objects.standing().filter(closed_on=None)  # type: ignore[attr-defined]
    used = with_last_use(Person.objects.filter(pk=OuterRef("person"))).values("used")
    rows = standing.annotate(used=Subquery(used)).filter(used__gt=F("unused_since"))
    ended: int = Lapse.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(ended_at=timezone.now())
    return ended


def _close(today: datetime.date) -> int:
    members = _members().values("pk")
    due = Lapse.objects.standing().filter(closed_on=None, closes_on__lte=today, person__in=members)  # type: ignore[attr-defined]
    closed: int = due.update(closed_on=today)
    return closed


def _warn(today: datetime.date) -> int:
    near = _members().filter(used__lte=today - access_lasts() + WARNED_AHEAD)
    unwarned = near.exclude(pk__in=Lapse.objects.standing().values("person"))  # type: ignore[attr-defined]
    rows = [
        Lapse(
            person_id=pk, unused_since=used, warned_on=today,
            closes_on=max(used + access_lasts(), today + WARNED_AHEAD),
        )
        for pk, used in unwarned.values_list("pk", "used")
    ]  # fmt: skip
    return len(Lapse.objects.bulk_create(rows, ignore_conflicts=True))


def lapse_of(person: Person) -> Lapse | None:
    """The closed access of a person; None where it is open."""
    found: Lapse | None = Lapse.objects.closed().filter(person=person).first()  # type: ignore[attr-defined]
    return found
