"""What the values of a dimension are called."""

from collections.abc import Iterable

from examinations.models import Dimension, Port
from examinations.models.examination import ExaminationType, Reason

#: Domain 2.3.
ENTRY_TYPES = {
    "01": "Consumption",
    "02": "Consumption, quota",
    "03": "Consumption, AD/CVD",
    "06": "Foreign trade zone",
    "07": "Quota and AD/CVD",
    "11": "Informal",
    "12": "Informal, quota",
    "21": "Warehouse",
    "22": "Re-warehouse",
    "23": "Temporary import (TIB)",
    "31": "Warehouse withdrawal",
    "32": "Withdrawal, quota",
    "34": "Withdrawal, AD/CVD",
    "38": "Withdrawal, quota and AD/CVD",
    "52": "Government",
}


def names_of(dimension: str, codes: Iterable[str]) -> dict[str, str]:
    """Names of the codes that have one; ports cost one statement."""
    if dimension == Dimension.PORT:
        return dict(Port.objects.filter(code__in=list(codes)).values_list("code", "name"))
    known: dict[str, dict[str, str]] = {
        Dimension.TYPE: dict(ExaminationType.choices),
        Dimension.REASON: dict(Reason.choices),
        Dimension.ENTRY_TYPE: ENTRY_TYPES,
    }
    return known.get(dimension, {})
