"""Headquarters drafts, tries out and activates on its pages; a manager reads the parts of own accounts; a member neither."""

import datetime
from decimal import Decimal

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from compliance.risk.models import Assessment, RiskModel
from compliance.risk.recompute import recompute
from compliance.risk.restated import restated
from look.formats import long_day
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
EVERYBODY = {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}


@pytest.fixture
def told(world: World) -> World:
    today = timezone.localdate()
    first = RiskModel.objects.get(number=1).weights
    for days in (95, 65, 35):
        recompute(None, today - datetime.timedelta(days=days), first)
    recompute(None, today)
    return world


@pytest.fixture
def hq(told: World) -> Client:
    return signed_in(told, "hq")


def form_of(model: RiskModel, **changes: object) -> dict[str, object]:
    skipped = ("id", "number", "state", "made_by", "made_at")
    return {one.name: getattr(model, one.name) for one in RiskModel._meta.fields if one.name not in skipped} | changes


def said(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("/risk/", {"hq"}),
        ("/risk/models/2/", {"hq"}),
        ("/risk/models/1/activate/", {"hq"}),
        ("/risk/models/99/", set()),
        ("/risk/parts/", {"jordan", "morgan", "hq"}),
    ],
)
def test_who_opens_which_page(told: World, address: str, who: set[str]) -> None:
    assert {name for name in EVERYBODY if signed_in(told, name).get(address).status_code == 200} == who


@pytest.mark.parametrize("address", ["/risk/draft/", "/risk/models/2/try/", "/risk/models/1/activate/"])
def test_nobody_else_drafts_tries_or_activates(told: World, address: str) -> None:
    for name in EVERYBODY - {"hq"}:
        assert signed_in(told, name).post(address).status_code == 404
    assert RiskModel.objects.count() == 2
    assert RiskModel.active().number == 2


def test_from_draft_to_force_and_back(hq: Client) -> None:
    response = hq.post("/risk/draft/", follow=True)
    draft = RiskModel.objects.get(number=3)
    assert "has not been tried out</b> as it is now" in said(response)
    assert "/risk/models/3/activate/" not in said(response)
    response = hq.post("/risk/models/3/activate/", follow=True)
    assert "was never tried out as it is now: try it out" in said(response)
    changed = form_of(draft, moderate_from="10", high_from="20.5", note="Look at more of them")
    assert "The draft is kept" in said(hq.post("/risk/models/3/", changed, follow=True))
    response = hq.post("/risk/models/3/try/", follow=True)
    assert "Nothing has changed" in said(response)
    assert "low → high" in said(response) or "low → moderate" in said(response)
    assert "Put Model 3 in force" in said(response)
    assert "band</b>" in said(hq.get("/risk/models/3/activate/"))
    assert "Every score is being computed by it now" in said(hq.post("/risk/models/3/activate/", follow=True))
    assert RiskModel.active().number == 3
    page = said(hq.get("/risk/"))
    assert RiskModel.objects.get(number=3).activations.get().by.name in page
    assert "Look at more of them" in page
    assert "Its weights" in said(hq.get("/risk/models/2/"))
    hq.post("/risk/models/2/activate/")
    assert RiskModel.active().number == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"exposure_points": "-3"}, "Give 0 to take a factor out"),
        ({"exposure_points": "30"}, "more than a third of 100"),
        ({"high_from": "30"}, "Bands are out of order"),
        ({"loss_points": ""}, "This field is required"),
        ({"loss_points": "many"}, "Enter a number"),
        ({"loss_points": "NaN"}, "Enter a number"),
        ({"loss_points": "1e9"}, "Ensure that there are no more than"),
    ],
)
def test_bad_weights_are_refused_at_their_field_and_nothing_is_kept(
    hq: Client, changes: dict[str, str], sentence: str
) -> None:
    draft = RiskModel.draft(by=Person.objects.get(role="headquarters"))
    before = RiskModel.objects.filter(pk=draft.pk).values().get()
    response = hq.post(f"/risk/models/{draft.number}/", form_of(draft, **changes))
    assert response.status_code == 200
    assert sentence in said(response)
    assert RiskModel.objects.filter(pk=draft.pk).values().get() == before


def test_a_tampered_form_changes_no_number_and_no_state(hq: Client) -> None:
    hq.post("/risk/draft/")
    draft = RiskModel.objects.get(number=3)
    hq.post("/risk/models/3/", form_of(draft, number="77", state="active", made_by="1"))
    draft.refresh_from_db()
    assert (draft.number, draft.state) == (3, "draft")


def test_the_account_page_tells_why_what_moved_and_by_which_model(told: World) -> None:
    for name, whose in (("jordan", "your 1 account"), ("hq", "of 3 accounts")):
        page = said(signed_in(told, name).get(f"/accounts/{told.quillard.pk}/"))
        assert whose in page
        assert "Duty at stake" in page
        assert "of duty in 12 months" in page
        assert "Month by month" in page
        assert "by model 1; what moved is told as model 2 would have scored it then" in page
        assert "Expected loss of revenue: about" in page
    assert "/risk/models/2/" in page


def test_the_account_page_tells_what_moved_since_the_score_before_as_well_as_in_a_month(told: World) -> None:
    today = timezone.localdate()
    first = Assessment.objects.get(account=told.quillard, stands=True)
    first.pk, first.as_of = None, today - datetime.timedelta(days=1)
    Assessment.objects.filter(account=told.quillard, as_of=today).update(
        likelihood=F("likelihood") + 4, severity=F("severity") - 1, score=F("score") + 3, reviews=9, reviews_wrong=2
    )
    address = f"/accounts/{told.quillard.pk}/"
    page = said(signed_in(told, "jordan").get(address))
    month = today - datetime.timedelta(days=35)
    assert f"Since the score before it, of {long_day(month)}" in page
    assert "told as model 2 would have scored both; that one was by model 1" in page
    first.stands = False
    first.save()
    for name in ("jordan", "hq"):
        page = said(signed_in(told, name).get(address))
        assert f"What moved on {long_day(today)}" in page
        assert f"Since the score before it, of {long_day(first.as_of)}: +3.0." in page
        moves = page[page.index("Since the score before it") : page.index("How each part is worked out")]
        assert [one.split(":")[0] for one in moves.split("<li>")[1:]] == [
            "Likelihood of an error +4.0",
            "Severity −1.0",
        ]
        assert "2 of 9 lines reviewed at random in 24 months had an error" in moves
        assert "(before: " in moves
        # The month stands beside it, by the model of today.
        assert "A month ago the score was" in page
    Assessment.objects.filter(pk=first.pk).update(
        **{
            name: getattr(Assessment.objects.get(account=told.quillard, as_of=today), name)
            for name in ("likelihood", "severity", "score")
        }
    )
    page = said(signed_in(told, "jordan").get(address))
    assert f"No part by a tenth of a point, since the score before it of {long_day(first.as_of)}." in page


def test_a_score_restated_is_what_the_other_model_would_have_said(told: World) -> None:
    past = timezone.localdate() - datetime.timedelta(days=35)
    row = Assessment.objects.get(account=told.quillard, as_of=past)
    again = restated(row, RiskModel.active().weights)
    recompute([told.quillard.pk], past)
    stored = Assessment.objects.get(account=told.quillard, as_of=past)
    for name in ("score", "band", "exposure", "growth", "severity", "expected_loss", "model_version"):
        assert getattr(again, name) == getattr(stored, name), name
    assert (again.pk, row.pk) == (None, stored.pk)


def test_a_member_reads_own_facts_and_nothing_of_the_score(told: World) -> None:
    words = ("score", "band", "rank", "weight", "model ", "points")
    page = said(signed_in(told, "robin").get("/improve/"))
    assert "Lines in error" in page
    assert "Bond" in page
    main = page[page.index("<main") : page.index("</main>")].lower()
    assert not [word for word in words if word in main]
    assert signed_in(told, "sam").get(f"/accounts/{told.quillard.pk}/improve/").status_code == 404
    assert signed_in(told, "jordan").get(f"/accounts/{told.quillard.pk}/improve/").status_code == 200
    assert signed_in(told, "expert").get(f"/accounts/{told.quillard.pk}/improve/").status_code == 404


def test_the_page_of_an_account_without_a_score_says_so(world: World) -> None:
    page = said(signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/"))
    assert "no score yet" in page


def test_decimals_of_a_weight_are_kept_to_the_cent(hq: Client) -> None:
    hq.post("/risk/draft/")
    hq.post("/risk/models/3/", form_of(RiskModel.objects.get(number=3), exposure_points="5.37"))
    assert RiskModel.objects.get(number=3).exposure_points == Decimal("5.37")
