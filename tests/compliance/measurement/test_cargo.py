"""A look at the cargo of a drawn line: asked for and taken back by headquarters, in the list, and in no estimate."""

import csv
import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from accounts.scope import acting_for
from compliance.measurement.models import CargoLook, DrawnLine, MeasurementPlan
from compliance.measurement.reading import measured
from tests.compliance.measurement.conftest import DRAWN_ON
from tests.compliance.measurement.lines import AS_OF, drawn_of, first_thresholds, plan_of, review
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
WHY = "The papers name two kinds of motor; only the goods tell"


def _ask(world: World, plan: MeasurementPlan, line: DrawnLine, because: str = WHY) -> CargoLook:
    return CargoLook.ask(plan, line.entry_number, line.line, because=because, by=world.hq)


def _listed(world: World, plan: MeasurementPlan) -> dict[str, dict[str, str]]:
    answer = signed_in(world, "hq").get(f"/measurement/{plan.pk}/?download=csv")
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return {row["Entry Summary Number"]: row for row in rows}


def test_asked_for_and_taken_back_on_the_plans_page_and_told_in_the_list(world: World, frozen: MeasurementPlan) -> None:
    line, other = drawn_of(frozen)[:2]
    client, page = signed_in(world, "hq"), f"/measurement/{frozen.pk}/"
    before = client.get(page).content.decode()
    assert "Ask for a look" in before
    assert "Looks at cargo" not in before
    dashed = f"{line.entry_number[:3]}-{line.entry_number[3:10]}-{line.entry_number[10:]}"
    asked = {"entry": dashed.lower(), "line": "1", "because": f" {WHY} "}
    answer = client.post(f"{page}cargo/", asked, follow=True).content.decode()
    look = CargoLook.objects.get()
    assert (look.drawn, look.because, look.reviewer, look.asked_by) == (line, WHY, line.reviewer, world.hq)
    assert WHY in answer
    assert "Take it back" in answer
    listed = _listed(world, frozen)
    assert len(listed) == 40
    assert listed[line.entry_number]["Cargo Look Because"] == WHY
    assert listed[line.entry_number]["Cargo Look Asked"] == look.asked_at.astimezone().date().isoformat()
    assert listed[other.entry_number]["Cargo Look Asked"] == listed[other.entry_number]["Cargo Look Because"] == ""
    answer = client.post(f"{page}cargo/{look.pk}/back/", follow=True).content.decode()
    look.refresh_from_db()
    assert (look.taken_back_by, look.because) == (world.hq, WHY)
    assert "taken back" in answer
    assert "Take it back" not in answer
    assert _listed(world, frozen)[line.entry_number]["Cargo Look Asked"] == ""
    with pytest.raises(ValidationError, match="taken back already: ask for it again"):
        look.take_back(by=world.hq)
    assert _ask(world, frozen, line).pk != look.pk  # it may be needed again


def test_a_look_moves_no_estimate_and_neither_does_what_it_finds(world: World, frozen: MeasurementPlan) -> None:
    lines = drawn_of(frozen)
    for n, line in enumerate(lines[1:]):
        review(world, line, *(("DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": 60}) if n % 5 == 0 else ()))
    before = measured(frozen, first_thresholds(), AS_OF)
    _ask(world, frozen, lines[0])
    assert measured(frozen, first_thresholds(), AS_OF) == before
    review(world, lines[0], "DISCREPANCY_MTD", {"type": "CLASS", "revenue_difference": 9_000}, type="TAIL")
    after = measured(frozen, first_thresholds(), AS_OF)
    assert after.other_cargo == (before.other_cargo[0] + 1, before.other_cargo[1] + 1)
    assert (after.whole, after.strata, after.gap) == (before.whole, before.strata, before.gap)
    assert after.parts == before.parts
    CargoLook.objects.get().take_back(by=world.hq)  # a row of cargo is no review of the line


@pytest.mark.parametrize(
    ("entry", "line", "because", "sentence"),
    [
        ("{entry}", 1, "  ", "Say why the reviewer asks"),
        ("{entry}", 2, WHY, "drew no line 2 of entry {entry}: take both from its list"),
        ("9XZ99999999", 1, WHY, "drew no line 1 of entry 9XZ99999999: take both from its list"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    world: World, frozen: MeasurementPlan, entry: str, line: int, because: str, sentence: str
) -> None:
    number = drawn_of(frozen)[0].entry_number
    with pytest.raises(ValidationError, match=sentence.format(entry=number)):
        CargoLook.ask(frozen, entry.format(entry=number), line, because=because, by=world.hq)
    assert not CargoLook.objects.exists()


def test_one_look_at_a_line_at_a_time(world: World, frozen: MeasurementPlan) -> None:
    line = drawn_of(frozen)[0]
    look = _ask(world, frozen, line)
    with pytest.raises(ValidationError, match=r"asked for already. Take that back first"):
        _ask(world, frozen, line)
    with pytest.raises(IntegrityError, match="one_look_at_a_line"), transaction.atomic():
        CargoLook.objects.create(drawn=line, reviewer="", because=WHY, asked_by=world.hq)
    with pytest.raises(IntegrityError, match="look_taken_back_by_somebody"), transaction.atomic():
        CargoLook.objects.filter(pk=look.pk).update(taken_back_by=world.hq)


@pytest.mark.parametrize("whole", [False, True])
def test_after_the_line_is_reviewed_nothing_is_asked_for_and_nothing_taken_back(
    world: World, frozen: MeasurementPlan, whole: bool
) -> None:
    line, other = drawn_of(frozen)[:2]
    look = _ask(world, frozen, line)
    for one in (line, other):
        review(world, one, **({"line": None} if whole else {}))
    with pytest.raises(ValidationError, match="is reviewed already: a look at its cargo would come too late"):
        _ask(world, frozen, other)
    with pytest.raises(ValidationError, match="is reviewed already: what was asked for stays with it"):
        look.take_back(by=world.hq)
    page = f"/measurement/{frozen.pk}/"
    answer = signed_in(world, "hq").post(f"{page}cargo/{look.pk}/back/", follow=True).content.decode()
    assert "what was asked for stays with it" in answer
    assert _listed(world, frozen)[line.entry_number]["Cargo Look Because"] == WHY


@pytest.mark.parametrize("fields", [{"reason": "TARGETED"}, {"closed": None, "disposition": "PENDING"}])
def test_a_review_that_fills_nothing_in_does_not_end_it(
    world: World, frozen: MeasurementPlan, fields: dict[str, Any]
) -> None:
    line = drawn_of(frozen)[0]
    review(world, line, **fields)
    look = _ask(world, frozen, line)
    look.take_back(by=world.hq)
    look.refresh_from_db()
    assert look.taken_back_by == world.hq


def test_before_and_after_a_plan_is_examined_nothing_is_asked_for(world: World, frozen: MeasurementPlan) -> None:
    line = drawn_of(frozen)[0]
    look = _ask(world, frozen, line)
    frozen.close(by=world.hq)
    for verb in (lambda: _ask(world, frozen, drawn_of(frozen)[1]), lambda: look.take_back(by=world.hq)):
        with pytest.raises(ValidationError, match="while a plan is being examined, not before and not after"):
            verb()
    page = signed_in(world, "hq").get(f"/measurement/{frozen.pk}/").content.decode()
    assert WHY in page
    assert "Ask for a look" not in page
    draft = plan_of(world, name="Another")
    with pytest.raises(ValidationError, match="not before"):
        _ask(world, draft, line)


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert"])
def test_to_everybody_else_there_is_no_look_and_no_way_to_ask(world: World, frozen: MeasurementPlan, name: str) -> None:
    line = drawn_of(frozen)[0]
    look = _ask(world, frozen, line)
    client, page = signed_in(world, name), f"/measurement/{frozen.pk}/"
    assert client.post(f"{page}cargo/", {"entry": line.entry_number, "line": "1", "because": "x"}).status_code == 404
    assert client.post(f"{page}cargo/{look.pk}/back/").status_code == 404
    person = world.people[name]
    assert not CargoLook.objects.visible_to(person).exists()
    with acting_for(person):
        assert not CargoLook.objects.exists()
        assert not CargoLook.objects.filter(pk=look.pk).update(taken_back_at=None)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            CargoLook.objects.create(drawn_id=line.pk, reviewer="", because="x", asked_by=person)
    look.refresh_from_db()
    assert look.taken_back_at is None


def test_headquarters_asks_with_the_rights_of_the_web_and_rewrites_nothing(
    world: World, frozen: MeasurementPlan
) -> None:
    with acting_for(world.hq):
        look = _ask(world, frozen, drawn_of(frozen)[0])
        look.take_back(by=world.hq)
        for fields in ({"because": "another"}, {"asked_by": world.jordan}):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                CargoLook.objects.update(**fields)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            CargoLook.objects.filter(pk=look.pk)._raw_delete("default")


def test_nonsense_and_a_look_of_another_plan_are_refused(world: World, frozen: MeasurementPlan) -> None:
    look = _ask(world, frozen, drawn_of(frozen)[0])
    other = plan_of(world, name="Another")
    other.freeze(by=world.hq, seed=2, on=DRAWN_ON)
    client = signed_in(world, "hq")
    assert client.post(f"/measurement/{other.pk}/cargo/{look.pk}/back/").status_code == 404
    assert client.get(f"/measurement/{frozen.pk}/cargo/").status_code == 405
    for fields in ({}, {"entry": "x" * 30, "line": "1", "because": "x"}, {"entry": "1", "line": "-1", "because": "x"}):
        answer = client.post(f"/measurement/{frozen.pk}/cargo/", fields, follow=True).content.decode()
        assert "nothing was changed" in answer
    assert CargoLook.objects.count() == 1


@pytest.mark.parametrize(
    ("line", "sentence"), [("77", "drew no line 77 of entry 9XZ99999999"), ("40000", "less than or equal to 32000")]
)
def test_what_is_refused_keeps_what_was_typed_and_says_why_at_the_form(
    world: World, frozen: MeasurementPlan, line: str, sentence: str
) -> None:
    client, page = signed_in(world, "hq"), f"/measurement/{frozen.pk}/"
    answer = client.post(f"{page}cargo/", {"entry": "9XZ99999999", "line": line, "because": WHY})
    said = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in said
    for kept in ("9XZ99999999", line, WHY):
        assert f'value="{kept}"' in said
    frozen.close(by=world.hq)
    answer = client.post(f"{page}cargo/", {"entry": "9XZ99999999", "line": line, "because": WHY}, follow=True)
    assert "not before and not after" in answer.content.decode()
    assert not CargoLook.objects.exists()


def test_the_page_asks_no_more_often_with_more_looks(world: World, frozen: MeasurementPlan) -> None:
    client = signed_in(world, "hq")

    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(f"/measurement/{frozen.pk}/").status_code == 200
        return len(context)

    asked()
    lines = drawn_of(frozen)
    _ask(world, frozen, lines[0])
    before = asked()
    for line in lines[1:12]:
        _ask(world, frozen, line).take_back(by=world.hq)
    assert asked() == before
