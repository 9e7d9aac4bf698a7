"""A manager leaves: all of it goes, or nothing; who may; what is refused; what the page shows before it is done."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.handing_over import hand_over, spread
from accounts.models import Account, Assignment, Cover, Person
from accounts.models.person import close_sign_ins
from accounts.signals import left
from notifications.models import Message
from tests.compliance.measurement.lines import import_lines, plan_of, review
from tests.named_people import World, make_account, make_person
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def today() -> datetime.date:
    return timezone.localdate()


@pytest.fixture
def dana(world: World) -> Person:
    return make_person("Dana Third", Person.Role.MANAGER)


@pytest.fixture
def more(world: World) -> list[Account]:
    """Three more accounts of Jordan's: one until a day ahead, one only planned, one that ended."""
    made = [make_account(f"Importer {n}", "importer", f"96-40000{n}100", center_id="008") for n in range(3)]
    for account, starts, ends in zip(made, (-9, 5, -9), (30, None, -1), strict=True):
        Assignment.objects.create(
            account=account, manager=world.jordan, starts=today() + starts * DAY,
            ends=None if ends is None else today() + ends * DAY,
        )  # fmt: skip
    return made


def held(person: Person) -> list[tuple[str, int, int | None]]:
    """Accounts of a manager, with their days from today."""
    rows = Assignment.objects.filter(manager=person).select_related("account").order_by("account__name", "starts")
    return [
        (one.account.name, (one.starts - today()).days, (one.ends - today()).days if one.ends else None) for one in rows
    ]


def test_everything_goes_to_one_successor_on_the_day(world: World, dana: Person, more: list[Account]) -> None:
    for absent, by, starts, ends in (
        (world.morgan, world.jordan, -2, 8),
        (world.morgan, world.jordan, 20, 22),
        (world.jordan, world.morgan, 9, 12),
    ):
        Cover.objects.create(absent=absent, covered_by=by, starts=today() + starts * DAY, ends=today() + ends * DAY)
    done = hand_over(world.jordan, to=dana, by=world.hq, on=today() + 2 * DAY, today=today())
    assert (len(done.accounts), done.covers, done.absences) == (3, 2, 1)
    assert held(world.jordan) == [("Importer 0", -9, 2), ("Importer 2", -9, -1), ("Quillard Electric", -365, 2)]
    assert held(dana) == [("Importer 0", 2, 30), ("Importer 1", 5, None), ("Quillard Electric", 2, None)]
    covers = Cover.objects.order_by("starts").values_list("covered_by", "starts", "ends")
    assert list(covers) == [
        (world.jordan.pk, today() - 2 * DAY, today() + 2 * DAY),
        (dana.pk, today() + 2 * DAY, today() + 8 * DAY),
        (dana.pk, today() + 20 * DAY, today() + 22 * DAY),
    ]


def test_from_today_the_leaver_sees_nothing_more(world: World, dana: Person) -> None:
    page = f"/accounts/{world.quillard.pk}/examinations/"
    hand_over(world.jordan, to=dana, by=world.hq, on=today(), today=today())
    assert signed_in(world, "jordan").get(page).status_code == 404
    world.jordan = dana
    assert signed_in(world, "jordan").get(page).status_code == 200


def test_several_take_over_and_an_account_left_out_stops_all(world: World, dana: Person, more: list[Account]) -> None:
    to = {world.quillard.pk: dana, more[0].pk: world.morgan}
    with pytest.raises(ValidationError, match="1 account has no successor yet; nothing was handed over"):
        hand_over(world.jordan, to=to, by=world.hq, on=today(), today=today())
    assert Assignment.objects.filter(manager=dana).count() == 0
    hand_over(world.jordan, to=to | {more[1].pk: dana}, by=world.hq, on=today(), today=today())
    assert [name for name, *_ in held(dana)] == ["Importer 1", "Quillard Electric"]
    assert [name for name, *_ in held(world.morgan)] == ["Importer 0", "Stranger Goods"]


@pytest.mark.parametrize("name", ["jordan", "morgan", "robin", "expert"])
def test_nobody_but_headquarters_hands_over(world: World, dana: Person, name: str) -> None:
    with pytest.raises(PermissionDenied):
        hand_over(world.jordan, to=dana, by=world.people[name], on=today(), today=today())
    client, page = signed_in(world, name), f"/managers/{world.jordan.pk}/hand-over/"
    given = {"to": str(dana.pk), "on": "", f"account-{world.quillard.pk}": str(dana.pk)}
    assert client.post(page, given).status_code == 404
    assert held(dana) == []


def test_what_makes_no_sense_is_refused_in_a_sentence(world: World, dana: Person) -> None:
    for changes, sentence in (
        ({"on": today() - DAY}, "The day is past"),
        ({"on": today() + 93 * DAY}, "more than three months ahead"),
        ({"to": world.jordan}, "cannot take over from themselves"),
        ({"to": world.expert}, "Expert Nobody is not an account manager"),
        ({"to": {}}, "Choose who takes the accounts over"),
    ):
        given: dict[str, Any] = {"to": dana, "on": today()} | changes
        with pytest.raises(ValidationError, match=sentence):
            hand_over(world.jordan, by=world.hq, today=today(), **given)
    Cover.objects.create(absent=dana, covered_by=world.jordan, starts=today() + DAY, ends=today() + 3 * DAY)
    with pytest.raises(
        ValidationError, match=r"Jordan Ellery covers for Dana Third from .* and Dana Third is away then"
    ):
        hand_over(world.jordan, to=dana, by=world.hq, on=today(), today=today())
    assert held(dana) == []
    to = {world.quillard.pk: dana}
    done = hand_over(world.jordan, to=to | {world.stranger.pk: world.morgan}, by=world.hq, on=today(), today=today())
    assert (done.covers, Cover.objects.get().covered_by) == (1, world.morgan)  # the first of them who is there


def test_what_a_room_cannot_hand_over_stops_all(world: World, dana: Person) -> None:
    heard = []

    def refuse(sender: object, **told: Any) -> None:
        heard.append((told["person"], told["successors"], told["first"]))
        raise ValidationError("Something of theirs cannot go.")

    left.connect(refuse, sender=Person)
    try:
        with pytest.raises(ValidationError, match="cannot go"):
            hand_over(world.jordan, to=dana, by=world.hq, on=today(), today=today())
    finally:
        left.disconnect(refuse, sender=Person)
    assert heard == [(world.jordan, {world.quillard.pk: dana}, dana)]
    assert held(dana) == []


def test_a_hundred_accounts_take_no_more_statements_than_one(world: World, dana: Person) -> None:
    with CaptureQueriesContext(connection) as few:
        hand_over(world.jordan, to=dana, by=world.hq, on=today(), today=today())
    made = Account.objects.bulk_create(Account(name=f"A {n}", kind="importer", state="active") for n in range(99))
    Assignment.objects.bulk_create(Assignment(account=one, manager=dana, starts=today() - DAY) for one in made)
    with CaptureQueriesContext(connection) as many:
        hand_over(dana, to=world.jordan, by=world.hq, on=today() + DAY, today=today())
    assert len(held(world.jordan)) == 101
    assert len(many) <= len(few) + 2


def test_accounts_are_spread_by_center_then_by_caseload() -> None:
    ada, ben, cy = (Person(name=name, center_id=code) for name, code in (("Ada", "007"), ("Ben", "008"), ("Cy", "")))
    accounts = [
        Account(name=str(n), center_id=code) for n, code in enumerate(["007", "007", "003", "003", "003", None])
    ]
    found = spread(accounts, [ada, ben, cy], {ben.pk: 1, cy.pk: 2})
    assert [found[one.pk].name for one in accounts] == ["Ada", "Ada", "Ben", "Ada", "Ben", "Cy"]


def test_the_page_shows_what_will_move_and_moves_it_only_then(world: World, dana: Person, more: list[Account]) -> None:
    hq, page = signed_in(world, "hq"), f"/managers/{world.jordan.pk}/hand-over/"
    shown = hq.get(page, {"to": str(dana.pk)}).content.decode()
    assert "Nothing has moved yet" in shown
    assert f'name="account-{world.quillard.pk}"' in shown
    assert "0 now, 3 accounts then" in shown
    assert held(dana) == []
    both = hq.get(
        page, {"to": [str(dana.pk), str(world.morgan.pk)], "on": f"{today() + DAY:%m/%d/%Y}"}
    ).content.decode()
    assert f'aria-label="{world.quillard.name} goes to"' in both
    given = {f"account-{one.pk}": str(dana.pk) for one in (world.quillard, *more[:2])}
    answer = hq.post(page, given | {"to": [str(dana.pk), str(world.morgan.pk)], "on": f"{today() + DAY:%m/%d/%Y}"})
    assert answer.status_code == 302
    assert len(held(dana)) == 3
    assert (
        "nothing to hand over" in hq.get(page, {"to": str(dana.pk), "on": f"{today() + DAY:%m/%d/%Y}"}).content.decode()
    )


def test_a_stale_or_tampered_page_moves_nothing(world: World, dana: Person, more: list[Account]) -> None:
    hq, page = signed_in(world, "hq"), f"/managers/{world.jordan.pk}/hand-over/"
    only = {"to": str(dana.pk), f"account-{world.quillard.pk}": str(dana.pk)}
    assert "no successor yet" in hq.post(page, only).content.decode()
    for given in (
        {"to": str(world.robin.pk)}, {"to": "\0"}, {"to": str(world.jordan.pk)}, {"to": str(dana.pk), "on": "soon"},
        {"to": [str(dana.pk), str(world.morgan.pk)], "account-x": str(dana.pk)}, {},
    ):  # fmt: skip
        answer = hq.post(page, given)
        assert answer.status_code == 200
        assert "Nothing was handed over" in answer.content.decode()
    assert hq.get(f"/managers/{world.robin.pk}/hand-over/").status_code == 404
    assert held(dana) == []


def test_who_leaves_signs_in_no_more_from_the_day_on_and_is_given_nothing_that_reaches_beyond(
    world: World, dana: Person
) -> None:
    day = today() + 3 * DAY
    hand_over(world.jordan, to=dana, by=world.hq, on=day, today=today(), closing=True)
    world.jordan.refresh_from_db()
    assert (world.jordan.is_active, world.jordan.leaves_on) == (True, day)
    with pytest.raises(ValidationError, match="has left by then"):
        world.quillard.assign(world.jordan, by=world.hq, starts=day)
    with pytest.raises(ValidationError, match="leaves too, on"):
        hand_over(dana, to=world.jordan, by=world.hq, on=day, today=today())
    assert (close_sign_ins(day - DAY), close_sign_ins(day), close_sign_ins(day)) == (0, 1, 0)
    assert signed_in(world, "jordan").get("/").status_code == 302


def test_a_leave_of_today_closes_the_sign_in_at_once_and_nobody_elses(world: World, dana: Person) -> None:
    client = signed_in(world, "jordan")
    hand_over(world.jordan, to=dana, by=world.hq, on=today(), today=today(), closing=True)
    assert client.get("/").status_code == 302
    dana.refresh_from_db()
    assert dana.is_active


def test_each_account_hears_once_who_answers_for_it_from_then_on(world: World, dana: Person) -> None:
    day = today() + 2 * DAY
    Person.objects.filter(pk=dana.pk).update(telephone="956-555-0142")
    dana.refresh_from_db()
    hand_over(world.jordan, to=dana, by=world.hq, on=day, today=today())
    message = Message.objects.get(topic="new-manager")
    assert message.subject == "Your new account manager: Dana Third"
    assert "Quillard Electric" in message.text
    assert "956-555-0142" in message.text
    told = {one.person.name for one in message.deliveries.select_related("person")}
    assert told == {world.robin.name, world.people["lee"].name}


def test_reviews_that_the_leaver_owes_go_to_who_takes_what_belongs_to_no_account(world: World, dana: Person) -> None:
    import_lines(world, 30)
    plan = plan_of(world, lines=10, floor=2)
    plan.freeze(by=world.hq)
    plan.hand_to(world.jordan.name, by=world.hq, center=plan.drawn.first().center)
    mine = plan.drawn.filter(reviewer=world.jordan.name)
    owed = mine.count()
    assert owed
    review(world, mine.order_by("pk")[0], "NO_DISCREPANCY", day=today() + 5 * DAY)
    hand_over(world.jordan, to=dana, by=world.hq, on=today(), today=today())
    assert (plan.drawn.filter(reviewer=world.jordan.name).count(), plan.drawn.filter(reviewer=dana.name).count()) == (
        1,
        owed - 1,
    )


def test_the_page_closes_the_sign_in_where_that_is_ticked(world: World, dana: Person) -> None:
    hq, page = signed_in(world, "hq"), f"/managers/{world.jordan.pk}/hand-over/"
    day = f"{today() + DAY:%m/%d/%Y}"
    asked = {"to": str(dana.pk), "on": day, f"account-{world.quillard.pk}": str(dana.pk)}
    shown = hq.get(page, {"to": str(dana.pk), "on": day, "closing": "on"}).content.decode()
    assert 'type="hidden" name="closing" value="on"' in " ".join(shown.split())
    assert 'type="hidden" name="closing"' not in hq.get(page, {"to": str(dana.pk), "on": day}).content.decode()
    answer = hq.post(page, asked | {"closing": "on"}, follow=True).content.decode()
    assert "Each account is told. Jordan Ellery signs in no more from that day on." in answer.replace("&#x27;", "'")
    world.jordan.refresh_from_db()
    assert world.jordan.leaves_on == today() + DAY
