"""Who answered for an account on any day, and when who answers today can be called: for staff, and for the account."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.answering import answering_for, history_of, stretches
from accounts.hours import clock, hours_in_words
from accounts.models import Assignment, Cover, Person
from tests.named_people import World, make_person
from tests.portal.test_every_address import signed_in

DAY = datetime.timedelta(days=1)
JUNE, JULY = datetime.date(2026, 6, 1), datetime.date(2026, 7, 1)
NINE, FIVE = datetime.time(9), datetime.time(17)


def cut(ends: datetime.date | None, covers: list[tuple[datetime.date, datetime.date]]) -> list[tuple[str, str, str]]:
    """The stretches of an assignment from June 1, 2026: first day, end, and who answered."""
    ada, ben, cy = (Person(name=name) for name in ("Ada", "Ben", "Cy"))
    away = [Cover(absent=ada, covered_by=ben, starts=first, ends=end) for first, end in covers]
    away.append(Cover(absent=cy, covered_by=ben, starts=JUNE, ends=JULY))
    found = stretches([Assignment(manager=ada, starts=JUNE, ends=ends)], away)
    return [(f"{one.starts:%m%d}", f"{one.ends:%m%d}" if one.ends else "", str(one.covered_by or one.manager))
            for one in reversed(found)]  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "covers", "expected"),
    [
        (None, [], [("0601", "", "Ada")]),
        (JULY, [], [("0601", "0701", "Ada")]),
        (None, [(JUNE, JUNE + DAY)], [("0601", "0602", "Ben"), ("0602", "", "Ada")]),
        (JULY, [(JUNE - 9 * DAY, JULY + 9 * DAY)], [("0601", "0701", "Ben")]),
        (JULY, [(JUNE - 9 * DAY, JUNE), (JULY, JULY + DAY)], [("0601", "0701", "Ada")]),
        (
            JULY,
            [(JUNE + 10 * DAY, JUNE + 12 * DAY), (JUNE + 3 * DAY, JUNE + 4 * DAY)],
            [("0601", "0604", "Ada"), ("0604", "0605", "Ben"), ("0605", "0611", "Ada"), ("0611", "0613", "Ben"),
             ("0613", "0701", "Ada")],
        ),
    ],
)  # fmt: skip
def test_assignments_are_cut_at_covers(
    ends: datetime.date | None,
    covers: list[tuple[datetime.date, datetime.date]],
    expected: list[tuple[str, str, str]],
) -> None:
    assert cut(ends, covers) == expected


def test_hours_in_words() -> None:
    assert [clock(datetime.time(hour, minute)) for hour, minute in ((0, 0), (8, 30), (12, 0), (12, 5), (17, 0))] == [
        "midnight", "8:30 a.m.", "noon", "12:05 p.m.", "5 p.m.",
    ]  # fmt: skip
    assert hours_in_words(NINE, FIVE, "America/Chicago") == "weekdays 9 a.m. to 5 p.m., Central time"
    assert hours_in_words(NINE, FIVE, "") == "weekdays 9 a.m. to 5 p.m."
    assert hours_in_words(None, None, "America/Chicago") == ""


@pytest.mark.django_db
def test_who_answered_on_a_day_past_today_and_ahead(world: World) -> None:
    today = timezone.localdate()
    dana = make_person("Dana Third", Person.Role.MANAGER)
    Cover.objects.create(absent=world.jordan, covered_by=dana, starts=today - 40 * DAY, ends=today - 30 * DAY)
    Assignment.objects.filter(account=world.quillard).update(ends=today)
    Assignment.objects.create(account=world.quillard, manager=world.morgan, starts=today)
    page = f"/accounts/{world.quillard.pk}/managers/"

    def asked(day: datetime.date) -> str:
        content = signed_in(world, "hq").get(f"{page}?on={day:%m/%d/%Y}").content.decode()
        return " ".join(content.split('class="lead">')[1].split("</p>")[0].split())

    assert "<b>Jordan Ellery</b> answered." in asked(today - DAY)
    assert "<b>Dana Third</b> answered for Jordan Ellery, who was away." in asked(today - 35 * DAY)
    assert "<b>Jordan Ellery</b> answered." in asked(today - 30 * DAY)
    assert "<b>Morgan Other</b> answers." in asked(today)
    assert "<b>Morgan Other</b> is to answer." in asked(today + 300 * DAY)
    assert "<b>nobody</b> was assigned." in asked(today - 3000 * DAY)
    assert [str(one.covered_by or one.manager) for one in history_of(world.quillard)] == [
        "Morgan Other", "Jordan Ellery", "Dana Third", "Jordan Ellery",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["yesterday", "02/30/2026", "\0", "", "9" * 4000])
def test_a_nonsense_day_is_refused_in_a_sentence(world: World, day: str) -> None:
    answer = signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/managers/", {"on": day})
    assert answer.status_code == 200
    assert "Write the day as MM/DD/YYYY" in answer.content.decode() or not day
    assert "<b>Jordan Ellery</b> answers today" in " ".join(answer.content.decode().split())


@pytest.mark.django_db
def test_the_account_reads_whom_to_call_and_who_covers(world: World) -> None:
    today = timezone.localdate()
    world.jordan.say_when_reached(
        telephone="956-555-0142", opens=NINE, closes=FIVE, time_zone="America/Chicago", by=world.jordan
    )
    page = signed_in(world, "robin").get("/").content.decode()
    assert "956-555-0142" in page
    assert "Weekdays 9 a.m. to 5 p.m., Central time" in page
    assert "956-555-0142" not in signed_in(world, "sam").get("/").content.decode()
    world.morgan.say_when_reached(telephone="956-555-0199", opens=None, closes=None, time_zone="", by=world.hq)
    Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today, ends=today + 3 * DAY)
    for name, address in (("robin", "/"), ("hq", f"/accounts/{world.quillard.pk}/")):
        page = " ".join(signed_in(world, name).get(address).content.decode().split())
        last = today + 2 * DAY
        assert f"Jordan Ellery is away until {last:%B} {last.day}, {last.year}; <b>Morgan Other</b> answers" in page
        assert "956-555-0199" in page
        assert "956-555-0142" not in page
    answering = answering_for(world.quillard, today)
    assert answering is not None
    assert (answering.manager, answering.person) == (world.jordan, world.morgan)
    assert answering_for(world.lindale, today) is None


@pytest.mark.django_db
def test_a_manager_enters_own_telephone_and_hours(world: World) -> None:
    jordan = signed_in(world, "jordan")
    given = {"telephone": "+1 956-555-0142 x 7", "opens": "8:30", "closes": "17:00", "time_zone": "America/Chicago"}
    assert jordan.post("/absence/hours/", given).status_code == 302
    assert "weekdays 8:30 a.m. to 5 p.m., Central time" in jordan.get("/absence/hours/").content.decode()
    for change, sentence in (
        ({"telephone": "call me"}, "Write a telephone number"),
        ({"telephone": "javascript:alert(1)"}, "Write a telephone number"),
        ({"opens": ""}, "Say both, or neither"),
        ({"opens": "18:00"}, "The last hour lies before the first"),
        ({"closes": "late"}, "Write the time as"),
        ({"time_zone": "Mars/Base"}, "Choose from the list"),
    ):
        assert sentence in jordan.post("/absence/hours/", given | change).content.decode()
    assert Person.objects.get(pk=world.jordan.pk).telephone == "+1 956-555-0142 x 7"
    with pytest.raises(PermissionDenied):
        world.jordan.say_when_reached(telephone="", opens=None, closes=None, time_zone="", by=world.morgan)
    with pytest.raises(ValidationError):
        world.jordan.say_when_reached(telephone="=1+1", opens=None, closes=None, time_zone="", by=world.hq)
