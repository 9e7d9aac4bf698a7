"""Groups of chapters: a numbered set that headquarters writes, in which each chapter stands once."""

import datetime
import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from accounts.scope import acting_for
from compliance.measurement.chapter_groups import Group, as_text, parsed, places
from compliance.measurement.models import ChapterGroups, MeasurementPlan, Stratum
from examinations.models import EntryLine
from look.downloads import FORMULA
from tests.compliance.measurement.conftest import DRAWN_ON
from tests.compliance.measurement.lines import PERIOD, drawn_of, import_lines, plan_of, review
from tests.named_people import World
from tests.portal.test_every_address import signed_in

TWO = "Electric goods: 84-85\nAll else: 01-83, 86-99"
#: Twelve groups: as many as have places of two digits.
TWELVE = "\n".join(f"Group {n}: {n}" for n in range(1, 12)) + "\nThe rest: 12-99"


# ---- as text ---------------------------------------------------------------------------------------------------------


def test_a_set_is_read_as_it_is_written() -> None:
    groups = parsed("\n Textiles, apparel, footwear : 50-63, 64 – 67 \r\n\nShips: 89\nAll else: 1-49,68-88,90-99\n")
    assert groups[1] == Group("Ships", (89,))
    assert [one.name for one in groups] == ["Textiles, apparel, footwear", "Ships", "All else"]
    assert as_text(groups[0].chapters) == "50-67"
    assert as_text(groups[2].chapters) == "01-49, 68-88, 90-99"
    assert (places(groups)[49], places(groups)[88], places(groups)[0], len(places(groups))) == (0, 1, 2, 99)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no group. Write the group’s name, a colon"),
        ("A: 1-50\nB: 50-99", "Chapter 50 stands in “A” and in “B”: leave it in one place."),
        ("A: 1-50, 7\nB: 51-99", "Chapter 07 stands twice in its group: leave it in one place."),
        ("A: 1-50\nB: 52-99", "Chapter 51 stands in no group: add it to one."),
        ("A: 1-50\nB: 53-76, 78-97", "Chapters 51-52, 77, 98-99 stand in no group: add them to one."),
        ("A: 1-50\nA: 51-99", "Two groups are called “A”: give one of them another name."),
        ("A: 1-50\nB 51-99", "Line 2 is no group. Write the group’s name, a colon"),
        ("A: 1-50\n: 51-99", "Line 2 is no group."),
        ("A: 1-50\nB:", "Line 2 is no group."),
        ("A: 1-50\nB: 51-100", "Line 2: “51-100” is no chapter. Write 01 to 99"),
        ("A: 0-50\nB: 51-99", "Line 1: “0-50” is no chapter."),
        ("A: 1-50,\nB: 51-99", "Line 1: “” is no chapter."),
        ("A: fifty\nB: 51-99", "Line 1: “fifty” is no chapter."),
        ("A: ٣-50\nB: 51-99", "is no chapter"),
        ("A: 50-1\nB: 51-99", "Line 1: 50-1 runs backwards. Write 1-50."),
        (f"{'x' * 81}: 1-99", "is too long a name: use 80 letters or fewer."),
        ("\n".join(f"G{n}: {n}" for n in range(1, 100)), "99 groups are too many: join some, until 30 or fewer"),
    ],
)
def test_a_set_that_divides_badly_is_refused_with_what_to_do(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        parsed(text)


@pytest.mark.parametrize("sign", [one for one in FORMULA if one.strip()])
def test_a_name_that_a_download_would_guard_is_refused(sign: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"begin the name with something else than “{sign}”.")):
        parsed(f"{sign}Steel: 72-73\nAll else: 1-71, 74-99")
    assert parsed(f"Steel {sign}: 72-73\nAll else: 1-71, 74-99")


# ---- as headquarters keeps it ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_first_set_is_the_projects_default_and_divides_as_ever(world: World) -> None:
    first = ChapterGroups.objects.get()
    assert (first.number, first.project_default, first.since) == (1, True, datetime.date(2024, 1, 1))
    assert first.rows[0] == ("Food and farm goods", "01-24")
    assert first.rows[5] == ("Machinery and electronics", "84-85")
    assert len(first.rows) == 8
    first.full_clean(exclude=["made_by"])  # each chapter once


@pytest.mark.django_db
def test_a_set_is_numbered_dated_and_never_begins_in_the_past(world: World) -> None:
    today = timezone.localdate()
    second = ChapterGroups.make(by=world.hq, since=today + datetime.timedelta(5), text=TWO)
    assert (second.number, second.made_by, second.project_default) == (2, world.hq, False)
    assert ChapterGroups.in_force(today).number == 1
    assert ChapterGroups.in_force(second.since) == second
    assert ChapterGroups.in_force(datetime.date(2000, 1, 1)).number == 1
    with pytest.raises(ValidationError, match="or later: plans that were counted before keep theirs"):
        ChapterGroups.make(by=world.hq, since=today - datetime.timedelta(1), text=TWO)
    with pytest.raises(ValidationError, match="stands in no group: add it to one"):
        ChapterGroups.make(by=world.hq, since=second.since, text="A: 1-98")
    assert ChapterGroups.objects.count() == 2


@pytest.mark.django_db
def test_a_set_that_has_not_begun_gives_way_to_a_newer_one_and_a_mistyped_year_is_refused(world: World) -> None:
    today = timezone.localdate()
    with pytest.raises(ValidationError, match=r"is more than a year ahead. Let it begin on .* or earlier"):
        ChapterGroups.make(by=world.hq, since=today.replace(year=today.year + 36, day=1), text=TWO)
    waiting = ChapterGroups.make(by=world.hq, since=today + datetime.timedelta(366), text=TWO)
    assert ChapterGroups.in_force(today).number == 1
    newer = ChapterGroups.make(by=world.hq, since=today, text=TWELVE)
    assert ChapterGroups.in_force(today) == ChapterGroups.in_force(waiting.since) == newer
    assert ChapterGroups.in_force(today - datetime.timedelta(1)).number == 1  # nothing changes of a day that is over


@pytest.mark.django_db
def test_a_draft_takes_the_set_in_force_and_a_frozen_plan_keeps_its_own(world: World) -> None:
    import_lines(world, 120)
    old = plan_of(world, name="Of old")
    old.freeze(by=world.hq, seed=1)
    labels = list(old.strata.values_list("label", flat=True))
    drawn = drawn_of(old)
    draft = plan_of(world)
    ChapterGroups.make(by=world.hq, since=timezone.localdate(), text=TWO)
    with pytest.raises(ValidationError, match=r"Groups 2 of chapters came into force since .* Groups 1: count again"):
        draft.freeze(by=world.hq)
    assert not draft.drawn.exists()
    draft.change(by=world.hq)
    assert draft.groups_id == 2
    assert draft.strata.all()[0].label == "Electric goods, below $2,500"
    assert draft.freeze(by=world.hq) == 40
    old.refresh_from_db()
    assert old.groups_id == 1
    assert list(old.strata.values_list("label", flat=True)) == labels
    assert labels[0] == "Machinery and electronics, below $2,500"
    assert drawn_of(old) == drawn
    page = signed_in(world, "hq").get(f"/measurement/{old.pk}/").content.decode()
    assert "groups 1 of chapters" in page


@pytest.mark.django_db
def test_a_plan_by_center_does_not_ask_for_groups(world: World) -> None:
    import_lines(world, 120)
    plan = plan_of(world, group_by="center")
    ChapterGroups.make(by=world.hq, since=timezone.localdate(), text=TWO)
    assert plan.freeze(by=world.hq) == 40


@pytest.mark.django_db
def test_each_line_falls_into_the_group_of_its_chapter_and_strata_stand_in_order(world: World) -> None:
    import_lines(world, 120)
    ChapterGroups.make(by=world.hq, since=timezone.localdate(), text=TWELVE)
    chapters = ["01", "02", "10", "11", "12", "99"]
    for n, line in enumerate(EntryLine.objects.filter(entry__number__startswith="9XZ2").order_by("pk")):
        line.hts = chapters[n // 3 % 6] + "01000000"
        line.save(update_fields=["hts"])
    plan = plan_of(world, lines=90, bands=[Decimal(2_500)])
    strata = [(one.label, one.population) for one in plan.strata.all()]
    names = ["Group 1", "Group 2", "Group 10", "Group 11", "The rest"]
    assert [label.split(",")[0] for label, _ in strata[::2]] == names
    assert [label for label, _ in strata[:2]] == ["Group 1, below $2,500", "Group 1, $2,500 and more"]
    of = {name: sum(lines for label, lines in strata if label.startswith(f"{name},")) for name in names}
    assert of == {"Group 1": 21, "Group 2": 21, "Group 10": 21, "Group 11": 21, "The rest": 2 * 18}


@pytest.mark.django_db
def test_the_rate_of_last_years_stratum_is_expected_where_the_group_has_the_same_chapters(world: World) -> None:
    import_lines(world, 120)
    before = plan_of(world, name="Of old")
    before.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    for line in drawn_of(before):
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS"})
    before.close(by=world.hq)
    ChapterGroups.make(by=world.hq, since=timezone.localdate(), text=TWO)
    EntryLine.objects.filter(entry__number__startswith="9XZ2").update(entry_date=PERIOD[1] + datetime.timedelta(9))
    period = {"starts": PERIOD[1] + datetime.timedelta(1), "ends": PERIOD[1] + datetime.timedelta(40)}
    same = plan_of(world, name="The same chapters, another name", **period)
    assert {one.rate_from for one in same.strata.all()} == {Stratum.RateFrom.EARLIER}
    assert same.strata.first().expected_rate > 0.3  # type: ignore[union-attr]
    ChapterGroups.make(by=world.hq, since=timezone.localdate(), text="Electric and more: 84-86\nAll else: 01-83, 87-99")
    other = plan_of(world, name="Other chapters", **period)
    assert {one.rate_from for one in other.strata.all()} == {Stratum.RateFrom.EVERYWHERE}


@pytest.mark.django_db
def test_headquarters_writes_the_next_set_on_its_page_and_reads_it_in_the_administration(world: World) -> None:
    client = signed_in(world, "hq")
    page = client.get("/measurement/groups/").content.decode()
    assert "this project’s default groups" in page
    assert "Food and farm goods: 01-24" in page  # the form begins with the set in force
    today = timezone.localdate()
    bad = client.post("/measurement/groups/", {"since": f"{today:%m/%d/%Y}", "text": "A: 1-98"}).content.decode()
    assert "Chapter 99 stands in no group: add it to one." in bad
    assert "A: 1-98" in bad
    for fields in ({}, {"since": "nonsense", "text": TWO}, {"since": f"{today:%m/%d/%Y}", "text": "x" * 6_000}):
        assert client.post("/measurement/groups/", fields).status_code == 200
    assert ChapterGroups.objects.count() == 1
    answer = client.post("/measurement/groups/", {"since": f"{today:%m/%d/%Y}", "text": TWO})
    assert answer.status_code == 302
    assert "Electric goods" in client.get("/measurement/groups/").content.decode()
    address = "/admin/measurement/chaptergroups/"
    assert "Electric goods: 84-85" in client.get(address).content.decode()
    second = ChapterGroups.objects.get(number=2)
    assert "Electric goods: 84-85" in client.get(f"{address}{second.pk}/change/").content.decode()
    assert client.post(f"{address}{second.pk}/change/", {"number": 3}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["robin", "billie", "jordan", "expert"])
def test_to_everybody_else_there_are_no_groups(world: World, name: str) -> None:
    client = signed_in(world, name)
    assert client.get("/measurement/groups/").status_code == 404
    assert client.post("/measurement/groups/", {"since": "01/01/2030", "text": TWO}).status_code == 404
    assert client.get("/admin/measurement/chaptergroups/").status_code == 404
    person = world.people[name]
    with acting_for(person):
        assert not ChapterGroups.objects.exists()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ChapterGroups.objects.create(number=9, since=timezone.localdate(), groups=[])


@pytest.mark.django_db
def test_headquarters_writes_with_the_rights_of_the_web(world: World) -> None:
    import_lines(world, 120)
    with acting_for(world.hq):
        ChapterGroups.make(by=world.hq, since=timezone.localdate(), text=TWO)
        plan = plan_of(world)
        assert isinstance(plan, MeasurementPlan)
        assert plan.freeze(by=world.hq) == 40
