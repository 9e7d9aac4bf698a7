"""Charts as SVG drawn on the server: a finding as the title, what is counted, the drawing, and the same numbers as a table.

Each chart is a dataclass of plain values that knows its geometry; templates/look/charts/ draws it by classes alone.
"""

from look.charts.clock import ClockStrip, Day
from look.charts.columns import Columns, Month
from look.charts.differences import DifferenceRow, Differences
from look.charts.interval import Interval
from look.charts.line import Line, LinePoint
from look.charts.outlook import Expected, Known, Outlook
from look.charts.rates import RateRow, Rates
from look.charts.series import Moment, Series
from look.charts.stacked import MOST_LAYERS, Layer, Stacked
from look.charts.sums import Part, Sum
from look.charts.surplus import Surplus

__all__ = [
    "MOST_LAYERS",
    "ClockStrip",
    "Columns",
    "Day",
    "DifferenceRow",
    "Differences",
    "Expected",
    "Interval",
    "Known",
    "Layer",
    "Line",
    "LinePoint",
    "Moment",
    "Month",
    "Outlook",
    "Part",
    "RateRow",
    "Rates",
    "Series",
    "Stacked",
    "Sum",
    "Surplus",
]
