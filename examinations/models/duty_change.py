import datetime
import re
from decimal import Decimal
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Person
from examinations.signals import duty_changed

LEAST_POINTS, MOST_POINTS = Decimal(-500), Decimal(1000)


class DutyChangeQuerySet(VisibleQuerySet):
    def announced(self, day: datetime.date) -> Self:
        """Those that stand, and whose last day of entry is not past on that day."""
        return self.filter(Q(last=None) | Q(last__gte=day), state=DutyChange.State.ANNOUNCED).order_by("first", "pk")

    def announce(self, *, by: Person, about: models.Model | None = None, **fields: Any) -> "DutyChange":
        """Announce a change of duty from now on. Raises ValidationError for one that cannot be.

        about: what it comes from, such as a notice.
        """
        change: DutyChange = self.model(announced_by=by, **fields)
        if about is not None:
            change.about_type, change.about_id = ContentType.objects.get_for_model(about), str(about.pk)
        change.full_clean()
        with transaction.atomic(), acting(by, "announce"):
            change.save()
            transaction.on_commit(lambda: duty_changed.send(DutyChange, change=change), robust=True)
        return change

    def coming_from(self, about: models.Model) -> Self:
        """Those that come from this one."""
        return self.filter(about_type=ContentType.objects.get_for_model(about), about_id=str(about.pk))


def _codes(size: int) -> ArrayField:
    return ArrayField(models.CharField(max_length=size), default=list, blank=True)


@pghistory.track()
class DutyChange(models.Model):
    """A change of duty that is announced, as data: which goods, by how much, for entries of which days.

    It counts for rows whose HTS number begins with one of `prefixes` (none: all) and with none of `excluded_prefixes`, of
    one of `origins` (none: all), without a claim of `exempt_preferences`. `points` are percentage points of the value,
    plus or minus; where it replaces, the rate in percent that the rows pay in place of the duty that they paid. None: by
    quantity or quota, so that value does not tell it. `accounts` are ids: where there are any, it counts for these alone.
    """

    class Kind(models.TextChoices):
        ADDS = "adds", "comes on top of today’s duty"
        REPLACES = "replaces", "replaces today’s duty"

    class State(models.TextChoices):
        ANNOUNCED = "announced", "Announced"
        WITHDRAWN = "withdrawn", "Withdrawn"

    name = models.CharField(max_length=180)
    source = models.CharField("where it is published", max_length=180, blank=True)
    prefixes = _codes(10)
    excluded_prefixes = _codes(10)
    origins = _codes(2)
    exempt_preferences = _codes(4)
    accounts = ArrayField(models.UUIDField(), default=list, blank=True, verbose_name="for these accounts alone")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ADDS)
    points = models.DecimalField("percentage points", max_digits=7, decimal_places=3, null=True, blank=True)
    first = models.DateField("first day of entry")
    last = models.DateField("last day of entry", null=True, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.ANNOUNCED, editable=False)
    announced_at = models.DateTimeField(default=timezone.now, editable=False)
    announced_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    about_type = models.ForeignKey(ContentType, null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    about_id = models.CharField(max_length=40, blank=True, editable=False)
    about = GenericForeignKey("about_type", "about_id")

    objects: ClassVar[models.Manager["DutyChange"]] = models.Manager.from_queryset(DutyChangeQuerySet)()

    class Meta:
        ordering = ["first", "pk"]
        indexes = [models.Index(fields=["about_type", "about_id"], name="duty_change_about")]
        constraints = [
            models.CheckConstraint(condition=Q(last=None) | Q(last__gte=F("first")), name="duty_change_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__range=(LEAST_POINTS, MOST_POINTS)), name="duty_change_points"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def within(held: Reach) -> Q:
        """What is announced is public: everybody who is signed in; a rate of named accounts is theirs."""
        public = Q(accounts=[]) | Q(accounts__overlap=list(held.bonds))
        return public if held.person else Q(pk__in=[])

    def clean(self) -> None:
        """Codes as the tariff writes them; days and points that can be."""
        found: dict[str, str] = {}
        for field, form, say in (
            ("prefixes", r"\d{2,10}", "digits of a tariff number, two to ten"),
            ("excluded_prefixes", r"\d{2,10}", "digits of a tariff number, two to ten"),
            ("origins", r"[A-Z]{2}", "a country’s two letters"),
            ("exempt_preferences", r"[A-Z0-9+*]{1,4}", "a code of a preference, such as S"),
        ):
            wrong = [one for one in getattr(self, field) if not re.fullmatch(form, one)]
            if wrong:
                found[field] = f"{wrong[0][:20]} is not {say}."
        if self.points is not None and not (self.points.is_finite() and LEAST_POINTS <= self.points <= MOST_POINTS):
            found["points"] = f"Between {LEAST_POINTS} and {MOST_POINTS} percentage points."
        elif self.points is not None and self.points < 0 and self.kind == self.Kind.REPLACES:
            found["points"] = "A rate that replaces another is zero or more."
        if self.last and self.first and self.last < self.first:
            found["last"] = "The last day of entry lies before the first."
        if not self.prefixes and not self.origins:
            found["prefixes"] = "Name goods, a country of origin, or both."
        if found:
            raise ValidationError(found)

    @property
    def can_be_estimated(self) -> bool:
        """Whether value tells what it costs."""
        return self.points is not None

    def withdraw(self, *, by: Person) -> None:
        """Take it back; nothing reckons with it any more. Raises ValidationError for one that is withdrawn."""
        with transaction.atomic(), acting(by, "withdraw"):
            change = DutyChange.objects.select_for_update().get(pk=self.pk)
            if change.state == self.State.WITHDRAWN:
                raise ValidationError("This change is withdrawn already.")
            change.state, change.withdrawn_at = self.State.WITHDRAWN, timezone.now()
            change.save(update_fields=["state", "withdrawn_at"])
            transaction.on_commit(lambda: duty_changed.send(DutyChange, change=change), robust=True)
        self.refresh_from_db()
