from decimal import Decimal
from typing import Any

from examinations.checks.check import DUTY_OF_LINE, Check
from look.formats import hts as dotted

#: What makes two lines the same article.
ARTICLE = "account_id, source, manufacturer_id, origin, uom, unit"


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
        money="the difference between the two rates of duty, with chapter 99, on the line’s value.",
        rule="Project default",
        because=_because,
        of_line_alone=False,
        sql=f"""WITH priced AS (
                 SELECT id AS row_id, account_id, source, manufacturer_id, origin, uom, left(hts, 4) AS heading, hts,
                   value, round(value::float8 / quantity::float8 * 10000)::bigint AS unit
                 FROM held WHERE quantity >= 10 AND value > 0 AND uom <> '' AND manufacturer_id <> ''),
               headings AS (
                 SELECT {ARTICLE}, heading, min(hts) AS hts, count(*) AS lines, sum(value) AS value
                 FROM priced WHERE mod(unit + 10, 10000) > 20
                 GROUP BY {ARTICLE}, heading),
               ranked AS (
                 SELECT *, row_number() OVER article AS place, first_value(lines) OVER article AS main_lines,
                   first_value(hts) OVER article AS main_hts, first_value(heading) OVER article AS main_heading
                 FROM headings
                 WINDOW article AS (PARTITION BY {ARTICLE} ORDER BY lines DESC, value DESC, heading)),
               doubtful AS (SELECT * FROM ranked WHERE place > 1 AND main_lines >= 3),
               compared AS (
                 SELECT {ARTICLE}, heading FROM doubtful UNION SELECT {ARTICLE}, main_heading FROM doubtful),
               rates AS (
                 SELECT {ARTICLE}, heading, sum({DUTY_OF_LINE}) / sum(p.value) AS rate
                 FROM compared JOIN priced p USING ({ARTICLE}, heading)
                 JOIN (SELECT id, entry_id, line FROM held) h ON h.id = p.row_id
                 GROUP BY {ARTICLE}, heading)
               SELECT p.row_id, round(p.value * abs(here.rate - main.rate), 2) AS money,
                 jsonb_build_object('unit', p.unit / 10000.0, 'other', d.main_hts) AS facts
               FROM doubtful d JOIN priced p USING ({ARTICLE}, heading)
               JOIN rates here USING ({ARTICLE}, heading)
               JOIN (SELECT {ARTICLE}, heading AS main_heading, rate FROM rates) main USING ({ARTICLE}, main_heading)""",
    )
