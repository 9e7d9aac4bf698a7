"""Weights in the database: drafted, tried out, put in force, gone back to; and what is refused, with what to do."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Person
from compliance.risk import tasks
from compliance.risk.factors import LIMIT, OTHERS, UPWARDS
from compliance.risk.model import FIRST, SECOND
from compliance.risk.models import Activation, Assessment, RiskModel, TryOut
from compliance.risk.recompute import PARTS, recompute
from compliance.risk.score import bands_of, parts_of, score_of
from tests.named_people import make_account, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def hq() -> Person:
    return make_person("Hollis Quarter", "headquarters")


@pytest.fixture
def scored(small_world: None) -> datetime.date:
    today = timezone.localdate()
    recompute(None, today)
    return today


def refused(*, by: Person, **fields: Any) -> str:
    with pytest.raises(ValidationError) as error, transaction.atomic():
        RiskModel.draft(by=by, **{name: Decimal(value) for name, value in fields.items()})
    return " ".join(error.value.messages)


NOTHING = dict.fromkeys(["loss_points", *(f"{name}_points" for name in OTHERS)], 0)


def test_the_database_begins_with_the_two_models_of_the_code() -> None:
    first, second = RiskModel.objects.order_by("number")
    for stored, known in ((first, FIRST), (second, SECOND)):
        weights = stored.weights
        assert {name: points for name, points in weights.points.items() if points} == {
            name: points for name, points in known.points.items() if points
        }
        for name in ("version", "loss_points", "duty", "rate", "severity", "severity_prior", "severity_weight"):
            assert getattr(weights, name) == getattr(known, name), name
        assert (weights.moderate_from, weights.high_from) == (known.moderate_from, known.high_from)
        stored.full_clean()
    assert (first.state, second.state) == ("former", "active")
    assert [one.model_id for one in Activation.objects.all()] == [second.pk, first.pk]


def test_a_draft_is_a_copy_of_the_model_in_force_under_the_next_number(hq: Person) -> None:
    draft = RiskModel.draft(by=hq, note="Bonds count more.", bond_use_points=Decimal(5))
    active = RiskModel.active()
    assert (draft.number, draft.state, draft.made_by) == (3, "draft", hq)
    assert draft.bond_use_points == 5
    assert draft.exposure_points == active.exposure_points
    assert RiskModel.draft(by=hq).number == 4


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"exposure_points": "-1"}, "Below zero. Give 0 to take a factor out"),
        ({"loss_points": "-70"}, "Below zero"),
        (NOTHING, "All weights are 0, so every score would be. Give expected loss 66.67 points or more"),
        ({"bond_use_points": "17"}, "have 40.00 points together, more than a third of 100. Take 6.67 off them"),
        ({"loss_points": "60"}, "two thirds of 100 points: give it 66.67 or more"),
        ({"loss_points": "75"}, "sum to 105.00 points. A score ends at 100: take 5.00 off"),
        ({"moderate_from": "60"}, "out of order: moderate begins above 0, high above moderate"),
        ({"moderate_from": "0"}, "out of order"),
        ({"high_from": "101"}, "out of order"),
        ({"duty_low": "0"}, "A scale begins above 0"),
        ({"rate_high": "0.005"}, "A scale begins above 0"),
        ({"severity_weight": "0"}, "Give more than 0"),
        ({"loss_points": "NaN"}, "A weight is no number"),
        ({"loss_points": "1000000"}, "digits"),
    ],
)
def test_what_makes_no_score_is_refused_with_what_to_do(hq: Person, fields: dict[str, str], said: str) -> None:
    assert said in refused(by=hq, **fields)
    assert RiskModel.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"exposure_points": -1},
        {"loss_points": 60},
        {"loss_points": 80},
        {"moderate_from": 60},
        {"duty_low": 60_000_000},
        {"severity_prior": 0},
        {"state": "active"},
    ],
)
def test_the_database_refuses_the_same_from_whoever_writes(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskModel.objects.filter(number=2 if "state" not in fields else 1).update(**fields)


def test_a_model_that_made_scores_is_changed_no_more(hq: Person) -> None:
    for number in (1, 2):
        with pytest.raises(ValidationError, match="draft a new one"):
            RiskModel.objects.get(number=number).change(by=hq, exposure_points=Decimal(1))


def test_a_draft_that_was_never_tried_out_as_it_is_now_does_not_come_into_force(
    hq: Person, scored: datetime.date
) -> None:
    draft = RiskModel.draft(by=hq, exposure_points=Decimal(2))
    with pytest.raises(ValidationError, match="never tried out as it is now: try it out"):
        draft.activate(by=hq)
    draft.try_out(by=hq)
    draft.change(by=hq, exposure_points=Decimal(3))
    with pytest.raises(ValidationError, match="never tried out"):
        draft.activate(by=hq)
    assert RiskModel.active().number == 2


def test_nothing_to_try_it_on_is_said(hq: Person) -> None:
    with pytest.raises(ValidationError, match="No account has a score yet"):
        RiskModel.draft(by=hq).try_out(by=hq)


def test_trying_out_changes_nothing_and_tells_exactly_what_activating_does(hq: Person, scored: datetime.date) -> None:
    before = {row.account_id: row for row in Assessment.objects.filter(as_of=scored)}
    draft = RiskModel.draft(by=hq, moderate_from=Decimal(20), high_from=Decimal(32), exposure_points=Decimal(0))
    tried = draft.try_out(by=hq)
    assert {row.account_id: row.score for row in Assessment.objects.filter(as_of=scored)} == {
        pk: row.score for pk, row in before.items()
    }
    draft.activate(by=hq)
    recompute(None, scored)
    after = {row.account_id: row for row in Assessment.objects.filter(as_of=scored)}
    crossed = {str(pk) for pk in before if before[pk].band != after[pk].band}
    assert {row["account"] for row in tried.found["crossing"]} == crossed
    assert tried.found["crossed"] == len(crossed) > 0
    for row in tried.found["crossing"] + tried.found["moves"]:
        (pk,) = (pk for pk in before if str(pk) == row["account"])
        assert row["score"] == [int(before[pk].score * 100), int(after[pk].score * 100)]
        assert row["band"] == [before[pk].band, after[pk].band]
    assert sum(map(sum, tried.found["bands"])) == tried.accounts == len(before) == 6
    ranked = sorted(after.values(), key=lambda row: (-row.score, -row.expected_loss))
    for row in tried.found["moves"]:
        assert str(ranked[row["rank"][1] - 1].account_id) == row["account"]


def test_one_goes_back_to_an_earlier_model_without_trying_it_out(hq: Person, scored: datetime.date) -> None:
    first = RiskModel.objects.get(number=1)
    first.activate(by=hq)
    assert RiskModel.active() == first
    assert RiskModel.objects.get(number=2).state == "former"
    assert Activation.objects.all()[0].by == hq
    recompute(None, scored)
    for row in Assessment.objects.filter(as_of=scored):
        assert row.model_version == 1
        assert row.exposure == row.change == row.majors == 0
    with pytest.raises(ValidationError, match="in force already"):
        first.activate(by=hq)


def test_an_old_score_comes_out_again_to_the_cent_under_its_number(hq: Person, scored: datetime.date) -> None:
    yesterday = scored - datetime.timedelta(days=1)
    recompute(None, yesterday, RiskModel.objects.get(number=1).weights)
    draft = RiskModel.draft(by=hq, loss_points=Decimal("67.31"), severity_prior=Decimal("0.3333"))
    draft.try_out(by=hq)
    draft.activate(by=hq)
    recompute(None, scored)
    assert set(Assessment.objects.values_list("model_version", flat=True)) == {1, 3}
    for row in Assessment.objects.all():
        model = RiskModel.objects.get(number=row.model_version).weights
        parts = parts_of(row.inputs(), model)
        assert {name: Decimal(int(part[0])) / 100 for name, part in parts.items()} == {
            name: getattr(row, name) for name in PARTS
        }
        assert int(row.score * 100) == int(score_of(parts)[0])
        assert [row.band] == bands_of(score_of(parts), model)


def test_activating_asks_for_every_score_anew_and_only_once_it_is_sure(
    hq: Person, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.recompute_all, "delay", lambda: asked.append("all"))
    with django_capture_on_commit_callbacks(execute=True):
        RiskModel.objects.get(number=1).activate(by=hq)
        assert asked == []
    assert asked == ["all"]


def test_each_verb_leaves_who_did_it_in_the_history(hq: Person) -> None:
    draft = RiskModel.draft(by=hq)
    draft.change(by=hq, note="Another")
    events = draft.events.order_by("pgh_id").values_list("pgh_context__metadata__verb", flat=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM risk_riskmodelevent WHERE pgh_obj_id = %s", [draft.pk])
        assert cursor.fetchone() == (2,)
    assert len(events) == 2


def test_a_try_out_of_two_accounts_that_are_alike_ranks_them_and_ends(hq: Person) -> None:
    for number in (1, 2):
        make_account(f"Importer {number}", "importer", f"96-1000000{number}0")
    recompute(None, timezone.localdate())
    tried = RiskModel.draft(by=hq).try_out(by=hq)
    assert (tried.accounts, tried.found["crossed"], tried.found["moves"]) == (2, 0, [])
    assert TryOut.objects.count() == 1


def test_upwards_are_all_that_the_limit_of_a_third_counts() -> None:
    assert set(UPWARDS) == set(OTHERS) - {"programs"}
    assert LIMIT not in OTHERS
