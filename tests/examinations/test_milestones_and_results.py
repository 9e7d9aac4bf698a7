"""What the portal says of one examination: where it stands, what comes, by when and by which rule."""

import datetime

import pytest
from django.db import connection

from examinations import figures
from examinations.clocks import days_held
from examinations.holding import holding_of
from examinations.milestones import Step, clock_of, steps_of
from examinations.models import Detention, Entry, Examination
from examinations.models.examination import Disposition, ExaminationType
from examinations.results import MARKS, Result, result_of
from look.charts import ClockStrip
from tests.named_people import World, make_examination

MONDAY = datetime.date(2026, 11, 16)


def examination(**fields: object) -> Examination:
    fields = {"type": "INT", "selected": MONDAY, "disposition": "PENDING", "number": "E1"} | fields
    return Examination(**fields)


def steps(one: Examination, as_of: datetime.date, detention: Detention | None = None, **more: object) -> list[Step]:
    return steps_of(one, None, as_of, holding_of(one, detention, as_of), detention, **more)


def ahead(one: Examination, as_of: datetime.date, detention: Detention | None = None) -> list[tuple[str, str, str]]:
    return [(step.when, step.title, step.note) for step in steps(one, as_of, detention) if step.state == "ahead"]


def strip_of(one: Examination, as_of: datetime.date, detention: Detention | None = None) -> ClockStrip | None:
    return clock_of(one, holding_of(one, detention, as_of), detention, as_of)


PRESENTED = datetime.date(2026, 11, 23)


def test_the_five_day_clock_is_not_shown_before_presentation() -> None:
    ((when, title, note),) = ahead(examination(), MONDAY)
    assert (when, title) == ("Next", "Presentation")
    assert "Five business days" in note
    assert strip_of(examination(), MONDAY) is None


def test_presented_goods_are_released_or_detained_by_the_fifth_business_day() -> None:
    one = examination(presented=PRESENTED)
    first, final = ahead(one, datetime.date(2026, 12, 1))
    assert first == (
        "by Dec 1", "Release or detention", "Five business days from presentation, 19 CFR 151.16(b)",
    )  # fmt: skip
    assert final[:2] == ("by Dec 23", "Final decision")
    strip = strip_of(one, datetime.date(2026, 11, 25))
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


def test_after_five_days_thirty_from_presentation_and_the_notice_are_the_next_dates() -> None:
    one = examination(presented=PRESENTED)
    as_of = datetime.date(2026, 12, 2)
    notice, final = ahead(one, as_of)
    assert notice[:2] == ("by Dec 8", "Notice of detention")
    assert "19 CFR 151.16(c)" in notice[2]
    assert final[:2] == ("by Dec 23", "Final decision")
    assert "19 CFR 151.16(e)" in final[2]
    titles = [step.title for step in steps(one, as_of)]
    assert "No decision in five business days" in titles
    strip = strip_of(one, as_of)
    assert strip is not None
    assert len(strip.days) == 31  # presentation, and thirty calendar days: weekends and holidays count
    assert {day.kind for day in strip.days} == {"begun", "today", "open", "last"}
    assert strip.days[-1].date == datetime.date(2026, 12, 23)


def test_a_notice_that_was_due_and_is_not_recorded_is_said_to_be_missing() -> None:
    past = [
        step for step in steps(examination(presented=PRESENTED), datetime.date(2026, 12, 10)) if step.state == "done"
    ]
    (due,) = [step for step in past if step.title == "Notice of detention was due"]
    assert due.when == "Dec 8"
    told = Detention(kind="cbp", notice_date=datetime.date(2026, 12, 3))
    titles = [step.title for step in steps(examination(presented=PRESENTED), datetime.date(2026, 12, 10), told)]
    assert "Notice of detention was due" not in titles
    assert "Notice of detention" in titles


def test_goods_undecided_after_thirty_days_count_as_excluded_and_may_be_protested() -> None:
    one = examination(presented=PRESENTED, disposition="DETAINED")
    as_of = datetime.date(2026, 12, 24)
    (over,) = [step for step in steps(one, as_of) if step.title == "30 days from presentation were over"]
    assert over.when == "Dec 23"
    assert "excluded" in over.note
    ((when, title, note),) = ahead(one, as_of)
    assert (when, title) == ("by Jun 21, 2027", "Last day to protest")  # 180 days from December 23
    assert "19 CFR 174.12(e)" in note
    assert strip_of(one, as_of) is None


@pytest.mark.parametrize("fields", [{"type": "PGA"}, {"hold": "PGA"}, {"agency": "FDA"}])
@pytest.mark.parametrize("disposition", ["PENDING", "DETAINED"])
def test_what_another_agency_holds_has_no_date_of_cbps(fields: dict[str, str], disposition: str) -> None:
    one = examination(presented=PRESENTED, disposition=disposition, **fields)
    for as_of in (PRESENTED, datetime.date(2026, 12, 24)):
        ((when, _, note),) = ahead(one, as_of)
        assert (when, note) == ("Next", "Its own law sets the clock: no date is known here")
        assert strip_of(one, as_of) is None


@pytest.mark.parametrize(
    ("agency", "decided_by", "kind", "decider"),
    [
        ("FDA", "", "agency", "FDA"),
        ("FDA", "FDA Dallas", "agency", "FDA Dallas"),
        ("", "", "agency", "the other agency"),
        ("CBP", "", "agency", "the other agency"),
        ("FDA", "", "cbp", "CBP"),
        ("", "Machinery Center", "cbp", "Machinery Center"),
    ],
)
@pytest.mark.parametrize("outcome", ["", "excluded"])
def test_who_decides_is_named_before_and_after(
    agency: str, decided_by: str, kind: str, decider: str, outcome: str
) -> None:
    one = examination(presented=PRESENTED, disposition="DETAINED", agency=agency)
    on = PRESENTED if outcome else None
    told = Detention(kind=kind, decided_by=decided_by, outcome=outcome, outcome_date=on)
    holding = holding_of(one, told, PRESENTED)
    assert holding is not None
    assert holding.decider == decider


def test_a_withhold_release_order_has_three_months_from_importation_in_weeks() -> None:
    told = Detention(kind="wro", imported=datetime.date(2026, 11, 30))
    one = examination(presented=PRESENTED, disposition="DETAINED")
    as_of = datetime.date(2026, 12, 24)
    ((when, title, note),) = ahead(one, as_of, told)
    assert (when, title) == ("by Feb 28, 2027", "Proof that the goods may come in")
    assert "19 CFR 12.43" in note
    strip = strip_of(one, as_of, told)
    assert strip is not None
    assert strip.weeks
    assert [day.kind for day in strip.days].count("today") == 1
    assert strip.days[-1].date == datetime.date(2027, 2, 28)
    assert len(strip.days) == 13
    unknown = Detention(kind="wro")
    assert ahead(one, as_of, unknown)[0][0] == "Next"
    assert "not recorded" in ahead(one, as_of, unknown)[0][2]


def test_intellectual_property_has_no_date_and_says_that_none_is_invented() -> None:
    told = Detention(kind="ipr", decided_by="Machinery Center")
    ((when, title, note),) = ahead(examination(presented=PRESENTED), datetime.date(2026, 12, 2), told)
    assert (when, title) == ("Next", "Decision of Machinery Center")
    assert "our sources name no date" in note


def test_refused_goods_may_be_protested_and_seized_ones_have_no_clock_here() -> None:
    refused = examination(disposition="REFUSED", closed=MONDAY)
    assert ahead(refused, MONDAY)[0][:2] == ("by May 15, 2027", "Last day to protest, to be safe")
    assert not ahead(refused, datetime.date(2027, 5, 16))
    ((when, title, _),) = ahead(examination(disposition="SEIZED", closed=MONDAY), MONDAY)
    assert (when, title) == ("Next", "The case of seizure")


def test_released_goods_without_a_result_are_released_on_condition_for_thirty_days() -> None:
    one = examination(released=MONDAY)
    assert ahead(one, MONDAY)[0][:2] == ("by Dec 16", "End of the conditional release")
    assert not ahead(one, datetime.date(2026, 12, 17))
    assert not ahead(examination(released=MONDAY, disposition="NO_DISCREPANCY", closed=MONDAY), MONDAY)


def test_what_the_goods_wait_for_stands_where_they_are_now() -> None:
    one = examination(presented=PRESENTED, disposition="DETAINED")
    (now,) = [
        step for step in steps(one, datetime.date(2026, 12, 2), waits_for="“Packing list”") if step.state == "now"
    ]
    assert now.title == "Detained, waiting for “Packing list”"
    assert now.note == "Held for 16 days"


def test_an_entry_summary_is_due_until_it_is_filed() -> None:
    entry = Entry(number="9XZ12345671", entry_date=MONDAY)
    one = examination()
    due = [step for step in steps_of(one, entry, MONDAY, None) if step.state == "ahead"]
    assert [(step.when, step.title) for step in due] == [("by Dec 1", "Entry summary and duty")]
    assert "19 CFR 142.12(b)" in due[0].note
    assert not [step for step in steps_of(one, entry, datetime.date(2026, 12, 2), None) if step.state == "ahead"]
    entry.summary_date = datetime.date(2026, 11, 20)
    found = steps_of(one, entry, MONDAY + datetime.timedelta(days=9), None)
    assert [step.title for step in found if step.state != "done"] == ["Held for 9 days"]
    assert "Entry summary filed" in [step.title for step in found]


def test_milestones_stand_in_the_order_of_their_days() -> None:
    one = examination(
        notified=MONDAY, presented=datetime.date(2026, 11, 18), examined=datetime.date(2026, 11, 19),
        released=datetime.date(2026, 11, 20), closed=datetime.date(2026, 11, 20), disposition="NO_DISCREPANCY",
    )  # fmt: skip
    titles = [step.title for step in steps(one, datetime.date(2026, 11, 24))]
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
    assert [step.title for step in steps(one, MONDAY)] == [
        "Chosen for a review of its papers",
        "Result pending",
    ]
    assert result(one).word == "Under review"


@pytest.mark.parametrize("disposition", Disposition.values)
def test_every_result_has_a_mark_and_a_word(disposition: str) -> None:
    for released in (None, MONDAY):
        found = result(examination(disposition=disposition, released=released))
        assert found.mark in {"none", "letter", "major", "held", "waiting"}
        assert found.word
    assert set(MARKS) <= set(Disposition)


def result(one: Examination, as_of: datetime.date = MONDAY, detention: Detention | None = None) -> Result:
    return result_of(one, holding_of(one, detention, as_of))


LATE = datetime.date(2026, 12, 10)
SAID = [
    ({}, MONDAY, None, ("Held, no entry yet", "not presented yet", None)),
    ({"presented": PRESENTED}, PRESENTED, None, ("Held, no entry yet", "decide by", datetime.date(2026, 12, 1))),
    ({"presented": PRESENTED}, LATE, None, ("Counts as detained", "decide by", datetime.date(2026, 12, 23))),
    ({"presented": PRESENTED, "disposition": "DETAINED"}, PRESENTED, None, ("Detained", "decide by", datetime.date(2026, 12, 23))),
    ({"disposition": "DETAINED"}, LATE, None, ("Detained", "no date known", None)),
    ({"type": "PGA", "agency": "FDA", "presented": PRESENTED}, LATE, None, ("Held, no entry yet", "by FDA, no date known", None)),
    ({"type": "PGA", "disposition": "DETAINED"}, LATE, None, ("Detained", "by the other agency, no date known", None)),
    ({"presented": PRESENTED}, LATE, "ipr", ("Detained", "no date known", None)),
    ({"presented": PRESENTED}, datetime.date(2027, 1, 4), None, ("Detained", "counts as excluded since", datetime.date(2026, 12, 23))),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "as_of", "kind", "said"), SAID)
def test_a_list_says_where_held_goods_stand(
    fields: dict[str, object], as_of: datetime.date, kind: str | None, said: tuple[object, ...]
) -> None:
    found = result(examination(**fields), as_of, Detention(kind=kind) if kind else None)
    assert (found.word, found.note, found.by) == said


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
