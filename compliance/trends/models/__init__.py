from compliance.trends.models.search import AccountTest, PeerFit
from compliance.trends.models.shared import SharedPart, SharedTrend
from compliance.trends.models.trend import (
    MEASURES,
    STANDING,
    Measure,
    RestsOn,
    Trend,
    TrendState,
    TrendStep,
)

__all__ = [
    "MEASURES",
    "STANDING",
    "AccountTest",
    "Measure",
    "PeerFit",
    "RestsOn",
    "SharedPart",
    "SharedTrend",
    "Trend",
    "TrendState",
    "TrendStep",
]
