"""Changes to accounts and people: by their verbs, with who did it in the history, kept straight by the database."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Assignment, Cover, Delegation, Identifier, IdentifierOwnership, Membership
from accounts.scope import acting_for
from accounts.signals import left
from examinations.models import Entry, EntryLine, EntryMonth, Examination
from tests.named_people import World, make_account

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DAY = datetime.timedelta(days=1)


def today() -> datetime.date:
    return timezone.localdate()


def history(table: str, key: object) -> list[tuple[str, str, str]]:
    """Label, actor and verb of a row's events, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pgh_label, pgh_context->>'by', pgh_context->>'verb' FROM accounts_{table}event"
            " WHERE pgh_obj_id::text = %s ORDER BY pgh_id",
            [str(key)],
        )
        return cursor.fetchall()


def test_activating_and_withdrawing_are_kept_with_their_actor(world: World) -> None:
    account = make_account("New Importer", "importer", "96-500000000", state=Account.State.PROSPECTIVE)
    account.activate(by=world.hq)
    account.withdraw(by=world.hq)
    account.activate(by=world.hq)
    verbs = [(by, verb) for _, by, verb in history("account", account.pk)][1:]
    assert verbs == [(str(world.hq.pk), verb) for verb in ("activate", "withdraw", "activate")]
    with pytest.raises(ValidationError, match="active already"):
        account.activate(by=world.hq)


def test_withdrawing_ends_the_assignment_and_keeps_the_rows(world: World) -> None:
    world.quillard.withdraw(by=world.hq)
    assert Assignment.objects.get(account=world.quillard).ends == today()
    assert Entry.objects.filter(account=world.quillard).count() == 2
    with pytest.raises(ValidationError, match="withdrawn already"):
        world.quillard.withdraw(by=world.hq)
    with pytest.raises(ValidationError, match="withdrawn"):
        world.quillard.assign(world.morgan, by=world.hq)
    with acting_for(world.jordan):
        assert not Entry.objects.exists()


def test_a_new_assignment_ends_the_one_before_it_and_says_who_made_it(world: World) -> None:
    made = world.quillard.assign(world.morgan, by=world.hq)
    before = Assignment.objects.get(manager=world.jordan)
    assert (before.ends, made.starts, made.ends) == (today(), today(), None)
    assert history("assignment", made.pk)[-1][1:] == (str(world.hq.pk), "assign")
    assert history("assignment", before.pk)[-1][1:] == (str(world.hq.pk), "assign")


def test_an_assignment_may_begin_later_and_the_one_of_today_stays_until_then(world: World) -> None:
    start = today() + 30 * DAY
    world.quillard.assign(world.morgan, by=world.hq, starts=start)
    assert Assignment.objects.get(account=world.quillard, manager=world.jordan).ends == start
    with acting_for(world.jordan):
        assert Entry.objects.exists()
    with acting_for(world.morgan):
        assert not Entry.objects.filter(account=world.quillard).exists()


def test_a_plan_falls_away_before_an_assignment_of_today(world: World) -> None:
    world.quillard.assign(world.morgan, by=world.hq, starts=today() + 30 * DAY)
    world.quillard.assign(world.morgan, by=world.hq)
    found = Assignment.objects.filter(account=world.quillard, manager=world.morgan)
    assert list(found.values_list("starts", "ends")) == [(today(), None)]


def test_a_hand_over_may_be_written_down_late_but_rewrites_no_one_elses_days(world: World) -> None:
    world.quillard.assign(world.morgan, by=world.hq, starts=today() - 10 * DAY)
    assert Assignment.objects.get(account=world.quillard, manager=world.jordan).ends == today() - 10 * DAY
    with pytest.raises(ValidationError, match="since that day"):
        world.quillard.assign(world.jordan, by=world.hq, starts=today() - 20 * DAY)
    assert Assignment.objects.filter(account=world.quillard).count() == 2


def test_an_assignment_may_carry_its_end(world: World) -> None:
    made = world.quillard.assign(world.morgan, by=world.hq, ends=today() + 5 * DAY)
    assert made.ends == today() + 5 * DAY
    with pytest.raises(ValidationError):
        world.quillard.assign(world.morgan, by=world.hq, ends=today())


@pytest.mark.parametrize("name", ["robin", "expert", "hq"])
def test_only_an_active_manager_is_assigned(world: World, name: str) -> None:
    with pytest.raises(ValidationError, match="is not an account manager"):
        world.quillard.assign(world.people[name], by=world.hq)
    world.morgan.is_active = False
    with pytest.raises(ValidationError, match="not an account manager"):
        world.quillard.assign(world.morgan, by=world.hq)


@pytest.mark.parametrize(
    ("starts", "ends"), [("today - 10", "NULL"), ("today + 1", "today + 2"), ("today - 500", "today"), ("today - 365", "today - 364")]
)  # fmt: skip
def test_the_database_itself_refuses_two_managers_at_a_time(world: World, starts: str, ends: str) -> None:
    sql = f"""INSERT INTO accounts_assignment (account_id, manager_id, starts, ends)
              SELECT %s, %s, {starts}, {ends} FROM (SELECT current_date AS today) t"""
    with (
        pytest.raises(IntegrityError, match="one_manager_at_a_time"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [world.quillard.pk, world.morgan.pk])


def test_the_day_one_ends_is_the_day_the_next_begins(world: World) -> None:
    Assignment.objects.filter(account=world.quillard).update(ends=today())
    Assignment.objects.create(account=world.quillard, manager=world.morgan, starts=today())
    assert [one.manager for one in Assignment.objects.on(today()).filter(account=world.quillard)] == [world.morgan]


def test_the_database_refuses_impossible_days_and_covers(world: World) -> None:
    for wrong in (
        lambda: Assignment.objects.create(account=world.lindale, manager=world.jordan, starts=today(), ends=today()),
        lambda: Cover.objects.create(absent=world.jordan, covered_by=world.jordan, starts=today(), ends=today() + DAY),
        lambda: Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today(), ends=today()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
    Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today(), ends=today() + 9 * DAY)
    with pytest.raises(IntegrityError, match="cover_one_at_a_time"), transaction.atomic():
        Cover.objects.create(
            absent=world.jordan, covered_by=world.morgan, starts=today() + 5 * DAY, ends=today() + 6 * DAY
        )


# ---- identifiers -----------------------------------------------------------------------------------------------


def test_headquarters_moves_an_identifier_and_everything_under_it_goes_along(world: World) -> None:
    """Under the web role, as a page would do it."""
    number = world.stranger.identifiers.get()
    Account.objects.filter(pk=world.stranger.pk).update(state=Account.State.PROSPECTIVE)
    with acting_for(world.hq):
        world.quillard.take_identifier(number, by=world.hq)
    for model in (Entry, EntryLine, Examination):
        assert not model.objects.filter(account=world.stranger).exists(), model
    assert not EntryMonth.objects.filter(account=world.stranger).exists()
    world.stranger.refresh_from_db()
    assert world.stranger.state == Account.State.WITHDRAWN
    owners = IdentifierOwnership.objects.filter(identifier=number).order_by("until")
    assert [(one.account, one.since, one.until) for one in owners] == [
        (world.stranger, None, today()),
        (world.quillard, today(), None),
    ]
    assert history("identifier", number.pk)[-1][1:] == (str(world.hq.pk), "take identifier")
    with acting_for(world.sam):
        assert not Entry.objects.exists()
    with acting_for(world.robin):
        assert Entry.objects.count() == 3


def test_an_identifier_has_one_owner_at_a_time_and_exists_once(world: World) -> None:
    number = world.quillard.identifiers.get()
    for wrong in (
        lambda: IdentifierOwnership.objects.create(identifier=number, account=world.stranger, since=today()),
        lambda: Identifier.objects.create(account=world.stranger, kind="importer", value="x", key=number.key),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


@pytest.mark.parametrize("name", ["robin", "billie", "jordan", "expert"])
def test_nobody_but_headquarters_moves_an_identifier(world: World, name: str) -> None:
    number = world.stranger.identifiers.get()
    for scope in (world.people[name], world.hq):  # the rule of the verb, and not of the rows that one sees
        with acting_for(scope), pytest.raises(PermissionDenied):
            world.quillard.take_identifier(number, by=world.people[name])
    number.refresh_from_db()
    assert number.account == world.stranger


def test_what_became_of_number_and_account_since_they_were_read_counts(world: World) -> None:
    number, read_before = world.stranger.identifiers.get(), world.stranger.identifiers.get()
    world.quillard.take_identifier(number, by=world.hq)
    with pytest.raises(ValidationError, match="belongs to Quillard Electric already"):
        world.quillard.take_identifier(read_before, by=world.hq)
    Account.objects.get(pk=world.stranger.pk).withdraw(by=world.hq)
    assert world.stranger.state == Account.State.ACTIVE  # as it was read
    with pytest.raises(ValidationError, match="Stranger Goods is withdrawn"):
        world.stranger.take_identifier(number, by=world.hq)
    assert Identifier.objects.get(pk=number.pk).account == world.quillard


# ---- history ---------------------------------------------------------------------------------------------------

EVENTS = ("account", "assignment", "cover", "delegation", "enrollment", "identifier", "membership", "person")


@pytest.mark.parametrize("table", EVENTS)
@pytest.mark.parametrize("statement", ["UPDATE accounts_{}event SET pgh_label = 'x'", "DELETE FROM accounts_{}event"])
def test_history_is_append_only_for_the_web_even_for_headquarters(world: World, table: str, statement: str) -> None:
    with acting_for(world.hq), pytest.raises(ProgrammingError, match="permission denied"):  # noqa: SIM117
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table))


def test_history_is_append_only_for_its_owner_too(world: World) -> None:
    """A trigger refuses what a grant cannot: the owner has every right."""
    with pytest.raises(Exception, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_accountevent")


# ---- delegations -----------------------------------------------------------------------------------------------


def delegation(world: World, **fields: object) -> Delegation:
    given = {"kinds": ["entries"], "power_of_attorney": today() - DAY, "expires": today() + DAY} | fields
    return Delegation.objects.create(importer=world.quillard, broker=world.lindale, **given)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kinds": ["entries", "secrets"]}, "delegation_kinds_known"),
        ({"expires": datetime.date(2000, 1, 1)}, "delegation_ends_after_it_begins"),
    ],
)
def test_the_database_refuses_a_delegation_of_nonsense(
    world: World, fields: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        delegation(world, **fields)


def test_a_delegation_is_in_force_on_its_days_both_included(world: World) -> None:
    one = delegation(world)
    days = [today() + n * DAY for n in (-2, -1, 0, 1, 2)]
    assert [one.state_on(day) for day in days] == ["to come", *3 * ["in force"], "expired"]


@pytest.mark.parametrize("name", ["lee", "sam", "billie", "jordan", "hq"])
def test_only_an_administrator_of_the_importer_opens_and_ends(world: World, name: str) -> None:
    one, by = delegation(world), world.people[name]
    with pytest.raises(PermissionDenied):
        one.revoke(by=by, at=timezone.now())
    days = {"power_of_attorney": today(), "expires": today() + DAY, "today": today()}
    with pytest.raises(PermissionDenied):
        Delegation.grant(world.quillard, broker=world.lindale, kinds=["cost"], by=by, **days)
    one.refresh_from_db()
    assert one.revoked_at is None


def test_revoking_ends_it_at_once_once_and_says_who(world: World) -> None:
    one = delegation(world)
    at = timezone.now()
    one.revoke(by=world.robin, at=at)
    one.revoke(by=world.robin, at=at + DAY)
    one.refresh_from_db()
    assert (one.revoked_by, one.revoked_at) == (world.robin, at)
    assert one.state_on(today()) == "revoked"
    assert [verb for _, _, verb in history("delegation", one.pk)].count("revoke") == 1


@pytest.mark.parametrize(("start", "end", "seen"), [(1, 5, False), (0, 5, True), (-5, 0, True), (-5, -1, False)])
def test_a_delegate_looks_on_the_days_of_the_delegation_only(world: World, start: int, end: int, seen: bool) -> None:
    delegation(world, power_of_attorney=today() + start * DAY, expires=today() + end * DAY)
    with acting_for(world.billie):
        assert Entry.objects.filter(number="M2P12345679").exists() is seen


# ---- access ends at the next request ---------------------------------------------------------------------------


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], backend=BACKEND)
    return client


def test_a_membership_that_ended_closes_the_account_at_the_next_request(world: World) -> None:
    client = signed_in(world, "robin")
    address = f"/accounts/{world.quillard.pk}/examinations/"
    assert client.get(address).status_code == 200
    heard: list[Membership] = []

    def listen(sender: object, membership: Membership, **kwargs: object) -> None:
        heard.append(membership)

    left.connect(listen)
    membership = Membership.objects.get(person=world.robin)
    membership.end(by=world.hq)
    membership.end(by=world.hq)
    left.disconnect(listen)
    assert heard == [membership]
    assert client.get(address).status_code == 404
    assert history("membership", membership.pk)[-1][1:] == (str(world.hq.pk), "end membership")
    Membership.objects.create(account=world.quillard, person=world.robin)
    assert client.get(address).status_code == 200


def test_a_person_whose_role_changed_loses_what_the_old_one_opened(world: World) -> None:
    client = signed_in(world, "hq")
    assert client.get("/admin/").status_code == 200
    world.hq.role = "expert"
    world.hq.save()
    assert client.get("/admin/").status_code == 404
    manager = signed_in(world, "jordan")
    address = f"/accounts/{world.quillard.pk}/examinations/"
    assert manager.get(address).status_code == 200
    world.jordan.role = "member"
    world.jordan.save()
    assert manager.get(address).status_code == 404


def test_a_person_who_was_deactivated_is_signed_out_at_the_next_request(world: World) -> None:
    client = signed_in(world, "robin")
    assert client.get("/examinations/").status_code == 200
    world.robin.is_active = False
    world.robin.save()
    response = client.get("/examinations/")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
