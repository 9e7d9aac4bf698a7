"""Who may write what about a request, and read what of it: asked of row security alone, and of the verbs."""

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import Account, Delegation
from accounts.scope import acting_for
from examinations.models import CustomsRequest, RequestRecord, SupersededRow
from tests.named_people import World

pytestmark = pytest.mark.django_db
EVERYONE = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]


@pytest.mark.parametrize("name", EVERYONE)
def test_only_staff_of_either_side_change_what_cbp_says(world: World, name: str) -> None:
    with acting_for(world.people[name]):
        changed = CustomsRequest.objects.filter(number="RQ-BROKER").update(answered=timezone.localdate())
    assert changed == (1 if name in ("jordan", "hq") else 0)


def _say(world: World, name: str, account: Account) -> None:
    with transaction.atomic(), acting_for(world.people[name]):
        RequestRecord.objects.create(
            request=world.requests["broker"], kind="said", by=world.people[name], account=account
        )


@pytest.mark.parametrize("name", EVERYONE)
@pytest.mark.parametrize("whose", ["quillard", "stranger", "lindale"])
def test_a_member_says_only_what_its_own_account_did(world: World, name: str, whose: str) -> None:
    """Staff says nothing for an account, and nobody says anything for an account that is not the request's."""
    if (name, whose) in (("robin", "quillard"), ("lee", "quillard"), ("billie", "lindale")):
        _say(world, name, getattr(world, whose))
    else:
        with pytest.raises(ProgrammingError):
            _say(world, name, getattr(world, whose))


@pytest.mark.parametrize("name", ["robin", "billie", "sam", "morgan"])
def test_nobody_else_writes_down_what_cbp_says(world: World, name: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_for(world.people[name]):
        RequestRecord.objects.create(request=world.requests["broker"], kind="answered", by=world.people[name])


@pytest.mark.parametrize("right", ["UPDATE", "DELETE"])
def test_what_was_written_down_is_only_added_to(db: None, right: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('portal_web', 'examinations_requestrecord', %s)", [right])
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("name", ["robin", "billie", "expert"])
def test_the_verbs_of_staff_are_no_members(world: World, name: str) -> None:
    one, person, today = world.requests["broker"], world.people[name], timezone.localdate()
    for verb in (
        lambda: one.answer(by=person, on=today),
        lambda: one.decide("CHANGE", by=person),
        lambda: one.extend(today, by=person),
        lambda: CustomsRequest.record(
            by=person, account=world.quillard, number="X", form="CF28", entry_number="9XZ12345671", issued=today
        ),
    ):
        with pytest.raises(ValidationError, match="Only an account manager"):
            verb()


def test_a_delegate_reads_the_requests_by_the_kind_examinations(world: World) -> None:
    today = timezone.localdate()
    delegation = Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["entries"],
        power_of_attorney=today,
        expires=today.replace(year=today.year + 1),
    )
    with acting_for(world.billie):
        assert not CustomsRequest.objects.filter(number="RQ-OTHER").exists()
    delegation.kinds = ["examinations"]
    delegation.save()
    with acting_for(world.billie):
        assert CustomsRequest.objects.filter(number="RQ-OTHER").exists()


@pytest.mark.parametrize("name", EVERYONE)
def test_who_reads_a_request_reads_its_earlier_versions_and_of_nothing_else(world: World, name: str) -> None:
    for table in ("examinations_request", "examinations_examination"):
        SupersededRow.objects.create(
            load=world.load, account=world.quillard, filer=world.lindale, table=table, key="K", why="replaced", was={}
        )
    both, requests = {"jordan", "hq"}, {"robin", "lee", "billie"}
    expected = (
        {"examinations_request", "examinations_examination"}
        if name in both
        else {"examinations_request"}
        if name in requests
        else set()
    )
    with acting_for(world.people[name]):
        assert set(SupersededRow.objects.values_list("table", flat=True)) == expected
    visible = SupersededRow.objects.visible_to(world.people[name])  # type: ignore[attr-defined]
    assert set(visible.values_list("table", flat=True)) == expected
