"""Headquarters moves a number in the admin: what will move is said before, a worker does it, and nobody else can."""

from typing import Any

import pytest
from django.test import Client

from accounts import tasks
from accounts.models import Account, Identifier
from accounts.models.identifier import IdentifierQuerySet
from compliance.bonds.models import Bond, CoveredNumber
from examinations.models import Entry
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    given: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks.take_identifier, "delay_on_commit", lambda *words: given.append(words))
    return given


def address(account: Account) -> str:
    return f"/admin/accounts/account/{account.pk}/take/"


def number_of(account: Account) -> str:
    return str(account.identifiers.get().value)


def test_the_account_leads_to_the_page_and_looking_moves_nothing(world: World, handed_out: list[Any]) -> None:
    hq = signed_in(world, "hq")
    assert address(world.stranger) in hq.get(f"/admin/accounts/account/{world.stranger.pk}/change/").content.decode()
    bond = Bond.objects.filter(account=world.quillard).first()
    page = hq.post(address(world.stranger), {"number": number_of(world.quillard)}).content.decode()
    assert "goes from <strong>Quillard Electric</strong> to <strong>Stranger Goods</strong>" in page
    entries = Entry.objects.filter(account=world.quillard)
    assert (
        f"<li>{entries.count()} entries with {entries.count()} lines and ${250 * entries.count()} of duty</li>" in page
    )
    assert "examinations and reviews with what they found" in page
    assert "requests of CBP" in page
    assert ("bond of which it is the principal" in page) == (bond is not None)
    assert "2 members of Quillard Electric will not see these rows any more" in page
    assert "Quillard Electric keeps no number" in page
    assert handed_out == []
    assert Identifier.objects.get(value=number_of(world.quillard)).account == world.quillard


def test_a_filer_code_says_what_was_filed_under_it(world: World) -> None:
    rival = make_account("Rival Brokers", "broker", "RVL")
    page = signed_in(world, "hq").post(address(rival), {"number": number_of(world.lindale)}).content.decode()
    filed = Entry.objects.filter(filer=world.lindale).count()
    assert f"{filed} entr" in page
    assert "filer code, goes from" in page


def test_bonds_on_which_the_number_stands_are_said(world: World) -> None:
    number = world.quillard.identifiers.get()
    for bond in Bond.objects.all():
        bond.delete()
    fields = {"activity_code": "1", "amount": 50_000, "effective": "2026-01-01", "version_at": "2026-01-01T00:00Z"}
    for at, (principal, role) in enumerate(((world.quillard, "PRINCIPAL"), (world.stranger, "CO_PRINCIPAL"))):
        bond = Bond.objects.create(number=str(at), account=principal, load=world.load, **fields)
        CoveredNumber.objects.create(
            bond=bond, identifier=number, account=world.quillard, principal_account=principal, role=role
        )
    page = signed_in(world, "hq").post(address(world.stranger), {"number": number.value}).content.decode()
    assert "<li>1 bond of which it is the principal, with all numbers on it</li>" in page
    assert "<li>its place on 1 bond with another number as principal</li>" in page


def test_being_sure_hands_the_move_out_and_the_task_does_it_once(world: World, handed_out: list[Any]) -> None:
    number = world.quillard.identifiers.get()
    answer = signed_in(world, "hq").post(address(world.stranger), {"number": number.value, "sure": "1"}, follow=True)
    assert "is being moved here from Quillard Electric" in answer.content.decode()
    assert handed_out == [(str(world.stranger.pk), number.pk, str(world.hq.pk))]
    assert tasks.take_identifier(*handed_out[0]) is True
    number.refresh_from_db()
    assert number.account == world.stranger
    assert not Entry.objects.filter(account=world.quillard).exists()
    assert tasks.take_identifier(*handed_out[0]) is False


def test_an_account_that_is_withdrawn_before_the_worker_comes_takes_nothing(world: World) -> None:
    number = world.quillard.identifiers.get()
    world.stranger.withdraw(by=world.hq)
    assert tasks.take_identifier(str(world.stranger.pk), number.pk, str(world.hq.pk)) is False
    number.refresh_from_db()
    assert number.account == world.quillard


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "This field is required"),
        ("96-1", "is not NN-NNNNNNNXX"),
        ("123456789", "write it with hyphens"),
        ("000", "is not a filer code"),
        ("ZZ", "is not a filer code"),
        ("96-999999999", "No account has this number"),
        ("QQQ", "No account has this number"),
        ("\0", "Null characters are not allowed"),
        ("9" * 40, "at most 20 characters"),
    ],
)
def test_a_number_that_is_none_is_refused_with_a_reason(
    world: World, handed_out: list[Any], number: str, said: str
) -> None:
    page = signed_in(world, "hq").post(address(world.stranger), {"number": number, "sure": "1"})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert handed_out == []


def test_a_number_of_ones_own_and_an_account_that_is_withdrawn_are_refused(world: World) -> None:
    hq = signed_in(world, "hq")
    page = hq.post(address(world.stranger), {"number": number_of(world.stranger)}).content.decode()
    assert "belongs to Stranger Goods already" in page
    Account.objects.filter(pk=world.stranger.pk).update(state="withdrawn")
    page = hq.post(address(world.stranger), {"number": number_of(world.quillard), "sure": "1"}).content.decode()
    assert "Stranger Goods is withdrawn" in page


def test_a_social_security_number_is_found_and_shown_by_its_last_four(world: World) -> None:
    masked = Identifier(account=world.quillard, kind="importer", value="***-**-6789")
    masked.key = IdentifierQuerySet.key_of("123-45-6789")
    masked.save()
    page = signed_in(world, "hq").post(address(world.stranger), {"number": "123-45-6789"}).content.decode()
    assert "<strong>***-**-6789</strong>" in page
    assert "Quillard Electric keeps 1 number of its own" in page
    assert "nothing: no row stands under it" in page


@pytest.mark.parametrize("name", ["robin", "lee", "billie", "sam", "jordan", "morgan", "expert"])
def test_nobody_else_finds_the_page(world: World, handed_out: list[Any], name: str) -> None:
    client = signed_in(world, name)
    sent = {"number": number_of(world.quillard), "sure": "1"}
    assert client.get(address(world.stranger)).status_code == 404
    assert client.post(address(world.stranger), sent).status_code == 404
    assert handed_out == []
    assert (
        tasks.take_identifier(str(world.stranger.pk), world.quillard.identifiers.get().pk, str(world.people[name].pk))
        is False
    )


def test_not_signed_in_one_is_asked_to_and_an_account_that_is_none_is_not_found(world: World) -> None:
    assert Client().post(address(world.stranger), {"number": "x"}).status_code == 302
    gone = "00000000-0000-0000-0000-000000000000"
    assert signed_in(world, "hq").get(f"/admin/accounts/account/{gone}/take/").status_code == 404
