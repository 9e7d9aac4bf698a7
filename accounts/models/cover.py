from __future__ import annotations

import datetime
from typing import ClassVar, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q, QuerySet

from accounts.history import acting
from accounts.models.assignment import WHOLE_DAYS, DaysQuerySet
from accounts.models.person import Person
from look.formats import long_day

DAY = datetime.timedelta(days=1)
#: Who is away for longer hands the accounts over: they should have one name to call.
MOST_DAYS = 366


class CoverQuerySet(DaysQuerySet):
    def touching(self, starts: datetime.date, ends: datetime.date) -> Self:
        """Narrow to those that have a day in common with the days from `starts` until before `ends`."""
        return self.filter(starts__lt=ends, ends__gt=starts)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Cover(models.Model):
    """A colleague sees and answers what an absent manager would, from `starts` until before `ends`."""

    absent = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="absences", limit_choices_to={"role": Person.Role.MANAGER}
    )
    covered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="covers", limit_choices_to={"role": Person.Role.MANAGER}
    )
    starts = models.DateField()
    ends = models.DateField("ends before")

    objects: ClassVar[models.Manager[Cover]] = models.Manager.from_queryset(CoverQuerySet)()

    class Meta:
        ordering = ["-starts"]
        constraints = [
            ExclusionConstraint(
                name="cover_one_at_a_time",
                expressions=[("absent", RangeOperators.EQUAL), (WHOLE_DAYS, RangeOperators.OVERLAPS)],
                violation_error_message="Somebody covers those days already.",
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="cover_ends_later"),
            models.CheckConstraint(condition=~Q(absent=F("covered_by")), name="cover_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.covered_by} for {self.absent}"

    @property
    def last_day(self) -> datetime.date:
        """The last day covered, as people say "until"."""
        return self.ends - DAY

    def is_arranged_by(self, person: Person) -> bool:
        """Whether this person may change or cancel it: who is away, and headquarters."""
        return _may_arrange(self.absent, person)

    @classmethod
    def arrange(
        cls,
        absent: Person,
        *,
        covered_by: Person,
        starts: datetime.date,
        last: datetime.date,
        by: Person,
        today: datetime.date,
    ) -> Cover:
        """Have a colleague answer for an absent manager from `starts` through `last`.

        Raises PermissionDenied for who is neither that manager nor headquarters; ValidationError, with a sentence that
        says what to do, where one of the two is no account manager, the days are past, too many or the wrong way round,
        they are covered already, or whoever is to cover is away or is the same person.
        """
        if not _may_arrange(absent, by):
            raise PermissionDenied
        if covered_by == absent:
            raise ValidationError({"covered_by": "Nobody covers for themselves: choose a colleague."})
        for person in (absent, covered_by):
            if person.role != Person.Role.MANAGER or not person.is_active:
                raise ValidationError(f"{person} is not an account manager.")
        if starts < today:
            raise ValidationError({"starts": "The first day is past: cover begins today or later."})
        if last < starts:
            raise ValidationError({"last": "The last day lies before the first."})
        cover = cls(absent=absent, covered_by=covered_by, starts=starts, ends=_ends(starts, last))
        with transaction.atomic(), acting(by, "cover"):
            cover._check_others()
            cover.save()
        return cover

    def change_end(self, last: datetime.date, *, by: Person, today: datetime.date) -> None:
        """Let it last through another day. Raises as `arrange` does, and ValidationError where it is over already."""
        self._check_changeable(by, today)
        if last < max(today, self.starts):
            raise ValidationError(
                {"last": "The last day is past or lies before the first; to end it at once, cancel it."}
            )
        self.ends = _ends(self.starts, last)
        with transaction.atomic(), acting(by, "change cover"):
            self._check_others()
            self.save(update_fields=["ends"])

    def cancel(self, *, by: Person, today: datetime.date) -> None:
        """Take it back: what has not begun before today goes, else it ends with yesterday, and the days past stay."""
        self._check_changeable(by, today)
        with transaction.atomic(), acting(by, "cancel cover"):
            if self.starts >= today:
                self.delete()
            else:
                self.ends = today
                self.save(update_fields=["ends"])

    def _check_changeable(self, by: Person, today: datetime.date) -> None:
        if not self.is_arranged_by(by):
            raise PermissionDenied
        if self.ends <= today:
            raise ValidationError("This absence is over; what is past stays as it was.")

    def _check_others(self) -> None:
        """Against the other covers of both people. They are held meanwhile: of two at once the second sees the first."""
        both = sorted([self.absent_id, self.covered_by_id])
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=both).order_by("pk").values("pk"))
        others = Cover.objects.exclude(pk=self.pk).touching(self.starts, self.ends)  # type: ignore[attr-defined]
        others = others.select_related("absent", "covered_by").order_by("starts")
        for other, field, sentence in (
            (others.filter(absent=self.absent).first(), "starts", "{other.covered_by} covers {days} already."),
            (
                others.filter(absent=self.covered_by).first(),
                "covered_by",
                "{other.absent} is away {days}: choose another colleague.",
            ),
            (
                others.filter(covered_by=self.absent).first(),
                "starts",
                "{self.absent} covers for {other.absent} {days}: have that cover changed first.",
            ),
        ):
            if other is not None:
                raise ValidationError({field: sentence.format(self=self, other=other, days=other.in_words)})

    @property
    def in_words(self) -> str:
        """Its days as people say them."""
        if self.starts == self.last_day:
            return f"on {long_day(self.starts)}"
        return f"from {long_day(self.starts)} through {long_day(self.last_day)}"


def _may_arrange(absent: Person, by: Person) -> bool:
    return bool(by.is_active and (by.is_headquarters or (by == absent and by.role == Person.Role.MANAGER)))


def _ends(starts: datetime.date, last: datetime.date) -> datetime.date:
    if (last - starts).days >= MOST_DAYS:
        raise ValidationError(
            {"last": "Cover lasts a year at most: for longer, have headquarters hand the accounts over."}
        )
    return last + DAY


def of_manager(person: Person) -> QuerySet[Cover]:
    """A manager's own absences, and those of colleagues for whom they cover."""
    return Cover.objects.filter(Q(absent=person) | Q(covered_by=person))
