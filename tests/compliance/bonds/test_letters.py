"""What people enter about a bond: letters of CBP, what was done about them, and overdue bills."""

import datetime

import pytest

from compliance.bonds.models import Bond, BondStep, Delinquency
from compliance.bonds.reviewing import review
from tests.compliance.bonds.conftest import BASE, TODAY, text_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_a_letter_is_entered_with_its_date_and_its_days_run(world: World, bond: Bond) -> None:
    client = signed_in(world, "robin")
    dated = TODAY - datetime.timedelta(days=5)
    assert client.post(f"/bond/{bond.pk}/step/", {"kind": "letter", "on": f"{dated:%m/%d/%Y}"}).status_code == 302
    page = client.get("/bond/")
    assert page.context["judged"].state == "notified"
    said = " ".join(page.content.decode().split())
    assert "</b>, in 10 days." in said
    assert "Too small by CBP’s letter" in said
    assert "Enough today" not in said
    response = client.post(f"/bond/{bond.pk}/step/", {"kind": "filed", "on": "01/01/2020"})
    assert response.status_code == 400
    assert client.post(f"/bond/{bond.pk}/step/", {"kind": "filed", "on": f"{TODAY:%m/%d/%Y}"}).status_code == 302
    assert client.get("/bond/").context["judged"].state == "termination_filed"
    assert BondStep.objects.filter(by=world.robin).count() == 2


def test_a_letter_that_is_insufficient_at_once_gives_no_days(world: World, bond: Bond) -> None:
    BondStep.record(bond, "at_once", on=TODAY, by=world.robin, today=TODAY)
    review(None, TODAY)
    assert bond.review.days_left(TODAY) is None  # type: ignore[attr-defined]
    page = signed_in(world, "robin").get("/bond/")
    assert page.context["judged"].days_left is None
    said = " ".join(page.content.decode().split())
    assert "The letter gives no days" in said
    assert "the old bond has ended, the new one is in force" not in said
    [row] = [one for one, _, _ in signed_in(world, "hq").get("/bonds/").context["rows"]]
    assert row.state == "immediate"
    sheet = signed_in(world, "hq").get("/bonds/?download=csv").content.decode()
    assert f"{TODAY + datetime.timedelta(days=30):%Y-%m-%d}" not in sheet
    assert f"{TODAY + datetime.timedelta(days=30):%m/%d/%Y}" not in sheet


def test_days_that_are_over_are_called_past(world: World, bond: Bond) -> None:
    BondStep.record(bond, "letter", on=TODAY - datetime.timedelta(days=60), by=world.robin, today=TODAY)
    review(None, TODAY)
    assert bond.review.days_left(TODAY) < 0  # type: ignore[attr-defined]
    for name, path in (("hq", "/bonds/"), ("jordan", "/")):
        assert 'data-label="Days left">past</td>' in signed_in(world, name).get(path).content.decode()


def test_a_delinquent_account_is_for_manual_determination(world: World, bond: Bond) -> None:
    client, path = signed_in(world, "jordan"), BASE.format(world.quillard.pk)
    assert client.post(f"{path}delinquency/", {"on": f"{TODAY:%m/%d/%Y}"}).status_code == 302
    assert "manual determination" in text_of(signed_in(world, "robin"), "/bond/")
    assert "manual determination" in text_of(signed_in(world, "robin"), "/")
    assert "Pay or protest the overdue bills" in text_of(signed_in(world, "robin"), "/improve/")
    review(None, TODAY)
    assert "the amount is for manual determination" in text_of(signed_in(world, "hq"), "/bonds/")
    tomorrow = TODAY + datetime.timedelta(days=1)
    assert client.post(f"{path}delinquency/", {"on": f"{tomorrow:%m/%d/%Y}"}).status_code == 400
    assert Delinquency.objects.get().until is None
    assert client.post(f"{path}delinquency/", {"on": f"{TODAY:%m/%d/%Y}"}).status_code == 302
    for path in ("/bond/", "/", "/improve/"):
        assert "manual determination" not in text_of(signed_in(world, "robin"), path)
    review(None, TODAY)
    assert "overdue" not in text_of(signed_in(world, "hq"), "/bonds/")
    assert signed_in(world, "robin").post("/bond/delinquency/", {"on": f"{TODAY:%m/%d/%Y}"}).status_code == 404
