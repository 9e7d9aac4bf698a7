"""Weights for whoever manages an account, try-outs for headquarters, facts of trade for the account's manager; no member."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Assignment
from accounts.scope import acting_for
from compliance.risk.models import Activation, Assessment, RiskModel, TradeFacts, TryOut
from compliance.risk.recompute import recompute
from tests.named_people import World

pytestmark = pytest.mark.django_db
STAFF = {"jordan", "morgan", "hq"}


@pytest.fixture
def told(world: World) -> World:
    recompute(None, timezone.localdate())
    RiskModel.draft(by=world.hq).try_out(by=world.hq)
    return world


SEEN = [
    (RiskModel, "number", {name: {1, 2, 3} for name in STAFF}),
    (Activation, "model__number", {name: {1, 2} for name in STAFF}),
    (TryOut, "model__number", {"hq": {3}}),
    (
        TradeFacts,
        "account__name",
        {
            "jordan": {"Quillard Electric"},
            "morgan": {"Stranger Goods"},
            "hq": {"Quillard Electric", "Stranger Goods", "Lindale Customs Brokers"},
        },
    ),
]


@pytest.mark.parametrize(("model", "field", "expected"), SEEN, ids=[row[0].__name__ for row in SEEN])
def test_rows_open_to_these_alone_by_filter_and_by_row_security(
    told: World, model: Any, field: str, expected: dict[str, set[Any]]
) -> None:
    for name, person in told.people.items():
        with acting_for(person):
            assert set(model.objects.values_list(field, flat=True)) == expected.get(name, set()), name
        assert set(model.objects.visible_to(person).values_list(field, flat=True)) == expected.get(name, set()), name


def test_a_manager_without_an_account_sees_no_weights(told: World) -> None:
    Assignment.objects.filter(manager=told.jordan).delete()
    with acting_for(told.jordan):
        assert not RiskModel.objects.exists()
        assert not Assessment.objects.exists()
