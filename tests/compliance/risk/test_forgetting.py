"""Which scores and fits are kept, and for how long."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Account
from compliance.measurement.models import AccountYear, OwnRate, RateFit
from compliance.risk.forgetting import KEPT, forget_fits, forget_months, forget_scores
from compliance.risk.models import Assessment, TradeFacts
from compliance.selection.models import Candidate
from compliance.selection.tasks import forget_old_scores
from tests.compliance.effect.near import closed_round
from tests.named_people import World

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 25)
FIRST = datetime.date(2026, 7, 20)
NOTHING = Candidate.objects.filter(round=0).values_list("account", "assessed_on")


def score(account: Account, day: datetime.date, **fields: Any) -> Assessment:
    given = {"model_version": 2, "score": Decimal(30), "band": "low", "duty_at_stake": Decimal(30)} | fields
    zeros = dict.fromkeys(("entries12", "lines12", "reviews", "reviews_wrong", "finds", "unsure_entries"), 0)
    return Assessment.objects.create(account=account, as_of=day, **given, **zeros)


@pytest.fixture
def nights(world: World) -> World:
    """A score each night for four months; in another band from August 10 on, by another model from September 5 on."""
    for number in range((TODAY - FIRST).days + 1):
        day = FIRST + datetime.timedelta(days=number)
        score(
            world.quillard, day, band="low" if day < datetime.date(2026, 8, 10) else "moderate",
            model_version=2 if day < datetime.date(2026, 9, 5) else 3,
        )  # fmt: skip
    return world


def left(account: Account, before: datetime.date) -> list[str]:
    rows = Assessment.objects.filter(account=account, as_of__lt=before).order_by("as_of")
    return [f"{day:%m-%d}" for day in rows.values_list("as_of", flat=True)]


def test_the_first_the_last_of_each_month_and_what_moved_stay_for_ever(nights: World) -> None:
    every_night = TODAY - datetime.timedelta(days=KEPT)
    gone = forget_scores(TODAY, frozen=NOTHING)
    assert left(nights.quillard, every_night) == ["07-20", "07-31", "08-10", "08-31", "09-05", "09-30"]
    assert Assessment.objects.filter(as_of__gte=every_night).count() == KEPT + 1
    assert gone + Assessment.objects.count() == (TODAY - FIRST).days + 1
    assert forget_scores(TODAY, frozen=NOTHING) == 0


def test_the_newest_stays_however_old_it_is(world: World) -> None:
    for day in (1, 2, 3):
        score(world.stranger, datetime.date(2025, 5, day))
    forget_scores(TODAY, frozen=NOTHING)
    assert left(world.stranger, TODAY) == ["05-01", "05-03"]


def test_what_a_round_froze_stays(nights: World) -> None:
    chosen = closed_round()
    frozen = {"name": "Q", "kind": "importer", "pool": "010", "state_before": "active", "weight": 1}
    Candidate.objects.create(round=chosen, account=nights.quillard, assessed_on=datetime.date(2026, 8, 20), **frozen)
    Candidate.objects.create(round=chosen, account=nights.stranger, **frozen)
    forget_old_scores()
    assert "08-20" in left(nights.quillard, datetime.date(2026, 8, 31))
    assert "08-19" not in left(nights.quillard, datetime.date(2026, 8, 31))


def test_of_fits_the_last_of_each_month_and_those_in_use_stay(world: World) -> None:
    fits = [
        RateFit.objects.create(as_of=datetime.date(2026, month, day), accounts=0, reviews=0, discrepancies=0, data={})
        for month, day in ((8, 3), (8, 4), (8, 30), (9, 2), (9, 30), (11, 24), (11, 25))
    ]
    OwnRate.objects.create(
        account=world.quillard, fit=fits[0], as_of=TODAY, reviews=0, discrepancies=0, rate=0.1, low=0, high=1, alpha=1,
        beta=9, prior_mean=0.1, group="all", level="all", group_accounts=0, group_discrepancies=0, group_mean=0,
        differs=False,
    )  # fmt: skip
    assert forget_fits(TODAY) == 2
    assert list(RateFit.objects.order_by("pk")) == [fits[0], fits[2], *fits[4:]]


def test_what_was_kept_of_months_before_the_last_goes(world: World) -> None:
    for month in (9, 10, 11):
        for model in (AccountYear, TradeFacts):
            model.objects.create(account=world.quillard, month=datetime.date(2026, month, 1))
    assert forget_months(TODAY) == 2
    assert AccountYear.objects.order_by("month").first().month == datetime.date(2026, 10, 1)
