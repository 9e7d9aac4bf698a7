"""What is ahead of a bond: announced changes of duty, and what its reader supposes."""

import datetime
import re
from calendar import monthrange
from decimal import Decimal

import numpy as np
import pytest

from compliance.bonds.changes import months_from
from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, BondReview, BondTerms, PathErrors, WhatIf
from compliance.bonds.paths import Errors
from compliance.bonds.reviewing import review
from compliance.bonds.told import Supposed
from examinations.figures.period import months_earlier
from examinations.models import DutyChange, TradedGoods
from look.formats import long_day
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


# ---- by hand -----------------------------------------------------------------------------------------------------


@pytest.fixture
def even(world: World, bond: Bond) -> list[datetime.date]:
    """Nothing errs: every path is what the rule says. $150,000 are deposited a month, $1,800,000 a year, and a bond of $200,000 is
    enough for $2,000,000. Of 8501 from China goods of $100,000 come in a month, of 6109 from Mexico of $40,000. Returns the twelve
    months ahead."""
    cells = {(quarter, lumpy): np.ones((20, 12)) for quarter in range(4) for lumpy in (False, True)}
    PathErrors.objects.update(data=Errors((1.0, 2.0, 3.0), 0.0, cells, 20).as_data())
    months = [months_earlier(TODAY, back) for back in range(12, 0, -1)]
    for hts, origin, value in (("8501104020", "CN", 100_000), ("6109100012", "MX", 40_000)):
        TradedGoods.objects.create(
            account=world.quillard, identifier=number_of(world.quillard), entry_type="01", port="2704", hts=hts,
            origin=origin, months=months, values=[value] * 12, duties=[0] * 12, value=12 * value,
        )  # fmt: skip
    return months_from(TODAY, 12)


def asked(world: World, **sent: str) -> Supposed:
    """The answer that the page shows to the question."""
    client = signed_in(world, "robin")
    response = client.post(
        "/bond/what-if/", {re.sub("^(c[0-9])_", r"\1-", name): value for name, value in sent.items()}
    )
    assert response.status_code == 302, response.content.decode()
    found: Supposed = client.get("/bond/").context["judged"].supposed[0]
    return found


RISE = {"c1_prefix": "8501", "c1_origin": "CN", "c1_points": "25"}


def test_a_rise_by_hand(world: World, even: list[datetime.date]) -> None:
    """$25,000 a month from the next one on: nine of them make $2,025,000, in the tenth month; eleven make $2,075,000."""
    found = asked(world, **RISE, c1_first=f"{even[1]:%m/%d/%Y}")
    assert found.added == 300_000
    assert found.outlook
    assert found.outlook.ahead.said.tolist() == [1_800_000 + 25_000 * n for n in range(12)]
    assert (found.outlook.half, found.outlook.short, found.outlook.passes) == (even[9], even[9], 1)
    assert (found.outlook.ask_for, found.outlook.next_total) == (300_000, 2_075_000)
    said = text_of(signed_in(world, "robin"), "/bond/")
    assert f">{even[9]:%B %Y}</td>" in said
    assert '<td class="n" data-label="Duty a year $">+300,000</td>' in said


def test_a_rise_from_today_counts_the_days_of_this_month(world: World, even: list[datetime.date]) -> None:
    found = asked(world, **RISE)
    days = monthrange(TODAY.year, TODAY.month)[1]
    assert found.outlook
    assert found.outlook.ahead.said[0] == pytest.approx(1_800_000 + 25_000 * (days - TODAY.day + 1) / days)
    assert found.outlook.ahead.said[11] - found.outlook.ahead.said[0] == pytest.approx(275_000)


def test_a_fall_a_rise_and_growth_at_once_by_hand(world: World, even: list[datetime.date]) -> None:
    """A month: $150,000 and a tenth of it, plus ($25,000 − $2,000) and a tenth of it, from the next one on the second."""
    first = f"{even[1]:%m/%d/%Y}"
    fall = {"c2_prefix": "6109", "c2_points": "-5", "c2_first": first}
    found = asked(world, **RISE, c1_first=first, **fall, growth="10")
    assert found.outlook
    assert found.outlook.ahead.said.tolist() == pytest.approx([1_815_000 + (15_000 + 25_300) * n for n in range(12)])
    assert found.added == pytest.approx(12 * 15_000 + 12 * 25_300)
    assert (found.outlook.half, found.outlook.ask_for) == (even[5], 300_000)
    alone = asked(world, **{name.replace("c2", "c1"): value for name, value in fall.items()})
    assert alone.outlook
    assert (alone.added, alone.outlook.next_total) == (-24_000, 1_778_000)
    assert (alone.outlook.half, alone.outlook.passes, alone.outlook.ask_for) == (None, 0, 200_000)


def test_growth_alone_is_dollars_of_a_year(world: World, even: list[datetime.date]) -> None:
    found = asked(world, growth="-50")
    assert found.outlook
    assert (found.added, found.outlook.next_total) == (-900_000, 900_000)


def test_what_is_announced_counts_or_is_left_out(world: World, even: list[datetime.date]) -> None:
    DutyChange.objects.announce(by=world.hq, name="Shirts", prefixes=["6109"], points=Decimal(50), first=even[1])
    both = asked(world, **RISE, c1_first=f"{even[1]:%m/%d/%Y}")
    assert both.outlook
    assert (both.added, both.outlook.next_total) == (300_000, 1_800_000 + 11 * (25_000 + 20_000))
    alone = asked(world, **RISE, c1_first=f"{even[1]:%m/%d/%Y}", without_announced="on")
    assert alone.outlook
    assert (alone.added, alone.outlook.next_total) == (300_000, 2_075_000)


def test_a_question_begins_in_no_day_that_has_gone_and_one_that_was_kept_counts_in_full(
    world: World, even: list[datetime.date]
) -> None:
    client, yesterday = signed_in(world, "robin"), TODAY - datetime.timedelta(days=1)
    sent = {"c1-prefix": "8501", "c1-points": "25", "c1-first": f"{yesterday:%m/%d/%Y}"}
    response = client.post("/bond/what-if/", sent)
    assert response.status_code == 400
    assert "they are in the last twelve months already" in response.content.decode()
    changes = [{"prefix": "8501", "origin": "CN", "points": "25", "first": f"{months_earlier(TODAY, 6):%Y-%m-%d}"}]
    WhatIf.objects.keep(world.quillard, changes, Decimal(0), by=world.robin)
    found = client.get("/bond/").context["judged"].supposed[0]
    assert (found.added, found.outlook.next_total) == (300_000, 2_100_000)


def test_the_next_two_steps_and_the_days_by_which_to_ask(world: World, even: list[datetime.date]) -> None:
    """$25,000 more a month by a notice: the old bond must have ended before the tenth month, fifteen days after the request
    is received; the surety is asked two weeks before that."""
    client = signed_in(world, "robin")
    DutyChange.objects.announce(by=world.hq, name="Motors", prefixes=["8501"], points=Decimal(25), first=even[1])
    page = client.get("/bond/")
    judged, day = page.context["judged"], datetime.timedelta(days=1)
    assert (judged.outlook.half, judged.end_by, judged.ask_by) == (even[9], even[9] - 15 * day, even[9] - 29 * day)
    said = " ".join(re.sub("<[^>]*>", " ", page.content.decode()).split())
    assert f"$200,000 (now) {even[9]:%B %Y} 0 $300,000 ask for this beyond {even[11]:%B %Y} 100 $400,000 beyond" in said
    assert f"Ask your surety for $300,000 by {long_day(judged.ask_by)}" in said
    assert f"Have the old bond’s end received by CBP by {long_day(judged.end_by)}" in said
    BondTerms.objects.create(since=TODAY - 10 * day, termination_days=30)
    judged = client.get("/bond/").context["judged"]
    assert (judged.end_by, judged.ask_by) == (even[9] - 30 * day, even[9] - 44 * day)
    Bond.objects.update(amount=150_000)  # too small already: there is no day left to ask by
    page = client.get("/bond/")
    assert (page.context["judged"].end_by, page.context["judged"].ask_by) == (None, None)
    assert "Ask your surety for $300,000 Underwriting takes days." in " ".join(
        re.sub("<[^>]*>", " ", page.content.decode()).split()
    )


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
