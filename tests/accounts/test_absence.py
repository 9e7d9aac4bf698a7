"""Who is away and who answers meanwhile: who may arrange it, what is refused and in which words, what opens and closes."""

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Cover, Person
from accounts.scope import acting_for
from tests.named_people import World, make_person
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def today() -> datetime.date:
    return timezone.localdate()


def arrange(world: World, first: int = 0, last: int = 9, *, by: Person | None = None) -> Cover:
    """Morgan for Jordan, from so many days after today through so many."""
    return Cover.arrange(
        world.jordan, covered_by=world.morgan, starts=today() + first * DAY, last=today() + last * DAY,
        by=by or world.jordan, today=today(),
    )  # fmt: skip


def typed(world: World, first: int = 0, last: int = 9, **changes: str) -> dict[str, str]:
    days = {"starts": f"{today() + first * DAY:%m/%d/%Y}", "last": f"{today() + last * DAY:%m/%d/%Y}"}
    return {"covered_by": str(world.morgan.pk)} | days | changes


@pytest.fixture
def dana(world: World) -> Person:
    return make_person("Dana Third", Person.Role.MANAGER)


def test_a_manager_arranges_cover_changes_it_and_cancels_it(world: World) -> None:
    jordan, morgan = signed_in(world, "jordan"), signed_in(world, "morgan")
    its_page = f"/accounts/{world.quillard.pk}/examinations/"
    assert "no absence ahead" in jordan.get("/absence/").content.decode()
    assert morgan.get(its_page).status_code == 404
    assert jordan.post("/absence/", typed(world)).status_code == 302
    assert morgan.get(its_page).status_code == 200
    assert "you answer meanwhile" in morgan.get("/absence/").content.decode()
    assert "You are away until" in jordan.get("/absence/").content.decode()
    cover = Cover.objects.get()
    assert cover.last_day == today() + 9 * DAY
    page = f"/absence/{cover.pk}/"
    assert jordan.post(page, {"last": f"{today() + 3 * DAY:%m/%d/%Y}"}).status_code == 302
    assert Cover.objects.get().last_day == today() + 3 * DAY
    assert jordan.post(page, {"cancel": "1"}).status_code == 302
    assert not Cover.objects.exists()
    assert morgan.get(its_page).status_code == 404


def test_headquarters_arranges_it_for_a_manager(world: World) -> None:
    hq = signed_in(world, "hq")
    assert hq.post("/absence/", typed(world)).status_code == 200  # who is away is not said
    assert hq.post("/absence/", typed(world, absent=str(world.jordan.pk))).status_code == 302
    page = hq.get("/absence/").content.decode()
    assert "<b>One manager</b> is away today" in page
    assert hq.post(f"/absence/{Cover.objects.get().pk}/", {"cancel": "1"}).status_code == 302
    assert "<b>No manager</b> is away today" in hq.get("/absence/").content.decode()


def test_a_manager_cannot_send_a_colleague_away(world: World) -> None:
    signed_in(world, "morgan").post("/absence/", typed(world, absent=str(world.jordan.pk)))
    assert not Cover.objects.filter(absent=world.jordan).exists()
    cover = arrange(world)
    for name in ("morgan", "robin", "expert"):
        assert signed_in(world, name).get(f"/absence/{cover.pk}/").status_code == 404
        assert signed_in(world, name).post(f"/absence/{cover.pk}/", {"cancel": "1"}).status_code == 404
        with pytest.raises(PermissionDenied):
            cover.cancel(by=world.people[name], today=today())
        with pytest.raises(PermissionDenied):
            arrange(world, 20, 30, by=world.people[name])
    assert Cover.objects.count() == 1


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda w: Cover.arrange(w.jordan, covered_by=w.jordan, starts=today(), last=today(), by=w.hq, today=today()),
         "Nobody covers for themselves"),
        (lambda w: Cover.arrange(w.jordan, covered_by=w.expert, starts=today(), last=today(), by=w.hq, today=today()),
         "Expert Nobody is not an account manager"),
        (lambda w: Cover.arrange(w.robin, covered_by=w.morgan, starts=today(), last=today(), by=w.hq, today=today()),
         "Robin Castell is not an account manager"),
        (lambda w: arrange(w, -1, 3), "The first day is past"),
        (lambda w: arrange(w, 5, 4), "The last day lies before the first"),
        (lambda w: arrange(w, 0, 366), "a year at most"),
        (lambda w: (arrange(w, 0, 5), arrange(w, 5, 8)), "Morgan Other covers from .* already"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence(
    world: World, make: Callable[[World], object], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        make(world)


def test_days_that_touch_are_no_overlap(world: World) -> None:
    arrange(world, 0, 4)
    arrange(world, 5, 5)
    assert [one.in_words.split()[0] for one in Cover.objects.order_by("starts")] == ["from", "on"]


def test_nobody_covers_who_is_away_then(world: World, dana: Person) -> None:
    arrange(world, 3, 6)
    with pytest.raises(ValidationError, match=r"Jordan Ellery is away from .*: choose another colleague"):
        Cover.arrange(dana, covered_by=world.jordan, starts=today(), last=today() + 3 * DAY, by=world.hq, today=today())
    Cover.arrange(dana, covered_by=world.jordan, starts=today(), last=today() + 2 * DAY, by=world.hq, today=today())
    with pytest.raises(ValidationError, match="Jordan Ellery covers for Dana Third from"):
        Cover.arrange(
            world.jordan, covered_by=world.morgan, starts=today(), last=today(), by=world.jordan, today=today()
        )


def test_a_longer_absence_is_held_against_the_others_too(world: World, dana: Person) -> None:
    cover = arrange(world, 0, 4)
    Cover.arrange(
        world.morgan, covered_by=dana, starts=today() + 7 * DAY, last=today() + 8 * DAY, by=world.morgan, today=today()
    )
    cover.change_end(today() + 6 * DAY, by=world.jordan, today=today())
    answer = signed_in(world, "jordan").post(f"/absence/{cover.pk}/", {"last": f"{today() + 7 * DAY:%m/%d/%Y}"})
    assert "Morgan Other is away from" in answer.content.decode()
    assert Cover.objects.get(pk=cover.pk).last_day == today() + 6 * DAY


def test_what_is_past_stays_as_it_was(world: World) -> None:
    begun = Cover.objects.create(
        absent=world.jordan, covered_by=world.morgan, starts=today() - 5 * DAY, ends=today() + DAY
    )
    with pytest.raises(ValidationError, match="to end it at once, cancel it"):
        begun.change_end(today() - DAY, by=world.jordan, today=today())
    begun.cancel(by=world.jordan, today=today())
    assert (begun.starts, begun.ends) == (today() - 5 * DAY, today())
    for change in (
        lambda: begun.cancel(by=world.hq, today=today()),
        lambda: begun.change_end(today() + DAY, by=world.hq, today=today()),
    ):
        with pytest.raises(ValidationError, match="is over"):
            change()
    assert signed_in(world, "jordan").get(f"/absence/{begun.pk}/").status_code == 404
    assert "Over" in signed_in(world, "jordan").get("/absence/").content.decode()


@pytest.mark.parametrize(
    "changes", [{"starts": "soon"}, {"last": "13/45/2026"}, {"last": "9999-12-31"}, {"covered_by": "nobody"},
                {"covered_by": ""}, {"starts": "\0"}],
)  # fmt: skip
def test_nonsense_enters_nothing(world: World, changes: dict[str, str]) -> None:
    answer = signed_in(world, "jordan").post("/absence/", typed(world) | changes)
    assert answer.status_code == 200
    assert "Nothing was entered" in answer.content.decode()
    assert not Cover.objects.exists()


def test_row_security_lets_a_manager_write_own_absences_only(world: World) -> None:
    theirs = arrange(world, 0, 9)
    over = Cover.objects.create(
        absent=world.morgan, covered_by=world.jordan, starts=today() - 9 * DAY, ends=today() - DAY
    )
    with acting_for(world.morgan):
        assert Cover.objects.filter(pk=theirs.pk).update(ends=today() + DAY) == 0
        assert Cover.objects.filter(pk=over.pk).update(ends=today() + DAY) == 0
        assert Cover.objects.filter(pk__in=[theirs.pk, over.pk])._raw_delete("default") == 0  # type: ignore[attr-defined]
    for person in (world.morgan, world.robin):
        with pytest.raises(DatabaseError), transaction.atomic(), acting_for(person):
            Cover.objects.create(
                absent=world.jordan, covered_by=person, starts=today() + 20 * DAY, ends=today() + 21 * DAY
            )
    with acting_for(world.jordan):
        assert Cover.objects.filter(pk=theirs.pk).update(ends=today() + DAY) == 1


def test_the_history_says_who_and_which_verb(world: World) -> None:
    cover = arrange(world, 1, 9)
    key = cover.pk
    cover.change_end(today() + 3 * DAY, by=world.hq, today=today())
    cover.cancel(by=world.jordan, today=today())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_context->>'verb', pgh_context->>'by' FROM accounts_coverevent WHERE pgh_obj_id = %s ORDER BY pgh_id",
            [key],
        )
        assert cursor.fetchall() == [
            ("cover", str(world.jordan.pk)), ("change cover", str(world.hq.pk)), ("cancel cover", str(world.jordan.pk)),
        ]  # fmt: skip
