"""What is ahead of a bond: announced changes of duty, and what its reader supposes."""

from decimal import Decimal

import pytest

from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, BondReview, WhatIf
from compliance.bonds.reviewing import review
from examinations.figures.period import months_earlier
from examinations.models import DutyChange, TradedGoods
from tests.compliance.bonds.conftest import BASE, TODAY, make_bonded, text_of
from tests.compliance.bonds.test_reviewing import number_of
from tests.named_people import World, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def make_kept() -> tuple[World, Bond]:
    world = world_again()
    return world, make_bonded(world)


@pytest.fixture
def world(kept: tuple[World, Bond]) -> World:
    return kept[0]


@pytest.fixture
def bond(kept: tuple[World, Bond]) -> Bond:
    return kept[1]


def test_an_announced_change_is_named_and_moves_the_month(world: World, bond: Bond) -> None:
    client = signed_in(world, "robin")
    before = client.get("/bond/").context["judged"].outlook
    months = [months_earlier(TODAY, back) for back in range(12, 0, -1)]
    TradedGoods.objects.create(
        account=world.quillard, identifier=number_of(world.quillard), entry_type="01", port="2704", hts="8501104020",
        origin="CN", months=months, values=[100_000] * 12, duties=[0] * 12, value=1_200_000,
    )  # fmt: skip
    DutyChange.objects.announce(
        by=world.hq, name="Motors rise", prefixes=["8501"], origins=["CN"], points=Decimal(50), first=TODAY
    )
    page = client.get("/bond/")
    after = page.context["judged"].outlook
    assert after.short is not None
    assert before.short is None
    assert after.passes > before.passes
    assert "Motors rise" in page.content.decode()
    assert after.early is not None
    assert "ten of the 100 by" in page.content.decode()
    client.post("/bond/what-if/", {"without_announced": "on", "growth": "0"})
    assert client.get("/bond/").context["judged"].supposed[0].outlook.passes == before.passes


def test_an_announced_change_that_value_does_not_tell_is_named_and_counts_nothing(world: World, bond: Bond) -> None:
    months = [months_earlier(TODAY, back) for back in range(12, 0, -1)]
    TradedGoods.objects.create(
        account=world.quillard, identifier=number_of(world.quillard), entry_type="01", port="2704", hts="8501104020",
        origin="CN", months=months, values=[100_000] * 12, duties=[0] * 12, value=1_200_000,
    )  # fmt: skip
    client = signed_in(world, "robin")
    before = client.get("/bond/").context["judged"].outlook
    DutyChange.objects.announce(by=world.hq, name="Motors by weight", prefixes=["8501"], points=None, first=TODAY)
    page = client.get("/bond/")
    judged, said = page.context["judged"], " ".join(page.content.decode().split())
    assert [(one.change.name, one.value, one.a_year) for one in judged.announced] == [
        ("Motors by weight", 1_200_000, None)
    ]
    assert (judged.outlook.passes, judged.outlook.ask_for) == (before.passes, before.ask_for)
    assert "is announced and not in the forecast" in said
    assert "cannot be estimated from value" in said
    look_ahead([world.quillard.pk], TODAY)
    assert bond.review.ask_for == before.ask_for  # type: ignore[attr-defined]


def test_what_was_seen_ahead_of_a_bond_that_ended_is_forgotten(world: World, bond: Bond) -> None:
    BondReview.objects.update(short_half=TODAY)
    Bond.objects.filter(pk=bond.pk).update(terminates=TODAY)
    review([world.quillard.pk], TODAY)
    look_ahead([world.quillard.pk], TODAY)
    found = BondReview.objects.get(bond=bond)
    assert (found.state, found.short_half, found.ask_for, found.ahead_on) == ("ended", None, None, None)


def test_several_changes_at_once_are_kept_and_sent(world: World, bond: Bond) -> None:
    client = signed_in(world, "robin")
    sent = {
        "c1-prefix": "8501",
        "c1-origin": "China",
        "c1-points": "25",
        "c1-first": "",
        "c2-origin": "MX",
        "c2-points": "-5",
        "growth": "12.5",
    }
    for _ in range(4):
        assert client.post("/bond/what-if/", sent).status_code == 302
    assert WhatIf.objects.count() == 3
    said = text_of(client, "/bond/")
    assert "8501 from China +25 points" in said
    assert "imports grow by 12.5 %" in said
    newest = WhatIf.objects.first()
    assert newest
    assert [one["origin"] for one in newest.changes] == ["CN", "MX"]
    assert client.post(f"/bond/what-if/{newest.pk}/send/").status_code == 302
    newest.refresh_from_db()
    assert "Amount to ask for by CBP’s published formula" in newest.said
    assert signed_in(world, "lee").post(f"/bond/what-if/{newest.pk}/send/").status_code == 404
    manager = signed_in(world, "jordan")
    assert manager.post(BASE.format(world.quillard.pk) + f"what-if/{newest.pk}/send/").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"growth": "NaN"},
        {"growth": "1" * 20},
        {"growth": "-101"},
        {"c1-prefix": "motors", "c1-points": "5"},
        {"c1-prefix": "7799", "c1-points": "5"},
        {"c1-prefix": "0077.10", "c1-points": "5"},
        {"c1-prefix": "8501"},
        {"c1-points": "5"},
        {"c1-prefix": "8501", "c1-points": "NaN"},
        {"c1-prefix": "8501", "c1-points": "1e30"},
        {"c1-prefix": "8501", "c1-points": "-501"},
        {"c1-prefix": "8501", "c1-points": "5", "c1-first": "01/01/1999"},
        {"c1-prefix": "8501", "c1-points": "5", "c1-first": "13/45/2026"},
        {"c1-prefix": "8501", "c1-points": "5", "c1-origin": "Atlantis"},
        {"c1-prefix": "8501", "c1-points": "5", "c1-origin": "x" * 900},
        {"c3-prefix": "<script>", "c3-points": "5"},
    ],
)
def test_nonsense_is_refused_beside_its_field(world: World, bond: Bond, sent: dict[str, str]) -> None:
    response = signed_in(world, "robin").post("/bond/what-if/", sent)
    assert response.status_code == 400
    assert not WhatIf.objects.exists()
    assert "<script>" not in response.content.decode().split("<main")[1].split("</main")[0]
