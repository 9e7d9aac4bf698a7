"""Where bonds show beside their page: bonds in trouble, first pages, the review of an account, the API; and a bond for one entry."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from compliance.bonds.models import Bond, BondReview, BondStep
from compliance.bonds.reviewing import review
from examinations.figures.period import months_earlier
from examinations.models import EntryMonth
from tests.compliance.bonds.conftest import BASE, TODAY, text_of
from tests.compliance.bonds.test_reviewing import make_bond, number_of
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_one_entrys_bond_is_worked_out_and_nonsense_is_not(world: World) -> None:
    client = signed_in(world, "robin")
    assert "$43,150" in text_of(client, "/bond/single-entry/?case=normal&value=40000&duty=3011.44&fees=138.56")
    assert "$2,550" in text_of(client, "/bond/single-entry/?case=warehouse&value=10000&duty=1000&taxes=500&fees=50")
    for asked in (
        "case=nonsense&value=1",
        "case=normal&value=-1",
        "case=normal&value=NaN",
        f"case=normal&value={'9' * 20}",
        "case=normal",
    ):
        assert client.get(f"/bond/single-entry/?{asked}").context["found"] is None


def test_bonds_in_trouble_by_days_left(world: World, bond: Bond) -> None:
    client = signed_in(world, "hq")
    assert [one.bond for one, _, _ in client.get("/bonds/").context["rows"]] == [bond]
    assert not signed_in(world, "morgan").get("/bonds/").context["rows"]
    assert [one.bond for one, _, _ in signed_in(world, "jordan").get("/bonds/?state=watch").context["rows"]] == [bond]
    assert not client.get("/bonds/?state=deficient").context["rows"]
    assert client.get("/bonds/?state=nonsense&page=99999999").context["rows"]
    assert b"B1" in client.get("/bonds/?download=csv").content
    assert client.get("/bonds/?download=xlsx").status_code == 200
    assert b"B2" in client.get(f"{BASE.format(world.quillard.pk)}?download=csv").content


def test_bonds_in_trouble_stand_by_days_left_then_by_how_grave_it_is(world: World) -> None:
    """Headquarters begins with what has no days left to wait for, and finds all days of letters in one order, whatever their state."""
    day = datetime.timedelta(days=1)

    def put(name: str, state: str, *, letter: int | None = None, **fields: Any) -> None:
        account = make_account(name, "importer", f"96-7{BondReview.objects.count():08}", state="active")
        days = {"letter_on": None} if letter is None else {"letter_on": TODAY - letter * day}
        if days["letter_on"]:
            days |= {"remedy_by": days["letter_on"] + 15 * day, "in_force_by": days["letter_on"] + 30 * day}
        given: dict[str, Any] = {"total": 0, "required": 50_000, "use": Decimal(1), "since": TODAY} | days | fields
        BondReview.objects.create(bond=make_bond(world, name, account), account=account, state=state, **given)

    put("enough", "sufficient")
    put("replaced, overdue", "replaced", delinquent_since=TODAY)
    put("ahead, later", "sufficient", short_half=TODAY + 90 * day)
    put("ahead, sooner", "sufficient", short_half=TODAY + 30 * day)
    put("watch", "watch")
    put("watch, more used", "watch", use=Decimal("1.5"))
    put("enough, overdue", "sufficient", delinquent_since=TODAY)
    put("deficient", "deficient")
    put("ended", "ended", letter=60)
    put("notified, 13 days", "notified", letter=2)
    put("ending, 12 days", "termination_filed", letter=18)
    put("out, 6 days", "insufficient", letter=24)
    put("notified, 5 days", "notified", letter=10)
    put("out, 10 days past", "insufficient", letter=40)
    put("at once", "immediate", letter=3)
    rows = signed_in(world, "hq").get("/bonds/").context["rows"]
    assert [(one.bond.number, left) for one, left, _ in rows] == [
        ("at once", None),
        ("out, 10 days past", -10),
        ("notified, 5 days", 5),
        ("out, 6 days", 6),
        ("ending, 12 days", 12),
        ("notified, 13 days", 13),
        ("ended", None),
        ("deficient", None),
        ("enough, overdue", None),
        ("watch, more used", None),
        ("watch", None),
        ("ahead, sooner", None),
        ("ahead, later", None),
    ]


def test_bonds_that_ended_and_that_are_expected_to_become_too_small_are_listed(world: World, bond: Bond) -> None:
    client = signed_in(world, "hq")
    BondReview.objects.update(state="sufficient", short_half=None)
    assert "The one bond</b> in force is enough" in text_of(client, "/bonds/")
    BondReview.objects.update(state="ended")
    said = text_of(client, "/bonds/")
    assert "<b>No bond</b> is too small" in said
    assert "<b>1</b> ended without another in force" in said
    BondReview.objects.update(state="replaced")
    assert "No bond in force is reviewed yet" in text_of(client, "/bonds/")
    other = make_bond(world, "B7", world.stranger, 50_000)
    review([world.stranger.pk], TODAY)
    BondReview.objects.filter(bond=bond).update(state="sufficient", short_half=TODAY)
    BondReview.objects.filter(bond=other).update(state="deficient")
    page = client.get("/bonds/")
    assert [one.bond for one, _, _ in page.context["rows"]] == [other, bond]
    said = " ".join(page.content.decode().split())
    assert "<b>1 bond</b> is too small" in said
    assert "1 more is expected to become too small" in said
    assert [one.bond for one, _, _ in client.get("/bonds/?state=ahead").context["rows"]] == [bond]
    assert [one.bond for one, _, _ in signed_in(world, "jordan").get("/bonds/").context["rows"]] == [bond]


def test_a_bond_that_is_too_small_is_replaced_and_nobody_raises_it(world: World, bond: Bond) -> None:
    months = EntryMonth.objects.filter(identifier=number_of(world.quillard), month=months_earlier(TODAY, 2))
    months.update(duties_taxes_fees=1_100_000)
    client = signed_in(world, "robin")
    [fact] = [one for one in client.get("/improve/").context["facts"] if one.name == "Bond"]
    assert "ask your surety for a new bond of $300,000" in fact.to_do
    assert fact.page == ("/bond/", "The bond")
    assert "When is the bond replaced by one of $300,000?" in text_of(client, "/review/")


def test_the_api_tells_how_a_bond_stands_to_whoever_may_know(world: World, bond: Bond) -> None:
    bond.covered.create(
        identifier=number_of(world.stranger), account=world.stranger, principal_account=world.quillard, role="USER"
    )
    found = {one["number"]: one for one in signed_in(world, "robin").get("/api/v1/bonds/").json()["results"]}
    assert (found["B1"]["state"], found["B1"]["use"], found["B1"]["required_amount"]) == (
        "watch",
        "0.9000",
        "200000.00",
    )
    assert found["B1"]["headroom"] == "200000.00"
    assert found["B2"]["state"] is None
    told = signed_in(world, "sam").get("/api/v1/bonds/").json()["results"]
    assert [(one["number"], one["state"], one["use"]) for one in told] == [("B1", None, None)]


def test_first_pages_say_it_in_one_line(world: World, bond: Bond) -> None:
    review_ = bond.review  # type: ignore[attr-defined]
    assert review_.state == "watch"
    dated = TODAY - datetime.timedelta(days=2)
    BondStep.record(bond, "letter", on=dated, by=world.robin, today=TODAY)
    review(None, TODAY)
    said = text_of(signed_in(world, "robin"), "/")
    assert "<b>Your bond</b></a>: CBP’s letter of" in said
    assert "it is enough today" not in said
    assert "Bonds in trouble" in text_of(signed_in(world, "jordan"), "/")
    assert "CBP must have received the request to end bond B1" in text_of(signed_in(world, "robin"), "/dates/")


def test_a_bond_that_is_too_small_is_said_so_once_with_what_to_do(world: World, bond: Bond) -> None:
    months = EntryMonth.objects.filter(identifier=number_of(world.quillard), month=months_earlier(TODAY, 2))
    months.update(duties_taxes_fees=1_100_000)
    review(None, TODAY)
    BondReview.objects.update(short_half=TODAY)
    said = text_of(signed_in(world, "robin"), "/")
    assert "more than you have" in said
    assert "Ask your surety for a larger bond" in said
    assert "Too small by CBP’s published formula" not in said
