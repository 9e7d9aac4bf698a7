from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import AccountQuerySet, Reach
from accounts.history import acting
from accounts.models.center import Center
from accounts.models.person import Person
from accounts.signals import invited

if TYPE_CHECKING:
    from accounts.models.assignment import Assignment
    from accounts.models.identifier import Identifier
    from accounts.models.membership import Membership


class ProgramQuerySet(AccountQuerySet):
    """Many accounts at once: each verb a few statements, however many they are."""

    def take_in(self, *, by: Person, center: Any = None) -> int:
        """Take these into the program; returns how many were not in it.

        center: an expression for the Center of importers that have none yet.
        """
        with transaction.atomic(), acting(by, "activate"):
            chosen = list(self.exclude(state="active").values_list("pk", flat=True))
            rows = Account.objects.filter(pk__in=chosen)
            if center is not None:
                rows.filter(kind=Account.Kind.IMPORTER, center=None).update(center=center)
            rows.update(state=Account.State.ACTIVE)
        return len(chosen)

    def let_go(self, *, by: Person) -> int:
        """Let these leave the program; their managers' assignments end today, their rows stay. Returns how many."""
        with transaction.atomic(), acting(by, "withdraw"):
            chosen = list(self.exclude(state="withdrawn").values_list("pk", flat=True))
            end_assignments(
                Account.assignments.rel.related_model.objects.filter(account__in=chosen), timezone.localdate()
            )
            Account.objects.filter(pk__in=chosen).update(state=Account.State.WITHDRAWN)
        return len(chosen)


def end_assignments(assignments: models.QuerySet[Any], on: datetime.date) -> None:
    """End these from that day on: what was planned for later falls away, who answered on days past stays as it was."""
    current = assignments.filter(Q(ends=None) | Q(ends__gt=on))
    current.filter(starts__gte=on).delete()
    current.filter(starts__lt=on).update(ends=on)


#: SQL: an account `a` that is in the data, in the program or not. One that was withdrawn and holds no number any more was
#: emptied (its numbers went to another), and is nobody.
IN_THE_DATA = "(a.state <> 'withdrawn' OR EXISTS (SELECT FROM accounts_identifier i WHERE i.account_id = a.id))"


@pghistory.track()
class Account(models.Model):
    """A company handled as one: an importer or a broker, with all its importer numbers and filer codes."""

    class Kind(models.TextChoices):
        IMPORTER = "importer", "Importer"
        BROKER = "broker", "Broker"

    class State(models.TextChoices):
        PROSPECTIVE = "prospective", "Prospective"
        ACTIVE = "active", "Active"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField("managed as", max_length=8, choices=Kind)
    state = models.CharField(max_length=11, choices=State, default=State.PROSPECTIVE)
    center = models.ForeignKey(Center, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Account]] = models.Manager.from_queryset(ProgramQuerySet)()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"], name="account_by_name")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["importer", "broker"]), name="account_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["prospective", "active", "withdrawn"]), name="account_state_known"
            ),
            models.CheckConstraint(condition=~Q(kind="broker") | Q(center=None), name="broker_has_no_center"),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(pk__in=held.known)

    def activate(self, *, by: Person) -> None:
        """Take the account into the program. Raises ValidationError unless it is prospective or withdrawn."""
        if self.state == self.State.ACTIVE:
            raise ValidationError("This account is active already.")
        self.state = self.State.ACTIVE
        with acting(by, "activate"):
            self.save(update_fields=["state"])

    def withdraw(self, *, by: Person) -> None:
        """Let the account leave the program; its manager's assignment ends today, nobody joins it any more, its rows stay."""
        if self.state == self.State.WITHDRAWN:
            raise ValidationError("This account is withdrawn already.")
        with transaction.atomic(), acting(by, "withdraw"):
            self._end_assignment(timezone.localdate())
            self.invitations.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
            self.state = self.State.WITHDRAWN
            self.save(update_fields=["state"])

    def check_assignment(self, manager: Person, starts: datetime.date) -> None:
        """Whether `assign` would do it. Raises ValidationError if the person is no account manager, the account
        withdrawn, or another manager was assigned on a day past since `starts`."""
        if manager.role != Person.Role.MANAGER or not manager.is_active:
            raise ValidationError(f"{manager} is not an account manager.")
        if manager.leaves_on and manager.leaves_on <= max(starts, timezone.localdate()):
            raise ValidationError(f"{manager} has left by then: choose somebody else.")
        if self.state == self.State.WITHDRAWN:
            raise ValidationError("This account is withdrawn; activate it first.")
        if self.assignments.filter(starts__gte=starts, starts__lt=timezone.localdate()).exists():
            raise ValidationError("Another manager was assigned to this account since that day.")

    def assign(
        self, manager: Person, *, by: Person, starts: datetime.date | None = None, ends: datetime.date | None = None
    ) -> Assignment:
        """Give the account to a manager from `starts` (today unless said); the one before ends that day.

        What was planned for later days falls away; who answered on days past stays as it was. `ends`: until before
        that day, else until further notice. Raises ValidationError as `check_assignment` does.
        """
        starts = starts or timezone.localdate()
        with transaction.atomic(), acting(by, "assign"):
            Account.objects.select_for_update().get(pk=self.pk)
            self.check_assignment(manager, starts)
            self._end_assignment(starts)
            assignment = self.assignments.model(account=self, manager=manager, starts=starts, ends=ends)
            assignment.full_clean()
            assignment.save()
        return assignment

    def move_to_center(self, center: Center, *, by: Person, starts: datetime.date, today: datetime.date) -> None:
        """Let another Center answer for an importer from `starts` on, today or later; `move_due` brings a later day about.

        A move that was planned before falls away. Raises ValidationError for a broker, which has no Center, for a day past
        or more than a year ahead, and where that Center answers already.
        """
        if self.kind != self.Kind.IMPORTER or self.state == self.State.WITHDRAWN:
            raise ValidationError("Only an importer in the program has a Center.")
        if not 0 <= (starts - today).days <= 366:
            raise ValidationError({"from_day": "The Center changes today or on a later day, within a year."})
        with transaction.atomic(), acting(by, "move to Center"):
            held = Account.objects.select_for_update(no_key=True).get(pk=self.pk)
            if held.center_id == center.pk:
                raise ValidationError("That Center answers for the account already.")
            self.center_stays.filter(starts__gt=today).delete()
            self.center_stays.filter(Q(ends__gt=today)).update(ends=None)
            if starts == today:
                self.center = center
                self.save(update_fields=["center"])
            else:
                self.center_stays.filter(ends=None).update(ends=starts)
                self.center_stays.create(center=center, starts=starts)

    def is_administered_by(self, person: Person) -> bool:
        """Whether this person manages the account's people and what it opens to others, now."""
        now = {"administrator": True, "ended_at": None, "person__role": Person.Role.MEMBER}
        return bool(self.memberships.filter(person=person, **now).exists())

    def check_member(self, person: Person) -> None:
        """Raise ValidationError for who works for the government, and for who belongs to the account already."""
        if person.is_government:
            raise ValidationError(f"{person} works for the government and can be no member of an account.")
        if self.memberships.filter(person=person, ended_at=None).exists():
            raise ValidationError(f"{person} belongs to this account already.")

    def add_member(self, person: Person, *, by: Person | None, administrator: bool = False) -> Membership:
        """Let a person belong to the account; they hear by mail how to sign in. Raises as `check_member` does."""
        self.check_member(person)
        with transaction.atomic(), acting(by, "add member"):
            membership: Membership = self.memberships.create(person=person, administrator=administrator)
            invited.send(sender=type(membership), membership=membership)
        return membership

    def check_identifier(self, identifier: Identifier) -> None:
        """Whether `take_identifier` makes sense. Raises ValidationError where it is here already, or nobody answers for
        this account any more."""
        if identifier.account_id == self.pk:
            raise ValidationError(f"{identifier} belongs to {self} already.")
        if self.state == self.State.WITHDRAWN:
            raise ValidationError(f"{self} is withdrawn; activate it first.")

    def take_identifier(self, identifier: Identifier, *, by: Person | None) -> None:
        """Move an identifier and its rows here from the account that holds it, in one transaction.

        Raises PermissionDenied for anybody but headquarters, ValidationError as `check_identifier` does: of what stands
        once both are held, for another may have moved the one or withdrawn the other since it was read.
        """
        if by is not None and not by.is_headquarters:
            raise PermissionDenied
        with transaction.atomic(), acting(by, "take identifier"):
            here = Account.objects.select_for_update(no_key=True).get(pk=self.pk)
            numbers = type(identifier).objects
            here.check_identifier(numbers.select_for_update(no_key=True).get(pk=identifier.pk))
            numbers.move({identifier.pk: self.pk}, on=timezone.localdate())

    def _end_assignment(self, on: datetime.date) -> None:
        end_assignments(self.assignments.all(), on)
