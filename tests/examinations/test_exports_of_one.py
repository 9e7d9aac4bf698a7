"""Small lists as files: what one examination found, and the questions that wait for an answer."""

import csv
import datetime
import io

import pytest
from django.http import HttpResponse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from examinations.models import Discrepancy, Examination, ResultQuestion
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def rows(answer: HttpResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def about(answer: HttpResponse) -> dict[str, str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return {str(label): str(words) for label, words in book.get_sheet_by_index(1).to_python()}


@pytest.fixture
def one(world: World) -> Examination:
    """A closed examination with two discrepancies, the second with nothing but its type."""
    found = world.examinations["found"]
    found.discrepancies.all().delete()
    Examination.objects.filter(pk=found.pk).update(number="=EX-1", line=7)
    more = {"declared": 1000, "found": 1500, "revenue_difference": "-12.50"}
    given = {"examination": found, "account": world.quillard, "disposition": "DISCREPANCY_MTD"}
    Discrepancy.objects.create(ordinal=1, type="VALUE", **given, **more)
    Discrepancy.objects.create(ordinal=2, type="MARKING", **given)
    found.refresh_from_db()
    return found


def test_what_an_examination_found_is_a_file_for_who_reads_its_page(world: World, one: Examination) -> None:
    robin = signed_in(world, "robin")
    address = f"/examinations/{one.pk}/"
    page = robin.get(address).content.decode()
    assert 'href="?download=csv"' in page
    assert 'href="?download=xlsx"' in page
    first, second = rows(robin.get(f"{address}?download=csv"))
    assert first["Examination Number"] == "'=EX-1", "guarded against being run as a formula"
    assert (first["Discrepancy"], first["Entry Summary Line Number"]) == ("Value", "007")
    amounts = ("Declared Amount", "Found Amount", "Revenue Difference Amount")
    assert [first[name] for name in amounts] == ["1000.00", "1500.00", "-12.50"]
    assert [second[name] for name in ("Discrepancy", *amounts)] == ["Marking", "", "", ""]
    said = about(robin.get(f"{address}?download=xlsx"))
    assert (said["Of"], said["Made by"]) == ("Quillard Electric", world.robin.name)
    assert "Definition: Revenue Difference Amount" in said
    of_account = f"/accounts/{world.quillard.pk}{address}?download=csv"
    assert len(rows(signed_in(world, "jordan").get(of_account))) == 2
    for stranger in ("sam", "morgan"):
        assert signed_in(world, stranger).get(of_account).status_code == 404


def test_of_an_open_examination_no_file_tells_what_is_being_found(world: World, one: Examination) -> None:
    Examination.objects.filter(pk=one.pk).update(closed=None, disposition="PENDING")
    robin = signed_in(world, "robin")
    assert "?download=csv" not in robin.get(f"/examinations/{one.pk}/").content.decode()
    assert rows(robin.get(f"/examinations/{one.pk}/?download=csv")) == []
    of_account = f"/accounts/{world.quillard.pk}/examinations/{one.pk}/?download=csv"
    assert len(rows(signed_in(world, "jordan").get(of_account))) == 2


def test_questions_that_wait_are_a_file_for_who_answers_them(world: World) -> None:
    examination = world.examinations["found"]
    ask = ResultQuestion.objects.ask
    given = {"account": world.quillard, "by": world.robin}
    first = ask(examination, kind="data", text="=The value is wrong.\nLook again.", **given)
    second = ask(examination, kind="unclear", text="Why?", **given)
    answered = ask(examination, kind="disagree", text="No.", **given)
    answered.answer("Thus.", by=world.jordan)
    day = timezone.now() - datetime.timedelta(days=3)
    ResultQuestion.objects.filter(pk=second.pk).update(asked_at=day)
    jordan = signed_in(world, "jordan")
    assert 'href="?download=xlsx"' in jordan.get("/questions/").content.decode()
    found = rows(jordan.get("/questions/?download=csv"))
    assert [row["Question"] for row in found] == ["Why?", "'=The value is wrong.\nLook again."]
    assert found[0]["Asked On"] == timezone.localdate(day).isoformat()
    assert (found[1]["Account"], found[1]["Asked By"]) == ("Quillard Electric", world.robin.name)
    assert found[1]["About"] == first.get_kind_display()
    assert found[1]["Examination Number"] == examination.number
    assert about(jordan.get("/questions/?download=xlsx"))["Made by"] == world.jordan.name
    assert rows(signed_in(world, "morgan").get("/questions/?download=csv")) == [], "of her own accounts alone"
    assert signed_in(world, "robin").get("/questions/?download=csv").status_code in (403, 404)
