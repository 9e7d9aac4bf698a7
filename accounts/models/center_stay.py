from __future__ import annotations

import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import connection, models
from django.db.models import F, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models.account import Account
from accounts.models.assignment import WHOLE_DAYS
from accounts.models.center import Center

# The day of a move has come: the account's Center of today follows its stay. One statement for all.
MOVE_DUE = """
UPDATE accounts_account a SET center_id = s.center_id FROM accounts_centerstay s
WHERE s.account_id = a.id AND s.starts <= %(today)s AND (s.ends IS NULL OR s.ends > %(today)s)
  AND a.center_id IS DISTINCT FROM s.center_id AND a.kind = 'importer'
"""


class CenterStay(models.Model):
    """Which Center answered for an account from `starts` (empty: as far back as anything is known) until before `ends`.

    A trigger on accounts_account writes the days on which the account's Center changes, whoever changes it: a file, the
    admin, a decided appeal. What is decided for a later day stands here first, and `move_due` brings it about.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="center_stays")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="+")
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField("ends before", null=True, blank=True)

    objects: ClassVar[models.Manager[CenterStay]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = [F("starts").desc(nulls_last=True)]
        constraints = [
            ExclusionConstraint(
                name="account_one_center_at_a_time",
                expressions=[("account", RangeOperators.EQUAL), (WHOLE_DAYS, RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gt=F("starts")), name="center_stay_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} at {self.center}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")

    @property
    def last_day(self) -> datetime.date | None:
        return self.ends - datetime.timedelta(days=1) if self.ends else None


def move_due(today: datetime.date) -> int:
    """Give accounts the Center that was decided for today or a day past; run twice, it changes nothing more."""
    with acting(None, "move to Center"), connection.cursor() as cursor:
        cursor.execute(MOVE_DUE, {"today": today})
        return int(cursor.rowcount)
