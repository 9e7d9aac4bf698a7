"""A rate by quarter beside what was expected: the line is what was found, the black steps are what would be usual."""

from dataclasses import dataclass

from look.charts.series import Series


@dataclass(frozen=True)
class Surplus(Series):
    """As a series whose limits are what is expected; marked: since it began."""

    template = "look/charts/surplus.html"
