from typing import Any

from examinations.checks.check import DUTY_OF_LINE, Check
from examinations.nomenclature import country_sql

MAKERS_COUNTRY = country_sql("left(h.manufacturer_id, 2)")


def _because(facts: dict[str, Any]) -> str:
    return f"The origin is {facts['origin']}, the manufacturer’s code says {facts['maker']}."


def origin_and_maker() -> Check:
    """Origin that differs from the country in the manufacturer's code (MID)."""
    return Check(
        key="origin-mid",
        title="Origin differs from the manufacturer’s country",
        asks="The first two letters of a MID are the country of the manufacturer. Where the origin is another one, "
        "either of the two may be wrong, or the code names a seller instead of the maker. Goods may truly be made "
        "of parts that decide their origin elsewhere.",
        money="duty on the line: all of it may depend on the origin.",
        rule="19 CFR 102, appendix (how a MID is made)",
        because=_because,
        sql=f"""SELECT h.id AS row_id, {DUTY_OF_LINE} AS money,
                  jsonb_build_object('origin', h.origin, 'maker', {MAKERS_COUNTRY}) AS facts
                FROM held h WHERE h.manufacturer_id <> '' AND h.country <> {MAKERS_COUNTRY}""",
    )
