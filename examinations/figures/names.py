"""What the values of a dimension are called."""

from collections.abc import Iterable, Mapping

from examinations.entries.names import TYPES
from examinations.models import Dimension, Port
from examinations.models.examination import ExaminationType, Reason
from examinations.nomenclature import country, goods

GOODS = (Dimension.HEADING, Dimension.CHAPTER)


def names_of(dimension: str, codes: Iterable[str]) -> dict[str, str]:
    """Names of the codes that have one; ports cost one statement."""
    if dimension == Dimension.PORT:
        return dict(Port.objects.filter(code__in=list(codes)).values_list("code", "name"))
    if dimension == Dimension.ORIGIN:
        return {code: country(code) for code in codes}
    if dimension in GOODS:
        return {code: name for code in codes if (name := goods(code))}
    known: dict[str, dict[str, str]] = {
        Dimension.TYPE: dict(ExaminationType.choices),
        Dimension.REASON: dict(Reason.choices),
        Dimension.ENTRY_TYPE: TYPES,
    }
    return known.get(dimension, {})


def in_a_sentence(dimension: str, code: str, names: Mapping[str, str]) -> str:
    """A value as a sentence says it: goods by number and name, since two headings may be called alike."""
    name = names.get(code, code)
    if dimension in GOODS and name != code:
        return f"{code} ({name})"
    return name or "no supplier named"
