from decimal import Decimal
from typing import Any

from examinations.checks.check import Check
from look.formats import hts as dotted


def _because(facts: dict[str, Any]) -> str:
    unit = Decimal(str(facts["unit"]))
    return f"${unit:,.4f} a unit from this manufacturer; the same usually stands under {dotted(facts['other'])}."


def two_headings() -> Check:
    """One article under two headings: one manufacturer, one origin, one price a unit to a hundredth of a cent.

    ES-003 has no article number. A price of four decimals, for ten units or more, seen three times under its usual
    heading, is the nearest thing to one; prices in whole dollars are left out, since chance makes them equal.
    """
    return Check(
        key="two-headings",
        title="One article under two headings",
        asks="Lines of one manufacturer and one origin with exactly the same value a unit, but under different "
        "headings. Three lines or more make the usual heading; the lines under others are shown. The report has no "
        "article number, so equal prices may be chance: prices in whole dollars and fewer than ten units are left out.",
        money="the difference between the two rates of duty on the line’s value.",
        rule="Project default",
        because=_because,
        of_line_alone=False,
        sql="""WITH priced AS (
                 SELECT id AS row_id, account_id, source, manufacturer_id, origin, uom, left(hts, 4) AS heading, hts,
                   value, duty, round(value::float8 / quantity::float8 * 10000)::bigint AS unit
                 FROM held WHERE quantity >= 10 AND value > 0 AND uom <> '' AND manufacturer_id <> ''),
               headings AS (
                 SELECT account_id, source, manufacturer_id, origin, uom, unit, heading, min(hts) AS hts,
                   count(*) AS lines, sum(value) AS value, sum(duty) / sum(value) AS rate
                 FROM priced WHERE mod(unit + 10, 10000) > 20
                 GROUP BY account_id, source, manufacturer_id, origin, uom, unit, heading),
               ranked AS (
                 SELECT *, row_number() OVER article AS place, first_value(lines) OVER article AS main_lines,
                   first_value(hts) OVER article AS main_hts, first_value(rate) OVER article AS main_rate
                 FROM headings
                 WINDOW article AS (PARTITION BY account_id, source, manufacturer_id, origin, uom, unit
                   ORDER BY lines DESC, value DESC, heading))
               SELECT p.row_id, round(p.value * abs(r.rate - r.main_rate), 2) AS money,
                 jsonb_build_object('unit', p.unit / 10000.0, 'other', r.main_hts) AS facts
               FROM ranked r JOIN priced p USING (account_id, source, manufacturer_id, origin, uom, unit, heading)
               WHERE r.place > 1 AND r.main_lines >= 3""",
    )
