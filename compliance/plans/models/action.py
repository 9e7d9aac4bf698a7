import datetime
from collections.abc import Mapping
from typing import Any, BinaryIO, ClassVar, Self, cast
from uuid import UUID

import pghistory
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models import Account, Assignment, Person
from accounts.people import managers_of, members_of
from compliance.plans.models.plan import Plan
from documents.models import Document

#: More actions than anybody follows.
MOST = 20


def owners_of(account: UUID, on: datetime.date) -> dict[str, list[Person]]:
    """Who may own an action, by side: members of the account, and who answers for it on that day or is to; two statements."""
    of_staff = Q(pk__in=Assignment.objects.filter(account=account, starts__gt=on).values("manager"))
    for rows, field in zip(managers_of([account], on), ("manager", "covered_by"), strict=True):
        of_staff |= Q(pk__in=rows.values(field))
    people = Person.objects.order_by("name", "pk")
    return {
        Action.Side.ACCOUNT: list(people.filter(pk__in=members_of([account]).values("person"))),
        Action.Side.CBP: list(people.filter(of_staff)),
    }


class ActionQuerySet(VisibleQuerySet):
    def waiting(self) -> Self:
        """Those neither done nor dropped."""
        return self.filter(done_on=None, dropped_on=None)

    def missing(self, plan: Plan, on: datetime.date) -> list[str]:
        """What keeps a plan from being handed over or agreed: no action, a day past, an owner who has left."""
        rows = list(self.filter(dropped_on=None).select_related("owner"))
        here = {one.pk for people in owners_of(plan.account_id, on).values() for one in people}
        said = [] if rows else ["Name at least one corrective action."]
        if rows and not any(one.waits for one in rows) and plan.verifications.exists():
            said.append("Name what is done beyond what has not cured it.")
        for one in rows:
            if one.done_on is None and one.due < on:
                said.append(f"“{one.what}” was due on a day that is past: give it a new one.")
            if one.done_on is None and one.owner_id not in here:
                said.append(f"{one.owner.name}, who owns “{one.what}”, has left: name somebody else.")
        return said


@pghistory.track()
class Action(models.Model):
    """One thing to be done by a day, and who sees to it, on the account's side or on CBP's."""

    class Side(models.TextChoices):
        ACCOUNT = "account", "the account"
        CBP = "cbp", "CBP"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="actions")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    what = models.CharField("what is to be done", max_length=300)
    side = models.CharField(max_length=7, choices=Side)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    how_done = models.TextField(max_length=2000, blank=True)
    dropped_on = models.DateField(null=True, blank=True)

    documents = GenericRelation(Document, content_type_field="about_type", object_id_field="about_id")

    objects: ClassVar[models.Manager["Action"]] = models.Manager.from_queryset(ActionQuerySet)()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=["account", "cbp"]), name="action_side_known"),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(done_by__isnull=False), name="action_done_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["due"], name="action_due", condition=Q(done_on=None, dropped_on=None))]

    def __str__(self) -> str:
        return self.what

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")

    @property
    def waits(self) -> bool:
        return self.done_on is None and self.dropped_on is None

    @classmethod
    def add(cls, plan: Plan, fields: Mapping[str, Any], *, by: Person, on: datetime.date) -> "Action":
        """Put an action into a plan. fields: what, owner, due.

        Raises PermissionDenied for who is no party of the plan; ValidationError for a day past, an owner who is of
        neither side today, too many, or a plan that is over.
        """
        _check(plan, by)
        if plan.actions.filter(dropped_on=None).count() >= MOST:
            raise ValidationError(f"A plan has at most {MOST} actions: drop one first.")
        given = _checked(plan, fields, on)
        with transaction.atomic(), acting(by, "add action"):
            return cast(
                Action, cls.objects.create(plan=plan, account_id=plan.account_id, made_by=by, changed_by=by, **given)
            )

    def change(self, read: int, fields: Mapping[str, Any], *, by: Person, on: datetime.date) -> None:
        """Change what, who or by when. read: the version that was read.

        Raises as `add`, and ActionChanged where somebody changed it meanwhile. A day past may stay, not be chosen.
        """
        _check(self.plan, by)
        with transaction.atomic(), acting(by, "change action"):
            now = self._locked()
            if read != now.version:
                raise ActionChanged(now)
            given = _checked(self.plan, fields, on, before=now)
            for name, value in given.items():
                setattr(now, name, value)
            now._keep([*given], by)
        self.refresh_from_db()

    def finish(self, how: str, *, by: Person, on: datetime.date) -> None:
        """Say that it is done, and how. Raises PermissionDenied, and ValidationError without words."""
        _check(self.plan, by)
        how = how.strip()
        if not how or len(how) > 2000:
            raise ValidationError({"how": "Say in up to 2,000 letters what was done, so that others can check it."})
        with transaction.atomic(), acting(by, "finish action"):
            now = self._locked()
            now.done_on, now.done_by, now.how_done = on, by, how
            now._keep(["done_on", "done_by", "how_done"], by)
        self.refresh_from_db()

    def drop(self, *, by: Person, on: datetime.date) -> None:
        """Say that it is not needed any more. In work only who answers for the account may."""
        _check(self.plan, by)
        if not self.plan.is_editable and not self.plan.is_reviewed_by(by):
            raise PermissionDenied
        with transaction.atomic(), acting(by, "drop action"):
            now = self._locked()
            now.dropped_on = on
            now._keep(["dropped_on"], by)
        self.refresh_from_db()

    def send(self, file: BinaryIO, name: str, *, by: Person) -> Document:
        """Send a file as evidence. Raises PermissionDenied, ValidationError where it is dropped, documents.kinds.Refused."""
        _check(self.plan, by)
        if self.dropped_on:
            raise ValidationError("This action is not needed any more.")
        keep: Any = Document.objects
        return cast(Document, keep.keep(file, name, about=self, account=self.plan.account, filer=None, by=by))

    def _locked(self) -> "Action":
        now = Action.objects.select_for_update(of=("self",)).select_related("owner", "changed_by").get(pk=self.pk)
        if not now.waits:
            raise ValidationError("This action is done or dropped already: look at it again.")
        return now

    def _keep(self, fields: list[str], by: Person) -> None:
        self.version, self.changed_by = self.version + 1, by
        self.save(update_fields=[*fields, "version", "changed_by"])


class ActionChanged(Exception):
    """Somebody else changed the action meanwhile; `now` is as it stands."""

    def __init__(self, now: Action) -> None:
        super().__init__("Changed meanwhile.")
        self.now = now


def _check(plan: Plan, by: Person) -> None:
    if not plan.has_party(by):
        raise PermissionDenied
    if not plan.is_open:
        raise ValidationError("The plan is over: nothing of it is changed any more.")


def _checked(plan: Plan, fields: Mapping[str, Any], on: datetime.date, before: Action | None = None) -> dict[str, Any]:
    """The fields of an action with its side, where they can be."""
    what, owner, due = " ".join(fields["what"].split()), fields["owner"], fields["due"]
    wrong: dict[str, str] = {}
    if not what or len(what) > 300:
        wrong["what"] = "Say in up to 300 letters what is to be done."
    if due < on and (before is None or due != before.due):
        wrong["due"] = "This day is past: choose today or a later one."
    sides = owners_of(plan.account_id, on)
    side = next((side for side, people in sides.items() if owner in people), None)
    if side is None:
        wrong["owner"] = f"{owner.name} is of neither side any more: choose somebody else."
    if wrong:
        raise ValidationError(wrong)
    return {"what": what, "owner": owner, "due": due, "side": side}
