from __future__ import annotations

from typing import ClassVar, Self

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models.membership import Membership
from accounts.models.person import Person


class LapseQuerySet(VisibleQuerySet):
    def standing(self) -> Self:
        """Those that nothing has ended: warned of, or closed."""
        return self.filter(ended_at=None)

    def closed(self) -> Self:
        """Those under which the pages are closed now."""
        return self.standing().exclude(closed_on=None)


@pghistory.track()
class Lapse(models.Model):
    """A member's access that nobody uses: warned of first, closed on the day that the warning named, open again by use or
    by renewal. While it is closed its person signs in nowhere and their tokens open nothing (accounts/access.py)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lapses")
    unused_since = models.DateField()
    warned_on = models.DateField()
    closes_on = models.DateField("closes on, unless it is used before")
    closed_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Lapse]] = models.Manager.from_queryset(LapseQuerySet)()

    class Meta:
        ordering = ["-warned_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="lapse_one_standing"),
            models.CheckConstraint(
                condition=Q(closes_on__gt=F("warned_on"), warned_on__gt=F("unused_since")), name="lapse_warned_before"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("closes_on")), name="lapse_not_closed_early"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, unused since {self.unused_since}"

    @staticmethod
    def within(held: Reach) -> Q:
        known = Membership.objects.filter(account__in=held.own | held.managed, ended_at=None)
        return Q(person=held.person) | Q(person__in=known.values("person"))

    def renew(self, *, by: Person) -> bool:
        """Open the access again, or call the warning off; False where that was done already.

        Raises PermissionDenied for anybody but the person (who has proved their mailbox: accounts/sign_in.py) and those who
        administer one of their accounts, and for a person whose sign-in was closed for another reason.
        """
        if not self.person.is_active:
            raise PermissionDenied
        shared = Membership.objects.filter(person=self.person, ended_at=None).values("account")
        administers = Membership.objects.filter(person=by, administrator=True, ended_at=None, account__in=shared)
        if by.pk != self.person_id and not (by.role == Person.Role.MEMBER and administers.exists()):
            raise PermissionDenied
        with transaction.atomic(), acting(by, "renew access"):
            done = Lapse.objects.filter(pk=self.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
        self.refresh_from_db()
        return bool(done)
