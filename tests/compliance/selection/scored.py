"""Inputs that come to a score that is asked for, so that it can be computed again from them."""

import functools
from typing import Any

import numpy as np

from compliance.risk.factors import FACTORS, LIMIT
from compliance.risk.inputs import NAMES, Inputs
from compliance.risk.model import SECOND
from compliance.risk.score import bands_of, expected_loss, parts_of, score_of

VALUE = 1_000_000.0
NOTHING = dict.fromkeys(NAMES, 0.0) | {"value12": VALUE, "finds": 1_000.0}
LOSS = {"rate": 0.3, "finds": 1.0, "owed": 1e10, "lines12": 1.0}
OTHERS = {
    "agriculture12": VALUE,
    "bond_amount": 1.0,
    "duties_taxes_fees12": 1e6,
    "controls_weak": 1.0,
    "plan_overdue": 9.0,
    "reviews": 900.0,
    "reviews_wrong": 900.0,
    "reviews_major": 900.0,
}
#: Each with everything of the one before; what lacks is made up by duty.
STAGES = (NOTHING, NOTHING | {"rate": 0.3}, NOTHING | LOSS, NOTHING | LOSS | OTHERS)


def _of(given: dict[str, float]) -> Inputs:
    return Inputs(**{name: np.array([one]) for name, one in given.items()})


def _hundredths(given: dict[str, float]) -> int:
    return int(score_of(parts_of(_of(given), SECOND))[0])


@functools.cache
def of_points(hundredths: int) -> dict[str, Any]:
    """The fields of a score of so many hundredths by model 2: inputs and parts, which belong together."""
    for stage in STAGES:
        low, high = SECOND.duty.low, SECOND.duty.high
        if not _hundredths(stage | {"duty12": low}) <= hundredths <= _hundredths(stage | {"duty12": high}):
            continue
        while True:
            duty = round(float(np.sqrt(low * high)), 2)
            found = _hundredths(stage | {"duty12": duty})
            if found == hundredths:
                return _fields(stage | {"duty12": duty})
            low, high = (duty, high) if found < hundredths else (low, duty)
    raise ValueError(f"No inputs were thought of that come to {hundredths / 100}.")


def _fields(given: dict[str, float]) -> dict[str, Any]:
    inputs = _of(given)
    parts = parts_of(inputs, SECOND)
    score = score_of(parts)
    return (
        given
        | {name: int(parts[name][0]) / 100 for name in (*FACTORS, LIMIT)}
        | {"score": int(score[0]) / 100, "band": bands_of(score, SECOND)[0]}
        | {"expected_loss": round(float(expected_loss(inputs, SECOND)[0]), 2)}
    )
