"""Headquarters' room: every page opens for headquarters and for nobody else, and changes go through the verbs."""

import datetime
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import running
from accounts.models import Account, Assignment, Center, Identifier, Membership, Person
from compliance.bonds.models import Bond, CoveredNumber
from compliance.risk.recompute import recompute
from look.paging import CappedPaginator
from notifications.models import Message
from tests.compliance.bonds.test_reviewing import make_bond
from tests.named_people import World, make_account, make_person
from tests.one_of_each import one_of_each

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NAMES = [model._meta.label for model in MODELS]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def hq(world: World) -> Client:
    return signed_in(world.hq)


@pytest.fixture
def full(world: World) -> World:
    one_of_each(world, timezone.localdate())
    return world


def address(model: Any, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def pages(model: Any) -> list[str]:
    row = model._default_manager.first()
    assert row is not None, f"no row of {model._meta.label} to open"
    found = [address(model, "changelist"), address(model, "changelist") + "?q=quill"]
    found += [address(model, page, row.pk) for page in ("change", "history")]
    return found


@pytest.mark.parametrize("part", range(4))
def test_every_page_opens_for_headquarters_and_answers_everybody_else_as_if_it_were_not(full: World, part: int) -> None:
    client = signed_in(full.hq)
    others = {name: signed_in(full.people[name]) for name in ("robin", "billie", "jordan", "expert")}
    hidden = {name: other.get("/no-such-page/").content for name, other in others.items()}
    wrong = []
    for model in MODELS[part::4]:
        add = client.get(address(model, "add"))
        allowed = 200 if admin.site._registry[model].has_add_permission(add.wsgi_request) else 403
        answers = {page: client.get(page).status_code for page in pages(model)}
        wrong += [("hq", page, status) for page, status in answers.items() if status != 200]
        wrong += [("hq", address(model, "add"), add.status_code)] if add.status_code != allowed else []
        for name, other in others.items():
            for page in (*answers, address(model, "add")):
                response = other.get(page)
                if (response.status_code, response.content) != (404, hidden[name]):
                    wrong.append((name, page, response.status_code))
    assert wrong == []


def test_the_room_holds_the_programs_tables_and_none_of_a_library() -> None:
    rooms = {"accounts", "documents", "examinations", "notices", "notifications", "trends"}
    rooms |= {"bonds", "measurement", "risk", "selection"}
    rooms |= {"plans"}
    rooms |= {"bonds", "measurement", "controls", "programs", "risk", "selection", "inquiries"}
    assert {model._meta.app_label for model in MODELS} == rooms


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_no_list_counts_a_whole_table(model: Any) -> None:
    assert admin.site._registry[model].show_full_result_count is False


def test_counting_stops_where_nobody_pages_on(full: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert CappedPaginator(Person.objects.all(), 50).count == 8
    assert f"LIMIT {CappedPaginator.CAP + 1}" in captured.captured_queries[0]["sql"]


def queries(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def at_a_center(name: str, role: str = "member") -> Person:
    person = make_person(name, role)
    person.center = Center.objects.first()
    person.save()
    return person


def test_lists_run_no_more_queries_with_more_rows(full: World) -> None:
    client = signed_in(full.hq)
    addresses = [address(model, "changelist") for model in MODELS]
    before = {page: queries(client, page) for page in addresses}
    for number in range(12):
        account = make_account(f"Importer {number:02}", "importer", f"96-5000{number:03}00")
        manager = at_a_center(f"M{number}anager", "manager")
        Assignment.objects.create(account=account, manager=manager, starts=timezone.localdate())
        Membership.objects.create(account=account, person=at_a_center(f"P{number}erson"))
    recompute(None, timezone.localdate())
    assert {page: queries(client, page) for page in addresses} == before


def test_the_page_of_a_bond_runs_no_more_queries_with_more_numbers(world: World) -> None:
    bond = make_bond(world, "B1", world.quillard)
    client, page = signed_in(world.hq), address(Bond, "change", bond.pk)
    before = queries(client, page)
    for number in range(6):
        account = make_account(f"Importer {number:02}", "importer", f"96-5000{number:03}00")
        CoveredNumber.objects.create(
            bond=bond,
            identifier=account.identifiers.get(kind="importer"),
            account=account,
            principal_account=world.quillard,
            role="USER",
        )
    assert queries(client, page) == before


def test_the_page_of_an_account_runs_no_more_queries_with_more_people_managers_and_numbers(world: World) -> None:
    client, page = signed_in(world.hq), address(Account, "change", world.quillard.pk)
    before = queries(client, page)
    today = timezone.localdate()
    for number in range(6):
        Membership.objects.create(account=world.quillard, person=at_a_center(f"P{number}erson"))
        began = today - datetime.timedelta(days=900 + 10 * number)
        Assignment.objects.create(
            account=world.quillard,
            manager=at_a_center(f"M{number}anager", "manager"),
            starts=began,
            ends=began + datetime.timedelta(days=5),
        )
        Identifier.objects.create(
            account=world.quillard, kind="importer", value=f"96-5000{number:03}00", key=f"965000{number:03}00"
        )
    text = client.get(page).content.decode()
    assert all(name in text for name in ("M5anager", "P5erson", "96-500000500"))
    assert queries(client, page) == before


def test_whose_membership_it_is_is_not_changed_on_the_page_of_an_account(world: World, hq: Client) -> None:
    page = address(Account, "change", world.quillard.pk)
    given = account_form(hq.get(page))
    of = dict(Membership.objects.filter(account=world.quillard).values_list("pk", "person"))
    given |= {name: world.sam.pk for name in given if name.startswith("memberships-") and name.endswith("-person")}
    assert hq.post(page, given).status_code == 302
    assert dict(Membership.objects.filter(account=world.quillard).values_list("pk", "person")) == of


@pytest.mark.parametrize(("model", "words", "found"), [(Account, "quillard", 1), (Account, "96-4471820", 1), (Person, "billie@", 1), (Assignment, "jordan", 1), (Account, "nothing", 0)])  # fmt: skip
def test_search_finds(hq: Client, model: Any, words: str, found: int) -> None:
    page = hq.get(address(model, "changelist"), {"q": words})
    assert len(page.context["cl"].result_list) == found


def test_actions_go_through_the_verbs_and_say_what_they_could_not_do(world: World, hq: Client) -> None:
    new = make_account("New Importer", "importer", "96-500000000", state=Account.State.PROSPECTIVE)
    chosen = [str(new.pk), str(world.quillard.pk)]
    page = address(Account, "changelist")
    text = hq.post(page, {"action": "activate", "_selected_action": chosen}, follow=True).content.decode()
    assert "1 account taken into the program." in text
    assert "Quillard Electric: This account is active already." in text
    hq.post(page, {"action": "withdraw", "_selected_action": chosen})
    assert set(Account.objects.filter(pk__in=chosen).values_list("state", flat=True)) == {"withdrawn"}
    assert Assignment.objects.get(account=world.quillard).ends == timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_context->>'by', pgh_context->>'verb' FROM accounts_accountevent WHERE pgh_obj_id = %s"
            " ORDER BY pgh_id DESC LIMIT 1",
            [world.quillard.pk],
        )
        assert cursor.fetchone() == (str(world.hq.pk), "withdraw")


def test_an_assignment_made_in_the_admin_ends_the_one_before(world: World, hq: Client) -> None:
    today = timezone.localdate()
    given = {"account": world.quillard.pk, "manager": world.morgan.pk, "starts": today.isoformat(), "ends": ""}
    assert hq.post(address(Assignment, "add"), given).status_code == 302
    assert list(
        Assignment.objects.filter(account=world.quillard).order_by("starts").values_list("manager__name", "ends")
    ) == [("Jordan Ellery", today), ("Morgan Other", None)]


def test_an_assignment_that_the_verb_refuses_is_an_error_on_the_form(world: World, hq: Client) -> None:
    today = timezone.localdate()
    given = {"account": world.quillard.pk, "manager": world.morgan.pk, "starts": today.isoformat(), "ends": ""}
    page = hq.post(address(Assignment, "add"), given | {"ends": today.isoformat()})
    assert "An assignment ends after it starts." in page.content.decode()
    world.morgan.is_active = False
    world.morgan.save()
    assert "not an account manager" in hq.post(address(Assignment, "add"), given).content.decode()
    past = (today - datetime.timedelta(days=800)).isoformat()
    given |= {"manager": world.jordan.pk, "starts": past}
    assert "since that day" in hq.post(address(Assignment, "add"), given).content.decode()
    assert Assignment.objects.filter(account=world.quillard).count() == 1


def account_form(page: Any) -> dict[str, Any]:
    """What a browser would send back of an account's page."""
    given: dict[str, Any] = dict(page.context["adminform"].form.initial.items())
    given = {name: given[name] or "" for name in ("name", "kind", "center")}
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        for name in ("TOTAL_FORMS", "INITIAL_FORMS"):
            given[f"{formset.prefix}-{name}"] = formset.management_form[name].value()
        for number, form in enumerate(formset.initial_forms):
            for name, field in form.fields.items():
                value = form.initial.get(name, field.initial)
                if value not in (None, False):
                    given[f"{formset.prefix}-{number}-{name}"] = value
            given[f"{formset.prefix}-{number}-id"] = form.instance.pk
            given[f"{formset.prefix}-{number}-account"] = form.instance.account_id
    return given


def test_on_the_page_of_an_account_a_new_manager_ends_the_old_and_a_row_taken_out_ends_a_membership(
    world: World, hq: Client
) -> None:
    page = address(Account, "change", world.quillard.pk)
    given = account_form(hq.get(page))
    lee = Membership.objects.get(person=world.lee)
    place = next(n for n in (0, 1) if given[f"memberships-{n}-id"] == lee.pk)
    start = int(given["assignments-INITIAL_FORMS"])
    given |= {
        f"memberships-{place}-DELETE": "on",
        "assignments-TOTAL_FORMS": start + 1,
        f"assignments-{start}-account": world.quillard.pk,
        f"assignments-{start}-manager": world.morgan.pk,
        f"assignments-{start}-starts": timezone.localdate().isoformat(),
    }
    response = hq.post(page, given)
    assert response.status_code == 302, response.context["errors"]
    lee.refresh_from_db()
    assert lee.ended_at is not None
    assert list(
        Assignment.objects.filter(account=world.quillard).order_by("starts").values_list("manager__name", "ends")
    ) == [("Jordan Ellery", timezone.localdate()), ("Morgan Other", None)]
    assert Membership.objects.get(person=world.robin).ended_at is None


def with_member(given: dict[str, Any], account: Account, person: Person) -> dict[str, Any]:
    """The form of an account with one more row of its members."""
    place = int(given["memberships-INITIAL_FORMS"])
    return given | {
        "memberships-TOTAL_FORMS": place + 1,
        f"memberships-{place}-account": account.pk,
        f"memberships-{place}-person": person.pk,
    }


def test_a_member_added_on_the_page_of_an_account_is_invited(world: World, hq: Client) -> None:
    page = address(Account, "change", world.quillard.pk)
    response = hq.post(page, with_member(account_form(hq.get(page)), world.quillard, world.sam))
    assert response.status_code == 302, response.context["errors"]
    made = Membership.objects.get(account=world.quillard, person=world.sam)
    assert Message.objects.filter(key=f"invitation:{made.pk}", deliveries__person=world.sam).count() == 1


@pytest.mark.parametrize(("name", "why"), [("expert", "works for the government"), ("robin", "belongs")])
def test_who_cannot_be_a_member_is_an_error_on_the_form(world: World, hq: Client, name: str, why: str) -> None:
    page = address(Account, "change", world.quillard.pk)
    response = hq.post(page, with_member(account_form(hq.get(page)), world.quillard, world.people[name]))
    assert response.status_code == 200
    assert any(why in str(error) for error in response.context["errors"])
    assert Membership.objects.filter(account=world.quillard, person=world.people[name]).count() == (name == "robin")


def test_who_answered_on_days_past_is_not_changed_and_a_plan_may_be_taken_back(world: World, hq: Client) -> None:
    past = Assignment.objects.get(account=world.quillard)
    assert hq.post(address(Assignment, "delete", past.pk), {"post": "yes"}).status_code == 403
    changed = {"account": world.stranger.pk, "manager": world.morgan.pk, "starts": "2020-01-01", "ends": ""}
    hq.post(address(Assignment, "change", past.pk), changed)
    assert Assignment.objects.filter(pk=past.pk).values("account", "manager", "starts") .get() == {
        "account": world.quillard.pk, "manager": world.jordan.pk, "starts": past.starts,
    }  # fmt: skip
    plan = world.quillard.assign(world.morgan, by=world.hq, starts=timezone.localdate() + datetime.timedelta(days=9))
    assert hq.post(address(Assignment, "delete", plan.pk), {"post": "yes"}).status_code == 302
    assert not Assignment.objects.filter(pk=plan.pk).exists()


def test_a_person_made_in_the_admin_has_an_address_in_lower_case_and_no_password(world: World, hq: Client) -> None:
    given = {"name": "Nova", "email": "Nova@People.Example", "role": "manager", "center": "", "is_active": "on"}
    assert hq.post(address(Person, "add"), given).status_code == 302
    nova = Person.objects.get(name="Nova")
    assert nova.email == "nova@people.example"
    assert not nova.has_usable_password()
    again = hq.post(address(Person, "add"), given | {"email": "NOVA@people.example"})
    assert "already exists" in again.content.decode()


@pytest.mark.parametrize("changed", [{"is_active": ""}, {"role": "headquarters"}, {"leaves_on": "2030-01-01"}])
def test_a_manager_with_accounts_goes_by_handing_over_alone(world: World, hq: Client, changed: dict[str, str]) -> None:
    jordan = world.jordan
    given = {"name": jordan.name, "email": jordan.email, "role": "manager", "center": "", "is_active": "on"}
    where = address(Person, "change", jordan.pk)
    assert "hand over first" in hq.post(where, given | changed).content.decode()
    assert hq.post(where, given | {"telephone": "555"}).status_code == 302
    running(jordan, timezone.localdate()).delete()
    assert hq.post(where, given | changed).status_code == 302


def test_accounts_and_people_are_never_deleted(world: World, hq: Client) -> None:
    for model, row in ((Account, world.quillard), (Person, world.robin)):
        assert hq.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert "delete_selected" not in hq.get(address(model, "changelist")).content.decode()
