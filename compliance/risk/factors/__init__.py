"""The factors of the score: each one pure function in a file of its own, here in the order of the page."""

from collections.abc import Callable

from compliance.risk.factors.bond_use import bond_use
from compliance.risk.factors.change import change
from compliance.risk.factors.controls import controls
from compliance.risk.factors.data_quality import data_quality
from compliance.risk.factors.duty_at_stake import duty_at_stake
from compliance.risk.factors.exposure import exposure
from compliance.risk.factors.growth import growth
from compliance.risk.factors.likelihood import likelihood
from compliance.risk.factors.majors import majors
from compliance.risk.factors.programs import programs
from compliance.risk.factors.severity import severity
from compliance.risk.inputs import Inputs, Points
from compliance.risk.model import Model

Factor = Callable[[Inputs, Model], Points]

FACTORS: dict[str, Factor] = {
    "duty_at_stake": duty_at_stake,
    "likelihood": likelihood,
    "severity": severity,
    "majors": majors,
    "exposure": exposure,
    "change": change,
    "growth": growth,
    "controls": controls,
    "bond_use": bond_use,
    "data_quality": data_quality,
    "programs": programs,
}
#: The first three are one thing, expected loss of revenue; the rest are bounded.
LOSS = ("duty_at_stake", "likelihood", "severity")
#: Of the rest, all that add points; programs take them off.
OTHERS = tuple(name for name in FACTORS if name not in LOSS)
UPWARDS = tuple(name for name in OTHERS if name != "programs")
LIMIT = "limit_of_scale"
NAMES = {
    "duty_at_stake": "Duty at stake",
    "likelihood": "Likelihood of an error",
    "severity": "Severity",
    "majors": "Grave errors",
    "exposure": "Priority trade issues",
    "change": "Change of trade",
    "growth": "Growth",
    "controls": "Controls",
    "bond_use": "Bond use",
    "data_quality": "Data quality",
    "programs": "Programs",
    LIMIT: "Limit of the scale",
}
