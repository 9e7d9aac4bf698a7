"""Last days to protest and ends of conditional releases: counted from what is known, and never promised too late."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from examinations import figures
from examinations.deadlines import Deadline, Kind, agency_of_release, deadlines_of, earliest_refusal
from examinations.holding import holding_of
from examinations.milestones import steps_of
from examinations.models import Detention, EntryLine, Examination
from examinations.textiles import with_textiles
from tests.examinations.loading.files import days_ago, entry_row, examination_row, load
from tests.named_people import World
from tests.portal.test_every_address import signed_in

DAY = datetime.timedelta(days=1)
MONDAY = datetime.date(2026, 11, 16)
PRESENTED = datetime.date(2026, 11, 23)
OVER = datetime.date(2026, 12, 23)  # 30 days from presentation


def examination(**fields: Any) -> Examination:
    return Examination(**{"type": "INT", "selected": MONDAY, "disposition": "PENDING", "number": "E1"} | fields)


def decided(outcome: str, on: datetime.date, kind: str = "cbp") -> Detention:
    return Detention(kind=kind, outcome=outcome, outcome_date=on)


def found(one: Examination, as_of: datetime.date, detention: Detention | None = None, **more: Any) -> list[Deadline]:
    return list(deadlines_of(one, holding_of(one, detention, as_of), detention, **more))


def ahead(one: Examination, as_of: datetime.date, detention: Detention | None = None) -> list[tuple[str, str]]:
    steps = steps_of(one, None, as_of, holding_of(one, detention, as_of), detention)
    return [(step.when, step.title) for step in steps if step.state == "ahead"]


# ---- protests ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cbp", "uflpa", "wro", "ipr", "agency"])
@pytest.mark.parametrize("disposition", ["PENDING", "DETAINED", "REFUSED"])
def test_an_exclusion_that_staff_recorded_may_be_protested_before_and_after_the_file_shows_it(
    kind: str, disposition: str
) -> None:
    on = datetime.date(2026, 12, 10)
    one = examination(presented=PRESENTED, disposition=disposition, examined=datetime.date(2026, 12, 1))
    (protest,) = [one for one in found(one, on, decided("excluded", on, kind)) if one.kind == Kind.PROTEST]
    assert (protest.day, protest.title) == (datetime.date(2027, 6, 8), "Last day to protest")
    assert protest.of_account


@pytest.mark.parametrize("disposition", ["DETAINED", "REFUSED"])
def test_a_decision_after_the_thirty_days_takes_no_day_of_protest_back(disposition: str) -> None:
    """They counted as excluded from the thirtieth day: what was the last day to protest yesterday is it today too."""
    one = examination(presented=PRESENTED, disposition=disposition)
    silent = holding_of(examination(presented=PRESENTED, disposition="DETAINED"), None, OVER + DAY)
    (late,) = found(one, OVER + 20 * DAY, decided("excluded", OVER + 15 * DAY))
    assert silent is not None
    assert late.day == silent.protest_by == datetime.date(2027, 6, 21)
    (of_order,) = found(one, OVER + 20 * DAY, decided("excluded", OVER + 15 * DAY, "wro"))
    assert of_order.day == OVER + 195 * DAY  # a withhold release order knows no thirty days


@pytest.mark.parametrize("outcome", ["released", "seized"])
def test_other_decisions_leave_nothing_to_protest(outcome: str) -> None:
    assert not found(examination(presented=PRESENTED), PRESENTED, decided(outcome, PRESENTED))


def test_a_refusal_of_unknown_day_is_counted_from_the_earliest_on_which_it_can_have_been() -> None:
    examined = datetime.date(2026, 12, 1)
    (one,) = found(
        examination(presented=PRESENTED, examined=examined, disposition="REFUSED", closed=examined), examined
    )
    assert (one.day, one.title) == (datetime.date(2027, 5, 30), "Last day to protest, to be safe")
    assert "December 1, 2026, the earliest day that counts" in one.note
    late = datetime.date(2027, 2, 1)
    (one,) = found(examination(presented=PRESENTED, examined=late, disposition="REFUSED", closed=late), late)
    assert one.day == datetime.date(2027, 6, 21)  # excluded by silence before it was refused
    (one,) = found(
        examination(presented=PRESENTED, examined=late, disposition="REFUSED", closed=late, agency="FDA"), late
    )
    assert one.day == late + 180 * DAY


def test_after_the_safe_day_a_refusal_may_still_be_protested_unless_a_file_told_it_long_ago() -> None:
    examined = datetime.date(2026, 12, 1)
    as_of = datetime.date(2027, 5, 31)
    one = examination(examined=examined, disposition="REFUSED", closed=examined)
    assert ahead(one, as_of) == [("Next", "Last day to protest")]
    told = examination(disposition="REFUSED", closed=datetime.date(2026, 12, 10))
    assert ahead(told, datetime.date(2027, 6, 8)) == [("Next", "Last day to protest")]
    assert ahead(told, datetime.date(2027, 6, 9)) == []


@pytest.mark.django_db
def test_no_file_moves_the_last_day_to_protest_beyond_the_earliest_refusal(world: World, tmp_path: Path) -> None:
    """The day on which a file happened to be loaded is no day of refusal."""
    load("entries", tmp_path, [entry_row()])
    refused = {"Released Date": "", "Disposition Code": "REFUSED", "Selected Date": days_ago(170)}
    rows = [examination_row("X1", **refused), examination_row("X2", **refused, **{"Examined Date": days_ago(150)})]
    load("examinations", tmp_path, rows)
    today = timezone.localdate()
    client = signed_in(world, "robin")
    for number, since in (("X1", 170), ("X2", 150)):
        one = Examination.objects.get(number=number)
        (safe,) = found(one, today)
        assert safe.day == today + (180 - since) * DAY
        page = client.get(f"/examinations/{one.pk}/").content.decode()
        assert "Last day to protest, to be safe" in page
        assert "the data do not name the day of refusal" in page
        Detention.objects.create(
            examination=one, kind="cbp", recorded_by=world.jordan, outcome="excluded", outcome_date=today - 9 * DAY
        )
        one = Examination.objects.select_related("detention").get(pk=one.pk)
        (known,) = found(one, today, one.detention)
        assert (known.day, known.title) == (today + 171 * DAY, "Last day to protest")


@pytest.mark.django_db
def test_the_pages_of_an_exclusion_that_is_recorded_say_until_when_to_protest(world: World) -> None:
    one, today = world.examinations["held"], timezone.localdate()
    Examination.objects.filter(pk=one.pk).update(presented=today - 9 * DAY)
    detention = Detention.objects.record(one, by=world.jordan, kind="cbp")
    detention.decide("excluded", today - 2 * DAY, by=world.jordan)
    last = today + 178 * DAY
    said = f"{last:%B} {last.day}, {last.year}"
    client = signed_in(world, "robin")
    for address in (f"/examinations/{one.pk}/", f"/examinations/{one.pk}/detention/"):
        page = client.get(address).content.decode()
        assert f"may be protested for 180 days: until <b>{said}</b>" in page
        assert "No clock runs any more" not in page
        assert "Last day to protest" in page


# ---- conditional releases ------------------------------------------------------------------------------------


def test_textiles_are_bound_for_their_origin_and_the_note_says_so_where_the_goods_are_not_known() -> None:
    one = examination(released=MONDAY)
    kinds = {known: [(each.kind, each.day) for each in found(one, MONDAY, textiles=known)] for known in (True, False)}
    general = (Kind.CONDITIONAL, datetime.date(2026, 12, 16))
    assert kinds == {True: [general, (Kind.ORIGIN, datetime.date(2027, 5, 15))], False: [general]}
    (unknown,) = found(one, MONDAY)
    assert "textiles over their origin for 180 days" in unknown.note


def test_fda_may_end_it_earlier_and_of_another_agency_no_day_is_known() -> None:
    (of_fda,) = found(examination(released=MONDAY, agency="FDA"), MONDAY, textiles=True)
    assert of_fda.day == datetime.date(2026, 12, 16)
    assert "Or earlier" in of_fda.note
    other = examination(released=MONDAY, agency="CPSC")
    assert not found(other, MONDAY)
    assert ahead(other, MONDAY) == [("Next", "End of the conditional release")]
    of_detention = Detention(kind="agency", decided_by="FDA", outcome="conditional", outcome_date=MONDAY)
    (recorded,) = found(examination(type="PGA"), MONDAY, of_detention)
    assert "Or earlier" in recorded.note


def test_a_conditional_release_that_staff_recorded_ends_too() -> None:
    (one,) = found(examination(presented=PRESENTED), PRESENTED, decided("conditional", PRESENTED))
    assert (one.kind, one.day) == (Kind.CONDITIONAL, datetime.date(2026, 12, 23))
    later = examination(presented=PRESENTED, released=PRESENTED + DAY)
    (one,) = found(later, PRESENTED, decided("conditional", PRESENTED))
    assert one.day == datetime.date(2026, 12, 24)  # the file's own day of release
    known = examination(released=PRESENTED, disposition="NO_DISCREPANCY", closed=PRESENTED)
    assert not found(known, PRESENTED, decided("conditional", PRESENTED))
    assert not found(examination(released=PRESENTED), PRESENTED, decided("released", PRESENTED))


@pytest.mark.django_db
def test_textiles_are_found_by_the_line_that_was_examined_or_any_of_the_entry(world: World) -> None:
    today = timezone.localdate()
    one, entry = world.examinations["held"], world.entries["broker"]
    first = EntryLine.objects.get(entry=entry)
    fields = {field.attname: getattr(first, field.attname) for field in EntryLine._meta.fields}
    shirt = EntryLine.objects.create(**fields | {"id": None, "line": 2, "hts": "6109100012"})
    Examination.objects.filter(pk=one.pk).update(released=today)

    def textiles() -> bool | None:
        rows = with_textiles(figures.examinations_of(world.quillard), world.robin)
        with CaptureQueriesContext(connection) as asked:
            found = rows.get(pk=one.pk).textiles
        assert len(asked) == 1
        return found

    assert textiles() is True
    page = signed_in(world, "robin").get(f"/examinations/{one.pk}/").content.decode()
    assert "End of the conditional release, for origin" in page
    for line, said in ((3, None), (1, False), (2, True)):
        Examination.objects.filter(pk=one.pk).update(line=line)
        assert textiles() is said
    for hts, said in (("4911990000", False), ("5007100000", True), ("6310900000", True), ("6401100000", False)):
        EntryLine.objects.filter(pk=shirt.pk).update(hts=hts)
        assert textiles() is said
    Examination.objects.filter(pk=one.pk).update(entry=None)
    assert textiles() is None
    Examination.objects.filter(pk=one.pk).update(entry=entry, released=None)
    assert textiles() is None  # nothing was released on condition


def test_what_staff_recorded_of_a_detention_says_more_of_who_decides_than_the_file() -> None:
    """Goods that a file gives to another agency, and that CBP detains itself: its thirty days bind them."""
    one = examination(type="PGA", agency="FDA", presented=MONDAY, examined=MONDAY + datetime.timedelta(days=60))
    of_file, of_cbp = Detention(kind="agency"), Detention(kind="cbp")
    assert earliest_refusal(one, None) == earliest_refusal(one, of_file) == one.examined
    assert earliest_refusal(one, of_cbp) == MONDAY + datetime.timedelta(days=30)
    assert [agency_of_release(one, detention) for detention in (None, of_file, of_cbp)] == ["FDA", "FDA", ""]
    assert agency_of_release(examination(agency="CBP"), Detention(kind="agency", decided_by="USDA")) == "USDA"
