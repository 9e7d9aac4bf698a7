from decimal import Decimal
from typing import Any

from examinations.checks.check import DUTY_OF_LINE, Check

LEAST_LINES = 12
#: Times the usual spread (1.4826 MAD of the logarithm), and never less than a factor of two.
SPREADS = 5


def _because(facts: dict[str, Any]) -> str:
    times = Decimal(str(facts["times"]))
    said = f"{times:.1f} times" if times > 1 else f"{times * 100:.0f}\u00a0% of"
    unit, usual = (Decimal(str(facts[name])) for name in ("unit", "usual"))
    return f"${unit:,.2f} a unit is {said} the usual ${usual:,.2f}, the middle of {facts['lines']} lines."


def unit_value() -> Check:
    """A value per unit far from the account's own history: median and MAD of its logarithm (robust, since one slipped
    decimal point must not widen its own limit)."""
    return Check(
        key="unit-value",
        title="A value per unit far from your own",
        asks=f"Lines of the same HTS number, manufacturer and unit of measure, {LEAST_LINES} or more, of ten units at "
        f"least: the value per unit is compared with their middle. Shown is what lies {SPREADS} times the usual spread away, and at least "
        "a factor of two.",
        money="difference from the usual value, at the line’s own rate of duty, additional duties of chapter 99 among it.",
        rule="Project default",
        because=_because,
        of_line_alone=False,
        sql=f"""WITH priced AS (
                  SELECT id AS row_id, account_id, source, hts, manufacturer_id, uom, value, quantity,
                    ln(value::float8 / quantity::float8) AS log
                  FROM held WHERE quantity >= 10 AND value > 0 AND uom <> '' AND manufacturer_id <> ''),
                middles AS (
                  SELECT account_id, source, hts, manufacturer_id, uom, count(*) AS lines,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY log) AS middle
                  FROM priced GROUP BY 1, 2, 3, 4, 5 HAVING count(*) >= {LEAST_LINES}),
                spreads AS (
                  SELECT account_id, source, hts, manufacturer_id, uom, m.lines, m.middle,
                    greatest({SPREADS} * 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(log - middle)),
                      ln(2::float8)) AS most
                  FROM priced JOIN middles m USING (account_id, source, hts, manufacturer_id, uom)
                  GROUP BY 1, 2, 3, 4, 5, 6, 7)
                SELECT p.row_id,
                  round(abs(p.value - exp(s.middle)::numeric * p.quantity) * {DUTY_OF_LINE} / p.value, 2) AS money,
                  jsonb_build_object('unit', round(p.value / p.quantity, 2), 'usual', round(exp(s.middle)::numeric, 2),
                    'times', round(exp(p.log - s.middle)::numeric, 4), 'lines', s.lines) AS facts
                FROM priced p JOIN spreads s USING (account_id, source, hts, manufacturer_id, uom)
                JOIN held h ON h.id = p.row_id
                WHERE abs(p.log - s.middle) >= s.most""",
    )
