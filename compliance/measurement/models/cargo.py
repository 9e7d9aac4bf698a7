"""Looks at the cargo of drawn lines, where their reviewer asks for one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Person
from compliance.measurement.models.drawn import DrawnLine, reviewed
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.measurement.models.plan import MeasurementPlan

NOT_EXAMINED = "Looks at cargo are asked for while a plan is being examined, not before and not after."


class CargoLook(OfHeadquarters):
    """That a port should look at the cargo of a drawn line: who asked, when and why, and who took it back.

    It tells the Center's list, and no estimate: what a port finds comes with the examinations, as a row of its own type, and
    stands with the random rows that are not of the draw.
    """

    drawn = models.ForeignKey(DrawnLine, on_delete=models.PROTECT, related_name="looks")
    reviewer = models.CharField("reviewer who asks", max_length=120)
    because = models.CharField(max_length=300)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    taken_back_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "looks at cargo"
        constraints = [
            models.UniqueConstraint(
                fields=["drawn"], condition=Q(taken_back_at=None), name="one_look_at_a_line_asked_for_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="look_taken_back_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"A look at the cargo of {self.drawn}"

    @classmethod
    def of_plan(cls, plan: MeasurementPlan) -> Any:
        """Every look that was asked for, newest first, with its line and who did it."""
        return cls.objects.filter(drawn__plan=plan).select_related("drawn__plan", "asked_by", "taken_back_by")

    @classmethod
    def ask(cls, plan: MeasurementPlan, entry_number: str, line: int, *, because: str, by: Person) -> "CargoLook":
        """Have the port look at the cargo of a drawn line, as its reviewer asks.

        Raises ValidationError without a reason, for a line that the plan did not draw, that is reviewed, or of which a look
        is asked for already, and unless the plan is being examined.
        """
        number = "".join(letter for letter in entry_number.upper() if letter.isalnum())
        if not because.strip():
            raise ValidationError("Say why the reviewer asks for a look at the cargo.")
        with transaction.atomic():
            cls._refuse_unless_examined(plan)
            drawn: DrawnLine | None = plan.drawn.filter(entry_number=number, line=line).first()
            if drawn is None:
                raise ValidationError(f"This plan drew no line {line} of entry {number}: take both from its list.")
            asked = cls.objects.filter(drawn=drawn, taken_back_at=None).first()
            if asked:
                raise ValidationError(f"A look at the cargo of {drawn} is asked for already. Take that back first.")
            cls._refuse_reviewed(drawn, "a look at its cargo would come too late")
            made: CargoLook = cls.objects.create(
                drawn=drawn, reviewer=drawn.reviewer, because=because.strip(), asked_by=by
            )
            return made

    def take_back(self, *, by: Person) -> None:
        """No look is needed any more; that one was asked for stays on record.

        Raises ValidationError where it was taken back, for a line that is reviewed, and unless the plan is being examined.
        """
        with transaction.atomic():
            self._refuse_unless_examined(self.drawn.plan)
            self.refresh_from_db()
            if self.taken_back_at:
                raise ValidationError(f"{self} was taken back already: ask for it again if it is needed.")
            self._refuse_reviewed(self.drawn, "what was asked for stays with it")
            self.taken_back_by, self.taken_back_at = by, timezone.now()
            self.save(update_fields=["taken_back_by", "taken_back_at"])

    @staticmethod
    def _refuse_unless_examined(plan: Any) -> None:
        """The plan's row stays locked: it is not closed meanwhile, nor asked for the same line twice at once."""
        if MeasurementPlan.objects.select_for_update().get(pk=plan.pk).state != MeasurementPlan.State.FROZEN:
            raise ValidationError(NOT_EXAMINED)

    @staticmethod
    def _refuse_reviewed(drawn: DrawnLine, therefore: str) -> None:
        if DrawnLine.objects.filter(reviewed(), pk=drawn.pk).exists():
            raise ValidationError(f"{drawn} is reviewed already: {therefore}.")
