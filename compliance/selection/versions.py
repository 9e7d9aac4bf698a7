"""Which versions of the risk model a round may use."""

import datetime

from django.core.exceptions import ValidationError

from compliance.risk.models import Assessment, RiskModel


def check_version(version: int, as_of: datetime.date) -> None:
    """Raise ValidationError for a model that does not exist or is a draft, and where it scored nobody by that day."""
    if not RiskModel.objects.filter(number=version).exclude(state=RiskModel.State.DRAFT).exists():
        raise ValidationError({"model_version": f"There is no model {version}: choose one that was activated."})
    if not Assessment.objects.filter(model_version=version, as_of__lte=as_of).exists():
        raise ValidationError(
            {
                "model_version": f"Model {version} has scored no account by that day: recompute the scores, or choose another."
            }
        )


def newest() -> int:
    """The version in force."""
    return RiskModel.active().number
