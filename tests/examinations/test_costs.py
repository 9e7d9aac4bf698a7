"""What an examination cost: recorded by the account itself, before the file's value, and a broker's business never."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Delegation
from accounts.scope import acting_for
from examinations.filters import ExaminationFilter
from examinations.models import Cost, Examination
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

FORM = {"kind": "drayage", "dated": "11/20/2026", "amount": "120.50", "note": "Invoice 7"}


def record(world: World, amount: int, name: str = "robin", of: str = "found") -> Cost:
    day = timezone.localdate()
    return Cost.objects.record(
        world.examinations[of], kind="storage", dated=day, amount=Decimal(amount), by=world.people[name]
    )


def address(world: World, more: str = "", of: str = "found") -> str:
    return f"/examinations/{world.examinations[of].pk}/cost/{more}"


def post(client: Client, to: str, **changes: str) -> int:
    form = FORM | {"dated": f"{timezone.localdate():%m/%d/%Y}"} | changes
    return client.post(to, form).status_code


def test_the_files_value_counts_until_the_account_records_its_own(world: World) -> None:
    found = world.examinations["found"].pk
    assert Cost.objects.by_examination([found]) == {found: 350}
    rows = [record(world, 100), record(world, 20)]
    assert Cost.objects.by_examination([found]) == {found: 120}
    rows[0].remove(by=world.lee)
    assert Cost.objects.by_examination([found]) == {found: 20}
    rows[1].remove(by=world.robin)
    assert Cost.objects.by_examination([found]) == {found: 350}


def test_the_page_the_list_its_sum_and_the_file_all_say_the_same(world: World) -> None:
    record(world, 1234)
    client = signed_in(world, "robin")
    page = client.get(f"/examinations/{world.examinations['found'].pk}/").content.decode()
    assert "$1,234.00" in page
    assert "the file’s $350 no longer counts" in page
    body = client.get("/examinations/?start=2000-01-01").content.decode()
    assert ">1,234<" in body
    assert ">1,584<" in body  # with the 350 of the file for the one that is held
    response = client.get("/examinations/?start=2000-01-01&download=csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    costs = {row["Examination Number"]: row["Examination Cost Amount"] for row in rows}
    assert (costs["EX-FOUND"], costs["EX-HELD"], costs["EX-OTHER"]) == ("1234.00", "350.00", "")


@pytest.mark.parametrize(
    ("name", "status"),
    [("robin", 302), ("lee", 302), ("sam", 404), ("billie", 404), ("jordan", 404), ("hq", 404), ("expert", 404)],
)
def test_only_members_of_the_importers_account_record_change_and_remove(world: World, name: str, status: int) -> None:
    own = record(world, 5)
    client = signed_in(world, name)
    base = {"billie": f"/accounts/{world.lindale.pk}"}.get(name, f"/accounts/{world.quillard.pk}")
    for more in ("", f"{own.pk}/", f"{own.pk}/remove/"):
        assert post(client, base + address(world, more)) == status, more
    amounts = sorted(Cost.objects.filter(by="account").values_list("amount", flat=True))
    assert amounts == ([Decimal("120.50")] if status == 302 else [5])


def test_a_row_says_who_recorded_it_and_when(world: World) -> None:
    client = signed_in(world, "lee")
    assert post(client, address(world)) == 302
    row = Cost.objects.get(by="account")
    assert (row.recorded_by, row.account, row.kind, row.note) == (world.lee, world.quillard, "drayage", "Invoice 7")
    before = row.recorded_at
    post(signed_in(world, "robin"), address(world, f"{row.pk}/"), amount="7")
    row.refresh_from_db()
    assert (row.recorded_by, row.amount) == (world.robin, 7)
    assert before is not None
    assert row.recorded_at > before


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "99999999999999"},
        {"amount": "NaN"},
        {"amount": "1e9"},
        {"amount": "ten"},
        {"amount": ""},
        {"kind": "bribe"},
        {"kind": ""},
        {"dated": "13/45/2026"},
        {"dated": "01/01/2090"},
        {"dated": "01/01/1066"},
        {"dated": "\0"},
        {"note": "n" * 201},
        {"note": "a\0b"},
    ],
)
def test_nonsense_is_told_beside_its_field_and_records_nothing(world: World, changes: dict[str, str]) -> None:
    client = signed_in(world, "robin")
    response = client.post(address(world), FORM | {"dated": f"{timezone.localdate():%m/%d/%Y}"} | changes)
    assert response.status_code == 400
    assert not Cost.objects.filter(by="account").exists()


def test_a_files_row_and_another_examinations_row_are_not_there_to_change(world: World) -> None:
    of_file = Cost.objects.get(examination=world.examinations["found"])
    of_held = record(world, 5, of="held")
    client = signed_in(world, "robin")
    for pk in (of_file.pk, of_held.pk, 987654):
        assert client.get(address(world, f"{pk}/")).status_code == 404
        assert client.post(address(world, f"{pk}/remove/")).status_code == 404
    with pytest.raises(PermissionDenied):
        of_file.remove(by=world.robin)


def test_a_review_of_papers_has_no_cost(world: World) -> None:
    with pytest.raises(ValidationError):
        record(world, 5, of="review_closed")
    page = signed_in(world, "robin").get(f"/examinations/{world.examinations['review_closed'].pk}/")
    assert "Record a cost" not in page.content.decode()
    assert post(signed_in(world, "robin"), address(world, of="review_closed")) == 404


def test_a_removal_is_asked_for_by_post_alone(world: World) -> None:
    own = record(world, 5)
    assert signed_in(world, "robin").get(address(world, f"{own.pk}/remove/")).status_code == 405


def test_a_broker_reads_cost_by_delegation_of_that_kind_alone_and_writes_none(world: World) -> None:
    record(world, 5)
    today = timezone.localdate()
    delegation = Delegation.objects.create(
        importer=world.quillard, broker=world.lindale, kinds=["examinations"], power_of_attorney=today,
        expires=today + datetime.timedelta(days=9),
    )  # fmt: skip
    page = f"/accounts/{world.lindale.pk}/examinations/{world.examinations['found'].pk}/"
    assert "Cost" not in signed_in(world, "billie").get(page).content.decode()
    delegation.kinds = ["cost"]
    delegation.save()
    body = signed_in(world, "billie").get(page).content.decode()
    assert "$5.00" in body
    assert "Record a cost" not in body
    with pytest.raises(PermissionDenied):
        record(world, 9, "billie")


# ---- row security alone, as a forgotten check would meet it ----------------------------------------------------


def insert(world: World, account: Account, of: str, by: str) -> None:
    with transaction.atomic():
        Cost.objects.create(examination=world.examinations[of], account=account, by=by, kind="other", amount=1)


@pytest.mark.parametrize(
    ("name", "of", "by", "may"),
    [
        ("robin", "found", "account", True),
        ("robin", "through_other", "file", False),
        ("robin", "of_stranger", "account", False),
        ("sam", "found", "account", False),
        ("billie", "found", "account", False),
        ("jordan", "found", "account", False),
        ("hq", "found", "account", False),
    ],
)
def test_row_security_lets_members_add_own_rows_of_own_examinations(
    world: World, name: str, of: str, by: str, may: bool
) -> None:
    """Neither of another account's examination nor for another account, nor in the name of a file."""
    of_account = {"sam": world.stranger, "billie": world.lindale}.get(name, world.quillard)
    with acting_for(world.people[name]):
        if may:
            insert(world, of_account, of, by)
        else:
            with pytest.raises(DatabaseError):
                insert(world, of_account, of, by)


def test_row_security_lets_nobody_change_or_remove_what_a_file_says(world: World) -> None:
    record(world, 5)
    for name in ("robin", "billie", "sam", "jordan"):
        with acting_for(world.people[name]):
            Cost.objects.filter(by="file").update(amount=1)
            Cost.objects.filter(by="file").delete()
            if name != "robin":
                Cost.objects.all().delete()
    assert sorted(Cost.objects.values_list("amount", flat=True)) == [5, 350, 350, 350]
    with acting_for(world.robin), pytest.raises(DatabaseError), transaction.atomic():
        Cost.objects.filter(by="account").update(by="file")


def test_headquarters_moves_costs_with_an_identifier(world: World) -> None:
    record(world, 5)
    other = make_account("Quillard Holdings", "importer", "96-700000000")
    with acting_for(world.hq):
        other.take_identifier(world.quillard.identifiers.get(), by=world.hq)
    moved = Cost.objects.filter(examination__account=other)
    assert moved.count() == 3
    assert set(moved.values_list("account", flat=True)) == {other.pk}


@pytest.mark.parametrize(("name", "expected"), [("robin", 2), ("billie", 0), ("jordan", 3), ("hq", 4)])
def test_a_cost_opens_no_further_than_its_examination(world: World, name: str, expected: int) -> None:
    """An open review of papers is hidden from its importer, and so is a cost that a file reports for it."""
    review = world.examinations["review_open"]
    Cost.objects.create(examination=review, account=review.account, by="file", amount=1)
    with acting_for(world.people[name]):
        assert Cost.objects.count() == expected
    assert Cost.objects.visible_to(world.people[name]).count() == expected


@pytest.mark.parametrize("asked", [{"money": "cost"}, {"finding": "CLASS"}, {"origin": "CN"}, {"money": "owed"}])
def test_filters_see_no_further_than_their_person_without_row_security_too(world: World, asked: dict[str, str]) -> None:
    """A broker of other entries narrows somebody's examinations by nothing that is not open to it."""
    rows = Examination.objects.filter(number__in=["EX-FOUND", "EX-HELD"])

    def found(name: str) -> int:
        more = {"person": world.people[name], "ports": [], "sees_reasons": False}
        return ExaminationFilter(asked, queryset=rows, **more).qs.count()

    assert found("robin") > 0
    assert found("sam") == 0
