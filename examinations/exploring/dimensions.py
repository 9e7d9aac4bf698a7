"""By what examinations can be told apart. Each is one expression over the tables that it names."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from examinations.entries.names import TYPES
from examinations.figures import Period
from examinations.filters import NOT_GIVEN, NOT_LOADED
from examinations.models.examination import DiscrepancyType, Disposition, ExaminationType, Reason
from examinations.nomenclature import country, goods
from look.formats import month as month_name

#: Tables that an expression may name, and how they are joined to the examinations `x`. The row of a line that stands
#: for it; what was found only where the result is known.
JOINS = {
    "e": "LEFT JOIN examinations_entry e ON e.id = x.entry_id",
    "l": """LEFT JOIN examinations_entryline l ON l.entry_id = x.entry_id AND l.stands_for_line
            AND (x.line IS NULL OR l.line = x.line)""",
    "d": "LEFT JOIN examinations_discrepancy d ON d.examination_id = x.id AND x.closed IS NOT NULL",
    "s": "LEFT JOIN examinations_selection s ON s.examination_id = x.id",
}


@dataclass(frozen=True)
class Dimension:
    """key: in addresses. sql: its value as text, over examinations (sums know it by its key: from_sums). table: the one of
    JOINS that it names, "" for the examination itself. filter: the name that narrows a list to a value, "" where a value
    means a period, None where no list can. names: of values by code. law_enforcement: for who sees such data alone."""

    key: str
    label: str
    sql: str
    table: str = ""
    filter: str | None = None
    names: Mapping[str, str] | None = None
    law_enforcement: bool = False


def _labels(choices: type[TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


DIMENSIONS: dict[str, Dimension] = {
    one.key: one
    for one in (
        Dimension("month", "Month", "to_char(x.selected, 'YYYY-MM')", filter=""),
        Dimension("quarter", "Quarter", "to_char(x.selected, 'YYYY-\"Q\"Q')", filter=""),
        Dimension("year", "Year", "to_char(x.selected, 'YYYY')", filter=""),
        Dimension("port", "Port", "x.port", filter="port"),
        Dimension("type", "Examination type", "x.type", filter="type", names=_labels(ExaminationType)),
        Dimension("result", "Result", "x.disposition", filter="disposition", names=_labels(Disposition)),
        Dimension("entry_type", "Entry type", "e.entry_type", "e", "entry_type", TYPES),
        Dimension("chapter", "Chapter", "left(l.hts, 2)", "l", "chapter"),
        Dimension("heading", "Heading", "left(l.hts, 4)", "l", "heading"),
        Dimension("origin", "Country of origin", "l.origin", "l", "origin"),
        Dimension(
            "manufacturer",
            "Supplier",
            f"CASE WHEN l.manufacturer_id = '' THEN '{NOT_GIVEN}' ELSE l.manufacturer_id END",
            "l",
            "manufacturer",
            {NOT_GIVEN: "Not given"},
        ),
        Dimension("finding", "Discrepancy", "d.type", "d", "finding", _labels(DiscrepancyType)),
        Dimension("party", "Broker or client", "x.{other_side}::text", filter="party"),
        Dimension("reason", "Reason of selection", "s.reason", "s", "reason", _labels(Reason), law_enforcement=True),
    )
}
QUARTER_MONTHS = 3


def period_of(key: str, code: str) -> Period | None:
    """The days that a value of month, quarter or year means; None for any other dimension."""
    if key not in ("month", "quarter", "year") or not code:
        return None
    year = int(code[:4])
    first, months = 1, 12
    if key == "month":
        first, months = int(code[5:7]), 1
    elif key == "quarter":
        first, months = QUARTER_MONTHS * (int(code[6]) - 1) + 1, QUARTER_MONTHS
    start = datetime.date(year, first, 1)
    after = datetime.date(year + (first + months > 12), (first + months - 1) % 12 + 1, 1)
    return Period(start, after - datetime.timedelta(days=1))


#: Lists whose filter of a dimension has another name than the dimension.
OTHER_NAMES = {("entries", "entry_type"): "type"}


def filter_of(dimension: Dimension, code: str, page: str = "examinations") -> dict[str, str] | None:
    """What narrows the list on a page to a value; None where no filter does."""
    if dimension.filter == "":
        return {}
    if dimension.filter is None:
        return None
    if not code and page != "examinations" and dimension.key != "party":
        return None  # every entry and line is placed; their lists know no filter for one that is not
    if not code:
        # A supplier that the entry does not name is NOT_GIVEN already; this one's line is not loaded.
        code = NOT_LOADED if dimension.key == "manufacturer" else NOT_GIVEN
    if page != "examinations":
        return {OTHER_NAMES.get((page, dimension.key), dimension.filter): code}
    return {dimension.filter: code}


def name_of(dimension: Dimension, code: str, known: Mapping[str, str]) -> str:
    """A value as people read it. known: names of ports by their codes, of accounts by their ids."""
    if not code:
        return "Nothing found" if dimension.key == "finding" else "Not known"
    if dimension.key == "port":
        return f"{known[code]} {code}" if code in known else code
    if dimension.key in ("chapter", "heading"):
        return f"{code} {goods(code)}".strip()
    if dimension.key == "origin":
        return country(code)
    if dimension.key == "party":
        return known.get(code, "Not known")
    if dimension.key == "month":
        return month_name(datetime.date(int(code[:4]), int(code[5:7]), 1))
    if dimension.key == "quarter":
        return f"{code[5:]} {code[:4]}"
    return str((dimension.names or {}).get(code, code))
