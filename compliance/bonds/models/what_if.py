from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Person
from examinations.models import DutyChange

KEPT = 3


class WhatIfQuerySet(VisibleQuerySet):
    def keep(
        self,
        account: Account,
        changes: list[dict[str, Any]],
        growth: Decimal,
        *,
        without_announced: bool = False,
        by: Person,
    ) -> WhatIf:
        """Keep a question; of the older ones of this person only the last two stay, and what was sent and is not yet told."""
        with transaction.atomic():
            made: WhatIf = self.create(
                account=account, by=by, changes=changes, growth=growth, without_announced=without_announced
            )
            mine = self.filter(account=account, by=by).order_by("-pk")
            older = list(mine.values_list("pk", flat=True)[KEPT:])
            self.filter(pk__in=older, sent_at=None).delete()
        return made


class WhatIf(models.Model):
    """A question about the year ahead that a person keeps: changes of duty that may come, and growth. Never its answer.

    changes: each with prefix, origin, points, first (a day). growth: of what is imported, in percent.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    changes = models.JSONField(default=list)
    growth = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    without_announced = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField("sent to the manager", null=True)
    said = models.TextField("the figures as they were sent", blank=True)

    objects: ClassVar[models.Manager[WhatIf]] = models.Manager.from_queryset(WhatIfQuerySet)()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"What if, {timezone.localtime(self.made_at):%Y-%m-%d}"

    @staticmethod
    def within(held: Reach) -> Q:
        """One's own while the account is open, and to its manager what was sent."""
        mine = Q(by=held.person) & of_accounts(held, "bonds")
        return mine | Q(sent_at__isnull=False) & of_accounts(held, "managed")

    def as_duty(self) -> list[DutyChange]:
        """The changes as duty changes that nobody announced."""
        return [
            DutyChange(
                name="What if",
                prefixes=[one["prefix"]] if one["prefix"] else [],
                origins=[one["origin"]] if one["origin"] else [],
                points=Decimal(one["points"]),
                first=datetime.date.fromisoformat(one["first"]),
            )
            for one in self.changes
        ]

    def send(self, said: str, *, by: Person) -> bool:
        """Send it to the account's manager, with these figures; a worker tells. False where it was sent before.

        Raises PermissionDenied for a question of somebody else, and for who is not of the account.
        """
        if self.by_id != by.pk or self.account_id not in reach_now(by).own:
            raise PermissionDenied
        rows = WhatIf.objects.filter(pk=self.pk, sent_at=None)
        return bool(rows.update(sent_at=timezone.now(), said=said))
