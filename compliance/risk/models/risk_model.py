"""The weights of the score, by number: drafted, tried out, put in force, and gone back to."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Person
from compliance.risk import trying
from compliance.risk.factors import NAMES, OTHERS, UPWARDS
from compliance.risk.model import Model, Term
from compliance.risk.signals import activated

if TYPE_CHECKING:
    from compliance.risk.models.tried import TryOut

#: Whoever computes scores holds it to the end of the transaction, and so does who puts a model in force.
LOCK = 7_100_001
HUNDRED = Decimal(100)
#: Expected loss has two thirds of a hundred at least, so the other factors a third at most.
LEAST_LOSS = Decimal("66.67")
POINTS = {"max_digits": 5, "decimal_places": 2, "default": Decimal(0)}
FINE = {"max_digits": 9, "decimal_places": 4}
SCALES = ("duty", "rate", "severity")
DUTY = {"max_digits": 14, "decimal_places": 2}
WEIGHTS = ("loss_points", *(f"{name}_points" for name in OTHERS))


@pghistory.track()
class RiskModel(models.Model):
    """A numbered set of weights. Only a draft changes; a score keeps the number of the model that made it."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "In force"
        FORMER = "former", "Was in force"

    number = models.PositiveSmallIntegerField(unique=True, editable=False)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT, editable=False)
    note = models.CharField("why", max_length=200, blank=True, help_text="What it is to do better than the one before.")
    loss_points = models.DecimalField("expected loss", **POINTS)
    majors_points = models.DecimalField(NAMES["majors"].lower(), **POINTS)
    exposure_points = models.DecimalField(NAMES["exposure"].lower(), **POINTS)
    change_points = models.DecimalField(NAMES["change"].lower(), **POINTS)
    growth_points = models.DecimalField(NAMES["growth"].lower(), **POINTS)
    controls_points = models.DecimalField(NAMES["controls"].lower(), **POINTS)
    bond_use_points = models.DecimalField(NAMES["bond_use"].lower(), **POINTS)
    data_quality_points = models.DecimalField(NAMES["data_quality"].lower(), **POINTS)
    programs_points = models.DecimalField("programs take off", **POINTS)
    moderate_from = models.DecimalField("moderate from", **POINTS)
    high_from = models.DecimalField("high from", **POINTS)
    duty_low = models.DecimalField("duty: no points up to, $", **DUTY)
    duty_high = models.DecimalField("duty: all points from, $", **DUTY)
    rate_low = models.DecimalField("error rate: no points up to", **FINE)
    rate_high = models.DecimalField("error rate: all points from", **FINE)
    severity_low = models.DecimalField("severity: no points up to", **FINE)
    severity_high = models.DecimalField("severity: all points from", **FINE)
    severity_prior = models.DecimalField("usual severity", **FINE)
    severity_weight = models.DecimalField(
        "usual finds added to everybody’s", validators=[MaxValueValidator(1_000)], **FINE
    )
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["RiskModel"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="one_model_in_force"),
            models.CheckConstraint(
                condition=Q(**{f"{name}_points__gte": 0 for name in OTHERS}), name="model_weights_not_negative"
            ),
            models.CheckConstraint(condition=Q(loss_points__gte=LEAST_LOSS), name="model_loss_two_thirds_at_least"),
            models.CheckConstraint(
                condition=Q(
                    loss_points__lte=HUNDRED
                    - F("majors_points")
                    - F("exposure_points")
                    - F("change_points")
                    - F("growth_points")
                    - F("controls_points")
                    - F("bond_use_points")
                    - F("data_quality_points")
                ),
                name="model_hundred_points_at_most",
            ),
            models.CheckConstraint(
                condition=Q(moderate_from__gt=0, high_from__gt=F("moderate_from"), high_from__lte=100),
                name="model_bands_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    duty_low__gt=0,
                    duty_high__gt=F("duty_low"),
                    rate_low__gt=0,
                    rate_high__gt=F("rate_low"),
                    severity_low__gt=0,
                    severity_high__gt=F("severity_low"),
                    severity_prior__gt=0,
                    severity_weight__gt=0,
                ),
                name="model_scales_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"Model {self.number}"

    @staticmethod
    def within(held: Reach) -> Q:
        """Who sees scores sees by which weights they were made."""
        return Q() if held.managed else Q(pk__in=())

    @classmethod
    def active(cls) -> "RiskModel":
        """The model in force."""
        return cls.objects.get(state=cls.State.ACTIVE)

    @property
    def weights(self) -> Model:
        """The same for the factors, which know no database."""
        terms = {
            name: Term(float(getattr(self, f"{name}_low")), float(getattr(self, f"{name}_high"))) for name in SCALES
        }
        return Model(
            version=self.number,
            loss_points=float(self.loss_points),
            **terms,
            severity_prior=float(self.severity_prior),
            severity_weight=float(self.severity_weight),
            moderate_from=float(self.moderate_from),
            high_from=float(self.high_from),
            points={name: float(getattr(self, f"{name}_points")) for name in OTHERS},
        )

    # ---- what it must be ------------------------------------------------------------------------------------------

    def clean(self) -> None:
        """Refuse weights, bands and scales that make no score, saying what to do. Raises ValidationError."""
        points = {name: getattr(self, name) for name in WEIGHTS}
        if any(value is None or not value.is_finite() for value in points.values()):
            raise ValidationError("A weight is no number: write points as 6 or 6.50.")
        self._refuse_weights(points)
        self._refuse_bands()
        self._refuse_scales()

    def _refuse_weights(self, points: dict[str, Decimal]) -> None:
        for name, value in points.items():
            if value < 0:
                raise ValidationError({name: "Below zero. Give 0 to take a factor out, more to let it count."})
        if not any(points.values()):
            raise ValidationError(
                {"loss_points": "All weights are 0, so every score would be. Give expected loss 66.67 points or more."}
            )
        others = sum(points[f"{name}_points"] for name in UPWARDS)
        most = HUNDRED - LEAST_LOSS
        if others > most:
            raise ValidationError(
                f"The other factors have {others} points together, more than a third of 100."
                f" Take {others - most} off them."
            )
        loss = points["loss_points"]
        if loss < LEAST_LOSS:
            raise ValidationError(
                {"loss_points": f"Expected loss needs two thirds of 100 points: give it {LEAST_LOSS} or more."}
            )
        if loss + others > HUNDRED:
            raise ValidationError(
                f"The weights sum to {loss + others} points. A score ends at 100: take {loss + others - HUNDRED} off."
            )

    def _refuse_bands(self) -> None:
        if self.moderate_from is None or self.high_from is None:
            return
        if not 0 < self.moderate_from < self.high_from <= HUNDRED:
            raise ValidationError(
                {"high_from": "Bands are out of order: moderate begins above 0, high above moderate, both up to 100."}
            )

    def _refuse_scales(self) -> None:
        for name in SCALES:
            low, high = getattr(self, f"{name}_low"), getattr(self, f"{name}_high")
            if low is not None and high is not None and not 0 < low < high:
                raise ValidationError({f"{name}_high": "A scale begins above 0 and ends above where it begins."})
        for name in ("severity_prior", "severity_weight"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValidationError({name: "Give more than 0: it keeps one find from deciding."})

    # ---- while it is a draft ---------------------------------------------------------------------------------------

    @classmethod
    def draft(cls, *, by: Person, **fields: Any) -> "RiskModel":
        """A copy of the model in force under the next number, with these fields changed. Raises ValidationError."""
        with transaction.atomic(), acting(by, "draft"):
            last = cls.objects.select_for_update().order_by("-number").first()
            copied = {name: getattr(cls.active(), name) for name in CHANGEABLE if name != "note"}
            draft = cls(number=last.number + 1 if last else 1, made_by=by, **copied | fields)
            draft.full_clean()
            draft.save()
        return draft

    def change(self, *, by: Person, **fields: Any) -> None:
        """Change a draft; it is to be tried out again. Raises ValidationError for anything but a draft."""
        with transaction.atomic(), acting(by, "change"):
            draft = self._locked()
            if draft.state != self.State.DRAFT:
                raise ValidationError(f"{draft} has made scores and stays as it is: draft a new one from it.")
            for name, value in fields.items():
                setattr(draft, name, value)
            draft.full_clean()
            draft.save()
            draft.tries.all().delete()
        self.refresh_from_db()

    def try_out(self, *, by: Person) -> "TryOut":
        """Compute the newest score of every account by this model, change nothing, keep what would be. One statement
        reads. Raises ValidationError where no account has a score."""
        with transaction.atomic(), acting(by, "try_out"):
            model, active = self._locked(), type(self).active()
            tried = trying.compare(model.weights, active.weights)
            if tried is None:
                raise ValidationError("No account has a score yet: let the scores be computed, then try it out.")
            return cast("TryOut", model.tries.create(by=by, against=active, **tried))

    # ---- in force --------------------------------------------------------------------------------------------------

    def activate(self, *, by: Person) -> None:
        """Put the model in force in place of the one that is, a former one too. All accounts are to be scored anew.

        Raises ValidationError while a recomputation runs, for a draft that was never tried out as it is now, and for
        the model that is in force already.
        """
        with transaction.atomic(), acting(by, "activate"):
            if not _nobody_computes():
                raise ValidationError(
                    "Scores are being computed at this moment, by the model in force. Wait a minute, then activate again."
                )
            model = self._locked()
            if model.state == self.State.ACTIVE:
                raise ValidationError(f"{model} is in force already.")
            if model.state == self.State.DRAFT and not model.tries.exists():
                raise ValidationError(
                    f"{model} was never tried out as it is now: try it out, look at who changes band, then activate it."
                )
            type(self).objects.filter(state=self.State.ACTIVE).update(state=self.State.FORMER)
            model.state = self.State.ACTIVE
            model.save(update_fields=["state"])
            Activation.objects.create(model=model, by=by)
            transaction.on_commit(lambda: activated.send(type(self), model=model), robust=True)
        self.refresh_from_db()

    def _locked(self) -> "RiskModel":
        return type(self).objects.select_for_update().get(pk=self.pk)


#: What headquarters may write in a draft.
CHANGEABLE = tuple(
    field.name for field in RiskModel._meta.fields if field.editable and field.name not in ("id", "made_at")
)


class Activation(models.Model):
    """When which model was put in force, and by whom; the first ones by nobody: they came with the portal."""

    model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="activations")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["Activation"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.model} since {timezone.localtime(self.at):%Y-%m-%d}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q() if held.managed else Q(pk__in=())


def _nobody_computes() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])
