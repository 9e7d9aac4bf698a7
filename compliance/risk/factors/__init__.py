"""The factors of the score: each one pure function in a file of its own, here in the order of the page."""

from collections.abc import Callable

from compliance.risk.factors.bond_use import bond_use
from compliance.risk.factors.change import change
from compliance.risk.factors.data_quality import data_quality
from compliance.risk.factors.duty_at_stake import duty_at_stake
from compliance.risk.factors.likelihood import likelihood
from compliance.risk.factors.programs import programs
from compliance.risk.factors.severity import severity
from compliance.risk.inputs import Inputs, Points
from compliance.risk.model import Model

Factor = Callable[[Inputs, Model], Points]

FACTORS: dict[str, Factor] = {
    "duty_at_stake": duty_at_stake,
    "likelihood": likelihood,
    "severity": severity,
    "change": change,
    "bond_use": bond_use,
    "data_quality": data_quality,
    "programs": programs,
}
#: The first three are one thing, expected loss of revenue; the rest are bounded.
LOSS = ("duty_at_stake", "likelihood", "severity")
LIMIT = "limit_of_scale"
