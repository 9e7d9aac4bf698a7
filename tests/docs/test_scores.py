"""docs/scores.md: the worked example is computed from the code."""

import re
from pathlib import Path

import numpy as np
import pytest

from compliance.risk.factors import FACTORS
from compliance.risk.inputs import NAMES, Inputs
from compliance.risk.model import VERSION_1
from compliance.risk.score import bands_of, parts_of, score_of
from compliance.risk.words import NAMES as WORDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "scores.md").read_text()


def _inputs(values: dict[str, float]) -> Inputs:
    return Inputs(**{name: np.array([values[name]]) for name in NAMES})


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


GIVEN = {
    name: _number(value) for name, value in re.findall(r"^\|[^|]*\| `(\w+)` \| ([\d.,−]+) \|$", PAGE, re.MULTILINE)
}
SAID = {
    name: _number(value)
    for name, value in re.findall(r"^\|[^|]*\| `(\w+)` \|[^|]*\| ([\d.,−]+) \|$", PAGE, re.MULTILINE)
}


def test_the_example_gives_every_input_and_every_part() -> None:
    assert list(GIVEN) == list(NAMES)
    assert list(SAID) == list(FACTORS)


def test_the_example_is_what_the_code_computes() -> None:
    parts = parts_of(_inputs(GIVEN), VERSION_1)
    assert {name: parts[name][0] / 100 for name in SAID} == SAID
    score = score_of(parts)
    ((band, total),) = re.findall(
        r"^\| \*\*Score\*\* \|[^|]*\| \*\*(\w+)\*\* \| \*\*([\d.]+)\*\* \|$", PAGE, re.MULTILINE
    )
    assert score[0] / 100 == float(total) == pytest.approx(sum(SAID.values()))
    assert bands_of(score, VERSION_1) == [band]


def test_an_account_of_which_nothing_is_known_scores_what_the_page_says() -> None:
    score = score_of(parts_of(_inputs(dict.fromkeys(NAMES, 0.0)), VERSION_1))
    assert f"scores {score[0] / 100:.2f}" in PAGE


def test_the_bounds_of_the_parts_are_those_of_the_model() -> None:
    bounds = dict(re.findall(r"^\| ([A-Z][\w ]+) \| [^|]+ \| 0 to ([\d.−]+) \|$", PAGE, re.MULTILINE))
    most = {
        WORDS["duty_at_stake"]: 70 * VERSION_1.duty.span / VERSION_1.loss_span,
        WORDS["likelihood"]: 70 * VERSION_1.rate.span / VERSION_1.loss_span,
        WORDS["severity"]: 70 * VERSION_1.severity.span / VERSION_1.loss_span,
        WORDS["change"]: VERSION_1.change_points,
        WORDS["bond_use"]: VERSION_1.bond_points,
        WORDS["data_quality"]: VERSION_1.quality_points,
        WORDS["programs"]: -10.0,
    }
    assert {name: _number(text) for name, text in bounds.items()} == {
        name: round(value, 2) for name, value in most.items()
    }
    lowest = dict.fromkeys(NAMES, 0.0) | {"ctpat_tier": 3.0, "isa": 1.0}
    assert parts_of(_inputs(lowest), VERSION_1)["programs"][0] == -1000


def test_the_bands_are_those_of_the_model() -> None:
    assert (
        f"Low under {VERSION_1.moderate_from}, moderate from {VERSION_1.moderate_from}, high from {VERSION_1.high_from}"
        in PAGE
    )
