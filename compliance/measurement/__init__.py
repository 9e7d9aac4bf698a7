"""How often is a line wrong, and what does it cost? Estimates from lines drawn at random, stratum by stratum.

What stands here is pure and imports no model, so that it may be imported before the apps are ready.
"""

from compliance.measurement.rates import RateEstimate, stratified_rate
from compliance.measurement.sizes import sample_size
from compliance.measurement.totals import TotalEstimate, revenue_gap

__all__ = ["RateEstimate", "TotalEstimate", "revenue_gap", "sample_size", "stratified_rate"]
