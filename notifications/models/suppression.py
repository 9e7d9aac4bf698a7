from typing import ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.models import Person


class SuppressionQuerySet(VisibleQuerySet):
    def open(self) -> Self:
        """Those that hold."""
        return self.filter(lifted_at=None)


class Suppression(models.Model):
    """An address that gets no mail any more, since one came back for good or its reader called one spam.

    It belongs to the address: with a new one a person gets mail again. The row stays when somebody lifts it.
    """

    class Reason(models.TextChoices):
        BOUNCE = "bounce", "Mail came back"
        COMPLAINT = "complaint", "Called spam"

    address = models.EmailField()
    reason = models.CharField(max_length=9, choices=Reason)
    because = models.CharField("what the other side said", max_length=200, blank=True)
    since = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["Suppression"]] = models.Manager.from_queryset(SuppressionQuerySet)()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["address"], condition=Q(lifted_at=None), name="suppression_once"),
            models.CheckConstraint(condition=Q(reason__in=["bounce", "complaint"]), name="suppression_reason_known"),
            models.CheckConstraint(condition=Q(lifted_at=None) | ~Q(lifted_by=None), name="suppression_lifted_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} since {self.since:%Y-%m-%d}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(address__in=Person.objects.filter(pk=held.person).values("email"))

    @classmethod
    def of_person(cls, person: Person) -> "Suppression | None":
        """What keeps mail from this person's address; None where nothing does."""
        return cls.objects.open().filter(address=person.email).first()

    def may_be_lifted(self, by: Person) -> bool:
        """The reader may; headquarters too, but only the reader takes back a complaint."""
        return by.email == self.address or (by.is_headquarters and self.reason == self.Reason.BOUNCE)

    def lift(self, *, by: Person) -> None:
        """Send mail to the address again; what was not sent meanwhile stays in the inbox alone.

        Raises PermissionDenied for who may not, ValidationError where it is lifted already.
        """
        if not self.may_be_lifted(by):
            raise PermissionDenied
        now = timezone.now()
        if not Suppression.objects.open().filter(pk=self.pk).update(lifted_at=now, lifted_by=by):
            raise ValidationError("Mail goes to this address again already.")
        self.lifted_at, self.lifted_by = now, by
