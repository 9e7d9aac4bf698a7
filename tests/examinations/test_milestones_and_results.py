"""What the portal says of one examination: where it stands, what comes, by when and by which rule."""

import datetime

import pytest
from django.db import connection

from examinations import figures
from examinations.clocks import days_held
from examinations.milestones import clock_of, steps_of
from examinations.models import Examination
from examinations.models.examination import Disposition, ExaminationType
from examinations.results import MARKS, result_of
from tests.named_people import World, make_examination

MONDAY = datetime.date(2026, 11, 16)


def examination(**fields: object) -> Examination:
    fields = {"type": "INT", "selected": MONDAY, "disposition": "PENDING", "number": "E1"} | fields
    return Examination(**fields)


def last_step(one: Examination, as_of: datetime.date) -> tuple[str, str, str, str]:
    step = steps_of(one, None, as_of)[-1]
    return step.when, step.title, step.note, step.state


def test_the_five_day_clock_is_not_shown_before_presentation() -> None:
    when, title, note, state = last_step(examination(), MONDAY)
    assert (when, title, state) == ("Next", "Presentation", "ahead")
    assert "Five business days" in note
    assert clock_of(examination(), MONDAY) is None


def test_presented_goods_are_released_or_detained_by_the_fifth_business_day() -> None:
    one = examination(presented=datetime.date(2026, 11, 23))
    _, title, note, state = last_step(one, datetime.date(2026, 12, 1))
    assert (title, note, state) == ("Release or detention", "19 CFR 151.16(b)", "ahead")
    strip = clock_of(one, datetime.date(2026, 11, 25))
    assert strip is not None
    states = {day.date.day: day.kind for day in strip.days}
    assert states == {
        23: "begun",
        24: "begun",
        25: "today",
        26: "off",
        27: "open",
        28: "off",
        29: "off",
        30: "open",
        1: "last",
    }
    assert "must release or detain by" in strip.label


def test_after_five_days_thirty_from_presentation_are_the_next_date() -> None:
    one = examination(presented=datetime.date(2026, 11, 23))
    assert clock_of(one, datetime.date(2026, 12, 2)) is None
    when, title, note, state = last_step(one, datetime.date(2026, 12, 2))
    assert (title, note, state) == ("Decision on admission", "19 CFR 151.16(e)", "ahead")
    assert "23" in when
    assert "Dec" in when


def test_goods_undecided_after_thirty_days_count_as_excluded() -> None:
    one = examination(presented=datetime.date(2026, 11, 23), disposition="DETAINED")
    _, title, note, _ = last_step(one, datetime.date(2026, 12, 24))
    assert "30 days" in title
    assert "protested" in note


def test_another_agencys_detention_follows_its_own_law() -> None:
    one = examination(type="PGA", presented=datetime.date(2026, 11, 23), disposition="DETAINED")
    _, _, note, _ = last_step(one, datetime.date(2026, 12, 24))
    assert note == "Its own law sets the clock"


def test_milestones_stand_in_the_order_of_their_days() -> None:
    one = examination(
        notified=MONDAY, presented=datetime.date(2026, 11, 18), examined=datetime.date(2026, 11, 19),
        released=datetime.date(2026, 11, 20), closed=datetime.date(2026, 11, 20), disposition="NO_DISCREPANCY",
    )  # fmt: skip
    titles = [step.title for step in steps_of(one, None, datetime.date(2026, 11, 24))]
    assert titles == [
        "Selected: intensive",
        "Notice of it was given",
        "Presented",
        "Examined",
        "Released",
        "Result: no discrepancy",
    ]


def test_a_review_of_papers_never_holds_goods() -> None:
    one = examination(type="ESR")
    assert not one.holds_goods
    assert [step.title for step in steps_of(one, None, MONDAY)] == [
        "Chosen for a review of its papers",
        "Result pending",
    ]
    assert result_of(one).word == "Under review"


@pytest.mark.parametrize("disposition", Disposition.values)
def test_every_result_has_a_mark_and_a_word(disposition: str) -> None:
    for released in (None, MONDAY):
        result = result_of(examination(disposition=disposition, released=released))
        assert result.mark in {"none", "letter", "major", "held", "waiting"}
        assert result.word
    assert set(MARKS) <= set(Disposition)


def test_held_and_detained_say_what_is_missing() -> None:
    assert (result_of(examination()).word, result_of(examination()).note) == ("Held, no entry yet", "not presented yet")
    presented = result_of(examination(presented=datetime.date(2026, 11, 23)))
    assert (presented.note, presented.by) == ("decide by", datetime.date(2026, 12, 1))
    assert result_of(examination(disposition="DETAINED")).note == "no decision yet"


@pytest.mark.django_db
def test_held_means_the_same_to_the_database_and_to_the_page(world: World) -> None:
    Examination.objects.all().delete()
    for number, kind in enumerate(ExaminationType.values):
        for place, disposition in enumerate(Disposition.values):
            for released in (None, MONDAY):
                make_examination(
                    world.entries["other"], f"H{number}-{place}-{bool(released)}", "TARGETED", type=kind,
                    disposition=disposition, released=released,
                )  # fmt: skip
    held = set(Examination.objects.filter(figures.HELD).values_list("pk", flat=True))
    assert held == {one.pk for one in Examination.objects.all() if one.holds_goods}
    assert held


@pytest.mark.django_db
def test_days_held_are_the_same_to_the_database_and_to_the_page(world: World) -> None:
    as_of = MONDAY + datetime.timedelta(days=10)
    for number, (back, ended) in enumerate([(0, None), (30, None), (30, 20), (20, 25), (-3, None)]):
        selected = as_of - datetime.timedelta(days=back)
        released = None if ended is None else as_of - datetime.timedelta(days=ended)
        make_examination(world.entries["other"], f"D{number}", "TARGETED", selected=selected, released=released)
    assert connection.vendor == "postgresql"
    for one in figures.with_days(Examination.objects.filter(number__startswith="D"), as_of):
        assert one.days == days_held(one.selected, one.released, as_of)
