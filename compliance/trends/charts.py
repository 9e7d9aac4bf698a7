"""The drawing of a trend: quarter by quarter what was found, beside what would be usual."""

import datetime

from compliance.trends.models import Measure, Trend
from look.charts import Moment, Surplus

#: Of what stands, and of what is over.
TITLES = {
    Measure.DISCREPANCY: ("More is found than would be usual", "As much is found again as would be usual"),
    Measure.LONG_STAY: ("Goods are held longer than would be usual", "Goods are held as long again as would be usual"),
    Measure.COST: ("Examinations cost more than would be usual", "Examinations cost as much again as would be usual"),
}
OF_EXAMINATIONS = {
    Measure.LONG_STAY: "examinations that held the goods more than five business days",
    Measure.COST: "examinations that cost more than nine in ten such do",
}
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
    title = TITLES.get(trend.measure, TITLES[Measure.DISCREPANCY])[0 if trend.stands else 1]
    filing = trend.measure in (Measure.LATE, Measure.CORRECTED)
    what = (
        "entries with it, by quarter of entry"
        if filing
        else OF_EXAMINATIONS.get(trend.measure, "closed examinations with it") + ", by quarter of selection"
    )
    counted = f"Share of {what}; black steps: what would be usual"
    return Surplus(title, counted, trend.expected_rate, moments)
