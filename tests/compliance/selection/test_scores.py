"""A replay computes every score again from its frozen inputs: the list alone would take whatever stands there."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.risk.factors import FACTORS
from compliance.risk.models import RiskModel
from compliance.selection import record, scores
from compliance.selection.models import Candidate, Round
from compliance.selection.scores import Scores
from tests.compliance.selection.rounds import accept_all, approver, candidate, opened, replayed
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_round(world: World) -> Round:
    """Six with a score, one without."""
    for number, points in enumerate(("62", "55.9", "12", "70", "30", "85"), 1):
        candidate(number, points)
    candidate(7, None)
    return opened(world.hq)


@pytest.fixture
def closed_round(open_round: Round, world: World) -> Round:
    accept_all(open_round, world.hq)
    open_round.close(by=approver())
    return open_round


def three_at_least(factor: Any) -> Any:
    """The same factor, which gives nobody fewer than three points since; who has more keeps it."""
    return lambda given, model: np.maximum(factor(given, model), 300)


def test_every_score_comes_out_of_its_frozen_inputs_again(
    closed_round: Round, capsys: pytest.CaptureFixture[str]
) -> None:
    assert closed_round.replay().scores == Scores(6, 0, 0, 2)
    assert "All 6 scores come out of the frozen inputs by model 2 again." in replayed(closed_round, capsys)[1]


def test_scores_are_computed_a_batch_at_a_time(closed_round: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "READ", scores.READ.replace(f"LIMIT {scores.BATCH}", "LIMIT 4"))
    with CaptureQueriesContext(connection) as asked:
        assert scores.computed_again(closed_round) == Scores(6, 0, 0, 2)
    assert len(asked) == 5  # the model, what was kept, two batches, and one that is empty


@pytest.mark.parametrize(
    "change",
    [
        {"score": Decimal("55.89")},
        {"parts": {"duty_at_stake": 55.9}},
        {"band": "low"},
        {"expected_loss": Decimal(1)},
        {"value12": Decimal(7)},
        {"duty12": Decimal(7)},
    ],
)
def test_a_score_that_does_not_come_out_of_its_inputs_is_said_though_every_checksum_was_made_to_fit(
    closed_round: Round, capsys: pytest.CaptureFixture[str], change: dict[str, Any]
) -> None:
    Candidate.objects.filter(name="Importer 002").update(**change)
    forged = closed_round.record | {
        "inputs_sha256": record.inputs_checksum(closed_round.pk),
        "list_sha256": record.list_checksum(record.kept_lines(record._rows(closed_round))),
    }
    Round.objects.filter(pk=closed_round.pk).update(record=forged, checksum=record.checksum_of(forged))
    code, said = replayed(closed_round, capsys)
    assert (code, said.endswith("lines=10 differing=0\n")) == (1, True)
    assert (
        "NOT the same. The list is, 10 lines byte for byte, but 1 score does not come out of the frozen inputs" in said
    )


def test_a_factor_that_counts_otherwise_since_is_said(
    closed_round: Round, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FACTORS, "exposure", three_at_least(FACTORS["exposure"]))
    code, said = replayed(closed_round, capsys)
    assert code == 1
    assert "5 scores do not come out of the frozen inputs by model 2, of 6 that were computed again" in said
    assert "a factor or the model counts otherwise" in said


def test_weights_that_somebody_changed_behind_the_model_are_said(closed_round: Round) -> None:
    RiskModel.objects.filter(number=2).update(loss_points=Decimal(69))
    assert closed_round.replay().scores.differing == 6


@pytest.mark.parametrize("gone", [True, False])
def test_of_an_older_record_that_lacks_an_input_the_scores_are_taken_as_they_stand_and_that_is_said(
    open_round: Round, capsys: pytest.CaptureFixture[str], gone: bool
) -> None:
    for one in open_round.candidates.exclude(score=None):
        one.inputs = {name: value for name, value in one.inputs.items() if name != "controls_weak"} | (
            {} if gone else {"controls_weak": None}
        )
        one.save()
    assert open_round.replay().scores == Scores(6, 0, 6, 2)
    code, said = replayed(open_round, capsys)
    assert code == 0
    assert "Of 6 scores 0 come out of the frozen inputs by model 2 again; of 6 the record is older" in said
    assert "taken as they stand" in said


@pytest.mark.parametrize("column", ["inputs", "parts"])
@pytest.mark.parametrize("value", ["x", True, "0.5", [], {}, 10**400])
def test_what_is_no_number_counts_as_differing(open_round: Round, column: str, value: Any) -> None:
    one = open_round.candidates.get(name="Importer 001")
    name = "rate" if column == "inputs" else "exposure"
    setattr(one, column, getattr(one, column) | {name: value})
    one.save()
    assert open_round.replay().scores == Scores(6, 1, 0, 2)


@pytest.mark.parametrize("column", ["inputs", "parts"])
@pytest.mark.parametrize("value", ["x", True, ["rate"], 7])
def test_what_is_no_record_counts_as_differing(open_round: Round, column: str, value: Any) -> None:
    open_round.candidates.filter(name="Importer 001").update(**{column: value})
    assert open_round.replay().scores == Scores(6, 1, 0, 2)


@pytest.mark.parametrize("gone", [True, False])
def test_an_input_that_others_of_the_round_kept_and_one_did_not_counts_as_differing(
    open_round: Round, gone: bool
) -> None:
    one = open_round.candidates.get(name="Importer 001")
    kept = {name: value for name, value in one.inputs.items() if name != "controls_weak"}
    one.inputs = kept if gone else kept | {"controls_weak": None}
    one.save()
    assert open_round.replay().scores == Scores(6, 1, 0, 2)


def test_a_score_that_was_erased_beside_its_inputs_counts_as_differing(open_round: Round) -> None:
    open_round.candidates.filter(name="Importer 001").update(score=None)
    assert open_round.replay().scores == Scores(6, 1, 0, 2)  # who never had one, has no inputs


def test_where_the_model_is_gone_that_is_said(open_round: Round, capsys: pytest.CaptureFixture[str]) -> None:
    Round.objects.filter(pk=open_round.pk).update(model_version=77)
    code, said = replayed(open_round, capsys)
    assert code == 0
    assert "Model 77 is no longer there, so the scores are taken as they stand." in said
