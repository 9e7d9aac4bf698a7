"""The drawing of a trend: quarter by quarter what was found, beside what would be usual."""

import datetime

from compliance.trends.models import Measure, Trend
from look.charts import Moment, Surplus

#: Quarters that are drawn.
QUARTERS = 10


def chart_of(trend: Trend) -> Surplus | None:
    """Shares of closed examinations with the discrepancy; None without any."""
    quarters: dict[str, list[float]] = {}
    last: dict[str, datetime.date] = {}
    for text, count, found, expected in trend.months:
        month = datetime.date.fromisoformat(text)
        label = f"Q{(month.month + 2) // 3} {month:%y}"
        sums = quarters.setdefault(label, [0, 0, 0.0])
        last[label] = month
        for at, value in enumerate((count, found, expected)):
            sums[at] += value
    moments = [
        Moment(label, int(x), int(n), x / n, e / n, last[label] >= trend.since.replace(day=1))
        for label, (n, x, e) in list(quarters.items())[-QUARTERS:]
    ]
    if not moments:
        return None
    title = "More is found than would be usual" if trend.stands else "As much is found again as would be usual"
    filing = trend.measure in (Measure.LATE, Measure.CORRECTED)
    what = "entries with it, by quarter of entry" if filing else "closed examinations with it, by quarter of selection"
    counted = f"Share of {what}; black steps: what would be usual"
    return Surplus(title, counted, trend.expected_rate, moments)
