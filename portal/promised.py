"""What a manager has said or been asked to do over the whole portfolio: follow-ups that are due, and what waits for a review."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Account, Person
from compliance.controls.models import SelfAssessment
from inquiries.models import FollowUp
from inquiries.reviewing import AHEAD as REVIEWS_AHEAD
from inquiries.reviewing import reviews_due

#: Follow-ups of so many days ahead, with all that are late.
AHEAD = datetime.timedelta(days=7)
SHOWN = 10
#: Of yearly reviews the longest overdue: follow-ups, which somebody was promised, must not drown in them.
REVIEWS_SHOWN = 4


@dataclass(frozen=True)
class Promised:
    """One row. day: by when, or since when it waits. path: below the account's own pages."""

    account: Account
    what: str
    day: datetime.date
    late: bool
    path: str

    @property
    def address(self) -> str:
        return f"/accounts/{self.account.pk}{self.path}"


def promised(managed: Collection[UUID], person: Person, day: datetime.date) -> list[Promised]:
    """The most urgent few, late ones first; three statements, whatever the number of accounts."""
    due = FollowUp.objects.visible_to(person).due_in(managed, day + AHEAD).select_related("account")  # type: ignore[attr-defined]
    rows = [Promised(one.account, one.what, one.due, one.due < day, "/contacts/") for one in due[:SHOWN]]
    submitted = SelfAssessment.objects.visible_to(person).filter(  # type: ignore[attr-defined]
        account__in=managed, state=SelfAssessment.State.SUBMITTED
    )
    for account in reviews_due(managed, day + REVIEWS_AHEAD, REVIEWS_SHOWN):
        late = account.review_due < day  # type: ignore[attr-defined]
        rows.append(Promised(account, "Hold the yearly review", account.review_due, late, "/contacts/"))  # type: ignore[attr-defined]
    for one in submitted.select_related("account").order_by("submitted_on", "pk")[:SHOWN]:
        what = f"Review the self-assessment of {one.year}, which waits since this day"
        rows.append(Promised(one.account, what, one.submitted_on, False, f"/controls/{one.pk}/review/"))
    return sorted(rows, key=lambda row: (not row.late, row.day, row.account.name))[:SHOWN]
