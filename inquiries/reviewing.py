"""The yearly review of an account: when the last was, and when the next is due."""

import datetime
from collections.abc import Collection
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Account, Assignment
from inquiries.models import Contact

YEAR = relativedelta(years=1)
#: Shown on the manager's first page from so many days before.
AHEAD = datetime.timedelta(days=30)


def next_review(last: datetime.date | None, answered_since: datetime.date | None) -> datetime.date | None:
    """A year after the last one; without one, a year after somebody began to answer for the account. Pure."""
    begins = last or answered_since
    return begins + YEAR if begins else None


def reviews_due(accounts: Collection[UUID], until: datetime.date, most: int) -> list[Account]:
    """Those of these accounts whose yearly review is due by that day, each with `review_due`, the longest overdue first; one
    statement."""
    held = Contact.objects.filter(account=OuterRef("pk"), kind=Contact.Kind.REVIEW).order_by("-on", "-pk")
    since = Assignment.objects.filter(account=OuterRef("pk")).order_by().values("account").annotate(first=Min("starts"))
    begins = Coalesce(Subquery(held.values("on")[:1]), Subquery(since.values("first")))
    rows = Account.objects.filter(pk__in=accounts, state=Account.State.ACTIVE).annotate(begins=begins)
    found = list(rows.filter(begins__lte=until - YEAR).order_by("begins", "name")[:most])
    for one in found:
        one.review_due = next_review(one.begins, None)  # type: ignore[attr-defined]
    return found


def review_of(account: Account) -> datetime.date | None:
    """When the next yearly review of one account is due; None where nobody ever answered for it."""
    held = (
        Contact.objects.filter(account=account, kind=Contact.Kind.REVIEW).order_by("-on").values_list("on", flat=True)
    )
    since = Assignment.objects.filter(account=account).aggregate(first=Min("starts"))["first"]
    return next_review(held.first(), since)
