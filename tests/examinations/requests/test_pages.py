"""The list of requests, and one of them."""

import re
from pathlib import Path

import pytest

from examinations.models import CustomsRequest, Load
from look.formats import long_day
from tests.examinations.loading.files import load, request_row
from tests.examinations.requests.days import ago, american, text_of, today, weekday
from tests.named_people import World, make_request
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_the_sentence_counts_what_cbp_asks_and_names_the_first_day(world: World, one: CustomsRequest) -> None:
    make_request(world.entries["other"], "RQ-LATER", issued=ago(2))
    text = text_of(signed_in(world, "robin").get("/requests/"))
    assert "CBP asks <b>two things</b> of you; the first answer is due" in text
    assert weekday(ago(-14)) in text
    assert text.index("RQ-OPEN") < text.index("RQ-LATER") < text.index("RQ-BROKER")


def test_one_thing_is_singular_and_a_late_one_is_called_late(world: World, one: CustomsRequest) -> None:
    text = text_of(signed_in(world, "robin").get("/requests/"))
    assert "CBP asks <b>one thing</b> of you; the answer is due" in text
    make_request(world.entries["other"], "RQ-LATE", issued=ago(33))
    text = text_of(signed_in(world, "robin").get("/requests/"))
    assert "CBP asks <b>two things</b> of you; the next answer is due" in text
    assert "<b>one is late</b>" in text
    CustomsRequest.objects.filter(pk=one.pk).update(outcome="NO_CHANGE")
    text = text_of(signed_in(world, "robin").get("/requests/"))
    assert "CBP asks <b>one thing</b> of you; <b>it is late</b>, since" in text
    assert "3 days late" in text


def test_with_nothing_to_answer_the_page_says_so(world: World) -> None:
    text = text_of(signed_in(world, "robin").get("/requests/"))
    assert "CBP asks <b>nothing</b> of you now; it sent <b>2 requests and notices</b>" in text


def test_an_open_one_is_listed_whatever_the_period(world: World) -> None:
    make_request(world.entries["broker"], "RQ-OLD-OPEN", issued=ago(900))
    make_request(world.entries["broker"], "RQ-OLD-CLOSED", issued=ago(900), outcome="CHANGE")
    client = signed_in(world, "robin")
    for address in ("/requests/", f"/requests/?start={ago(3)}", f"/requests/?end={ago(3)}"):
        text = text_of(client.get(address))
        assert "RQ-OLD-OPEN" in text
        assert ("RQ-OLD-CLOSED" in text) == ("end" in address)
    assert "RQ-OLD-OPEN" not in text_of(client.get("/requests/?state=closed"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=to_answer", {"RQ-OPEN"}),
        ("state=with_cbp", {"RQ-WITH"}),
        ("state=closed", {"RQ-BROKER", "RQ-OTHER", "RQ-TAKEN"}),
        ("form_code=CF29T", {"RQ-TAKEN"}),
        ("form_code=CF28", {"RQ-OPEN", "RQ-WITH", "RQ-BROKER", "RQ-OTHER"}),
        ("find=RQ-OPEN", {"RQ-OPEN"}),
        ("find=M2P-1234567-9", {"RQ-OTHER"}),
        ("find=RQ-STRANGER", set()),
        ("find=nothing", set()),
        ("find=%27+OR+1%3D1", set()),
    ],
)
def test_filters_find_what_they_say(world: World, one: CustomsRequest, asked: str, found: set[str]) -> None:
    make_request(world.entries["broker"], "RQ-WITH", issued=ago(16), answered=ago(3))
    make_request(world.entries["broker"], "RQ-TAKEN", issued=ago(16), form="CF29T")
    text = text_of(signed_in(world, "robin").get(f"/requests/?{asked}&start=2000-01-01"))
    names = {"RQ-OPEN", "RQ-WITH", "RQ-TAKEN", "RQ-BROKER", "RQ-OTHER", "RQ-STRANGER", "RQ-WAITING"}
    assert {name for name in names if f">{name}</a>" in text} == found


@pytest.mark.parametrize(
    "asked",
    [
        "state=nonsense",
        "form_code=CF30",
        "start=yesterday",
        "end=99/99/9999",
        f"start={'9' * 200}",
        "start=2026-05-01&end=2026-04-01",
        "find=%00",
    ],
)
def test_a_filter_of_nonsense_is_named_and_shows_no_row(world: World, one: CustomsRequest, asked: str) -> None:
    text = text_of(signed_in(world, "robin").get(f"/requests/?{asked}"))
    assert "The filters cannot be used as they are" in text
    assert ">RQ-OPEN</a>" not in text


@pytest.mark.parametrize("page", ["0", "-1", "9999999999", "x", "%00"])
def test_a_page_of_nonsense_is_some_page(world: World, one: CustomsRequest, page: str) -> None:
    assert "RQ-OPEN" in text_of(signed_in(world, "robin").get(f"/requests/?page={page}"))


def test_the_list_as_a_file_guards_formulas(world: World) -> None:
    make_request(world.entries["broker"], "=1+1", issued=ago(4))
    answer = signed_in(world, "robin").get("/requests/?download=csv")
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("'=1+1,")
    assert "RQ-STRANGER" not in answer.content.decode()
    assert signed_in(world, "robin").get("/requests/?download=xlsx").content.startswith(b"PK")


def test_a_broker_sees_what_it_filed_with_the_names_and_what_waits(world: World) -> None:
    text = text_of(signed_in(world, "billie").get("/requests/"))
    assert {n for n in ("RQ-BROKER", "RQ-STRANGER", "RQ-WAITING", "RQ-OTHER") if n in text} == {
        "RQ-BROKER",
        "RQ-STRANGER",
        "RQ-WAITING",
    }
    assert "Quillard Electric" in text
    assert "entry not loaded yet" in text


# ---- one -----------------------------------------------------------------------------------------------------


def test_the_page_of_one_says_what_is_asked_until_when_and_what_to_do(world: World, one: CustomsRequest) -> None:
    text = text_of(signed_in(world, "robin").get(f"/requests/{one.pk}/"))
    assert "CBP asks for information about line 1 of entry" in text
    assert f"the answer is due <b>{weekday(ago(-14))}</b>, <b>14 days left</b>" in text
    assert "Answer within 30 days of issue" in text
    assert "8501.10.40.20" in text
    assert "Line 1: <b>classification</b>" in text
    assert "files nothing" in text


def test_earlier_versions_name_the_file_that_brought_each_and_the_one_that_replaced_it(
    world: World, tmp_path: Path
) -> None:
    number = world.entries["broker"].number
    for day, issued in ((ago(3), ago(9)), (ago(2), ago(8)), (ago(1), ago(7))):
        given = request_row("R9", **{"Entry Summary Number": number, "Issued Date": american(issued)})
        load("requests", tmp_path, [given], as_of=day)
        Load.objects.filter(file_name="requests.csv").update(file_name=f"{issued}.csv")
    of = f"/requests/{CustomsRequest.objects.get(number='R9').pk}/"
    text = text_of(signed_in(world, "hq").get(f"/accounts/{world.quillard.pk}{of}"))
    newest, oldest = (
        re.escape(f"<small>then {ago(then)}.csv, ") + r"[^<]*</small></th><td>" + re.escape(f"{ago(was)}.csv")
        for then, was in ((7, 8), (8, 9))
    )
    assert re.search(f"{newest}.*{oldest}", text)
    text = text_of(signed_in(world, "robin").get(of))
    came = f"CBP file of {long_day(today())}"
    assert f"<small>then {came}</small></th><td>{came}</td>" in text
    assert f"<small>then {came}</small></th><td>an earlier CBP file</td>" in text


def test_of_one_that_waits_the_page_says_that_its_entry_has_not_come(world: World) -> None:
    text = text_of(signed_in(world, "billie").get(f"/requests/{world.requests['waiting'].pk}/"))
    assert "The entry has not been loaded yet" in text


def test_only_the_lines_asked_about_are_shown(world: World, one: CustomsRequest) -> None:
    rows = world.entries["broker"].rows
    row = rows.get()
    row.pk, row.line, row.hts = None, 2, "6109100012"
    row.save(force_insert=True)
    assert "6109.10.00.12" not in text_of(signed_in(world, "robin").get(f"/requests/{one.pk}/"))
    one.lines.update(line=None)
    assert "6109.10.00.12" in text_of(signed_in(world, "robin").get(f"/requests/{one.pk}/"))


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "987654321"])
def test_a_request_that_is_not_there_answers_404(world: World, number: str) -> None:
    assert signed_in(world, "robin").get(f"/requests/{number}/").status_code == 404
