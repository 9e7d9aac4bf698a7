"""Last year's rates as a file: read where the plan is as it was, else refused with a sentence that says what to do."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from compliance.measurement.models import MeasurementPlan
from compliance.measurement.rate_file import rates_in, what_changed
from examinations.loading.reading import UnusableFile
from tests.compliance.measurement.lines import import_lines, plan_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
HEAD = "Stratum,Lines,Expected Rate\n"


@pytest.fixture
def plan(world: World) -> MeasurementPlan:
    import_lines(world, 120)
    return plan_of(world)


def _downloaded(client: Client, plan: MeasurementPlan) -> list[list[str]]:
    answer = client.get(f"/measurement/{plan.pk}/?download=csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def _sent(client: Client, plan: MeasurementPlan, rows: Any) -> str:
    if isinstance(rows, list):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        rows = text.getvalue()
    file = SimpleUploadedFile("rates.csv", rows if isinstance(rows, bytes) else rows.encode())
    return str(client.post(f"/measurement/{plan.pk}/rates/", {"file": file}, follow=True).content.decode())


def test_the_file_of_the_plan_filled_in_moves_lines_to_where_more_is_wrong(world: World, plan: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    rows = _downloaded(client, plan)
    assert rows[0] == ["Stratum", "Lines", "Expected Rate"]
    assert [row[2] for row in rows[1:]] == ["0.05"] * 3
    rows[1][2], rows[2][2], rows[3][2] = "0.4", "1 %", "0.01"
    page = _sent(client, plan, rows)
    assert "The rates are taken" in page
    assert page.count("from the file") == 3
    strata = list(plan.strata.all())
    assert [one.expected_rate for one in strata] == [0.4, 0.01, 0.01]
    assert [one.to_draw for one in strata] == [28, 6, 6]
    plan.count(by=world.hq)
    assert [one.get_rate_from_display() for one in plan.strata.all()] == ["as everywhere"] * 3


def test_a_file_for_a_plan_that_was_frozen_is_refused(world: World, plan: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    rows = _downloaded(client, plan)
    plan.freeze(by=world.hq)
    before = list(plan.strata.values_list("expected_rate", "to_draw"))
    assert "The plan is frozen and its lines are drawn: to measure otherwise, write a new plan." in _sent(
        client, plan, rows
    )
    assert list(plan.strata.values_list("expected_rate", "to_draw")) == before


def test_a_file_for_a_plan_that_changed_since_is_refused(world: World, plan: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    rows = _downloaded(client, plan)
    plan.change(by=world.hq, bands=[])
    page = _sent(client, plan, rows)
    assert "The plan changed since this file was made" in page
    assert "Download the rates of the plan as it is now" in page
    assert set(plan.strata.values_list("expected_rate", flat=True)) == {0.05}


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"a": (5, 0.1), "b": (7, 0.1)}, ""),
        ({"a": (5, 0.1)}, "“b” is not in the file"),
        ({"a": (5, 0.1), "b": (8, 0.1)}, "“b” has 7 lines and not 8"),
        ({"a": (5, 0.1), "b": (7, 0.1), "c": (1, 0.1)}, "no stratum “c”"),
    ],
)
def test_what_changed_is_said(given: dict[str, tuple[int, float]], because: str) -> None:
    said = what_changed(given, {"a": 5, "b": 7})
    assert because in said
    assert bool(said) is bool(because)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "empty"),
        ("\x89PNG\r\n", "PNG"),
        ("Stratum,Rate\nx,0.1\n", "no header"),
        (HEAD, "no stratum below"),
        (HEAD + "a,5,7\n", "Row 2: 7 is no rate"),
        (HEAD + "a,5,-0.1\n", "Row 2: -0.1 is no rate"),
        (HEAD + "a,5,nan\n", "Row 2: nan is no rate"),
        (HEAD + "a,5,\n", "Row 2: nothing is no rate"),
        (HEAD + "a,5,300%\n", "Row 2: 300% is no rate"),
        (HEAD + "a,five,0.1\n", "Row 2: five is no number of lines"),
        (HEAD + "a,٣,0.1\n", "is no number of lines"),
        (HEAD + "a,5,0.1\na,5,0.1\n", "Row 3 names a a second time"),
        (HEAD + ",5,0.1\n", "Row 2 names no stratum"),
        ("x,y\n" * 60 + HEAD + "a,5,0.1\n", "no header"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_row(tmp_path: Path, text: str, because: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_bytes(text.encode("latin-1") if text.startswith("\x89") else text.encode())
    with pytest.raises(UnusableFile, match=because):
        rates_in(path)


def test_title_rows_blank_rows_and_thousands_are_read(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text('Rates of 2025\n\nLINES,stratum,expected rate,Note\n"1,200",a,5 %,x\n\n7,b,0.125\n')
    assert rates_in(path) == {"a": (1200, 0.05), "b": (7, 0.125)}


def test_only_headquarters_loads_rates_and_a_page_without_file_says_so(world: World, plan: MeasurementPlan) -> None:
    for name in ("robin", "jordan", "expert"):
        assert signed_in(world, name).post(f"/measurement/{plan.pk}/rates/", {}).status_code == 404
    client = signed_in(world, "hq")
    assert "Choose a file first" in client.post(f"/measurement/{plan.pk}/rates/", {}, follow=True).content.decode()
    assert "far too large" in _sent(client, plan, b"x" * (2**20 + 1))
    assert client.get(f"/measurement/{plan.pk}/rates/").status_code == 405
