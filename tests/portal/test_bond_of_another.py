"""Whose number stands on another principal's bond sees that bond, and not what the others on it import."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from compliance.bonds.models import Bond, CoveredNumber
from examinations.models import EntryMonth
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(world: World) -> World:
    """The stranger's bond covers a number of Quillard too, which has no bond of its own."""
    Bond.objects.all().delete()
    today = timezone.localdate()
    bond = Bond.objects.create(
        number="991234567", account=world.stranger, activity_code="1", amount=Decimal(70_000), surety_code="054",
        effective=today - datetime.timedelta(days=400), terminates=today + datetime.timedelta(days=20),
        version_at=timezone.now(), load=world.load,
    )  # fmt: skip
    for account, role in ((world.stranger, "PRINCIPAL"), (world.quillard, "CO_PRINCIPAL")):
        CoveredNumber.objects.create(
            bond=bond,
            identifier=account.identifiers.get(),
            account=account,
            principal_account=world.stranger,
            role=role,
        )
    return world


@pytest.mark.parametrize("page", ["/", "/sheet/", "/dates/"])
def test_a_co_principal_sees_the_bond_and_no_sum_of_it(shared: World, page: str) -> None:
    EntryMonth.objects.update(month=timezone.localdate().replace(day=1) - datetime.timedelta(days=40))
    seen = signed_in(shared, "robin").get(page).content.decode()
    assert "991234567" in seen
    assert "Stranger" not in seen
    assert "of which you use" not in seen
    assert "of the bond is used" not in seen
    assert "No continuous import bond" not in seen


def test_on_the_first_page_it_is_called_another_companys(shared: World) -> None:
    seen = signed_in(shared, "robin").get("/").content.decode()
    assert "on a bond of <b>$70,000</b> whose principal is another company" in seen
    assert "of another principal" in signed_in(shared, "robin").get("/sheet/").content.decode()
    improve = signed_in(shared, "robin").get("/improve/").content.decode()
    assert "A bond whose principal is another company covers the number" in improve


def test_its_principal_reads_how_far_it_is_used(shared: World) -> None:
    seen = signed_in(shared, "sam").get("/").content.decode()
    assert "Your bond is <b>$70,000</b>" in seen
    assert "another company" not in seen


def test_managers_see_it_on_the_account(shared: World) -> None:
    seen = signed_in(shared, "jordan").get(f"/accounts/{shared.quillard.pk}/").content.decode()
    assert "991234567" in seen
    assert "of another principal" in seen


@pytest.mark.parametrize("gone", ["terminates", "covered"])
def test_a_bond_that_is_over_or_covers_it_no_more_is_not_its_bond(shared: World, gone: str) -> None:
    if gone == "terminates":
        Bond.objects.update(terminates=timezone.localdate())
    else:
        CoveredNumber.objects.filter(account=shared.quillard).delete()
    assert "No continuous import bond is on file" in signed_in(shared, "robin").get("/").content.decode()


def test_who_has_a_bond_of_its_own_is_told_of_that(shared: World) -> None:
    own = Bond.objects.get()
    own.pk, own.number, own.account = None, "999999999", shared.quillard
    own.save()
    seen = signed_in(shared, "robin").get("/").content.decode()
    assert "999999999" in seen
    assert "another company" not in seen
