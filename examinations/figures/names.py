"""What the values of a dimension are called."""

from collections.abc import Iterable

from examinations.entries.names import TYPES
from examinations.models import Dimension, Port
from examinations.models.examination import ExaminationType, Reason


def names_of(dimension: str, codes: Iterable[str]) -> dict[str, str]:
    """Names of the codes that have one; ports cost one statement."""
    if dimension == Dimension.PORT:
        return dict(Port.objects.filter(code__in=list(codes)).values_list("code", "name"))
    known: dict[str, dict[str, str]] = {
        Dimension.TYPE: dict(ExaminationType.choices),
        Dimension.REASON: dict(Reason.choices),
        Dimension.ENTRY_TYPE: TYPES,
    }
    return known.get(dimension, {})
