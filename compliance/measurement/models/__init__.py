"""What measures compliance: plans, strata, drawn lines, and the rules of what is major."""

from compliance.measurement.models.account_year import AccountYear
from compliance.measurement.models.cargo import CargoLook
from compliance.measurement.models.chapter_groups import ChapterGroups
from compliance.measurement.models.drawn import DrawnLine
from compliance.measurement.models.own_rate import OwnRate, RateFit
from compliance.measurement.models.plan import MeasurementPlan, default_bands
from compliance.measurement.models.rules import MajorRules, default_admissibility
from compliance.measurement.models.strata import Stratum, StratumPart
from compliance.measurement.models.work import PlanWork

__all__ = [
    "AccountYear",
    "CargoLook",
    "ChapterGroups",
    "DrawnLine",
    "MajorRules",
    "MeasurementPlan",
    "OwnRate",
    "PlanWork",
    "RateFit",
    "Stratum",
    "StratumPart",
    "default_admissibility",
    "default_bands",
]
