"""Requests on both first pages, on the page of the entry, in the calendar and in the search."""

import pytest

from examinations.models import CustomsRequest
from portal.dates.sources import dates_that_bind, requests_to_answer
from tests.examinations.requests.days import ago, text_of, today
from tests.named_people import World, make_entry, make_examination, make_request
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_the_importers_first_page_lists_it_by_its_day_among_what_is_held(world: World, one: CustomsRequest) -> None:
    entry = make_entry(world.load, "9XZ00000091", world.quillard, world.lindale)
    make_examination(entry, "EX-SOON", "TARGETED", presented=today())
    text = text_of(signed_in(world, "robin").get("/"))
    assert "CBP asks <b>one thing</b> of you" in text
    assert "Answer CBP’s request for information (CF-28)" in text
    assert f'href="/requests/{one.pk}/"' in text
    soon, asked, waits = (text.index(word) for word in ("last day to decide", "14 days left", "held so far"))
    assert soon < asked < waits


def test_without_anything_held_the_sentence_is_of_the_request(world: World) -> None:
    make_request(world.entries["stranger"], "RQ-S", issued=ago(16))
    text = text_of(signed_in(world, "sam").get("/"))
    assert "CBP asks <b>one thing</b> of you" in text
    assert "Nothing of yours is held." in text


def test_what_you_say_you_answered_needs_you_no_more(world: World, one: CustomsRequest) -> None:
    one.say_answered(ago(1), by=world.robin, account=world.quillard)
    assert "Answer CBP’s request" not in text_of(signed_in(world, "robin").get("/"))


def test_one_long_late_stands_below_what_can_still_be_met(world: World) -> None:
    make_request(world.entries["broker"], "RQ-ANCIENT", issued=ago(300))
    text = text_of(signed_in(world, "robin").get("/"))
    assert text.index("held so far") < text.index("270 days late")


def test_the_managers_first_page_has_the_answers_due_in_ten_days(world: World, one: CustomsRequest) -> None:
    make_request(world.entries["other"], "RQ-SOON", issued=ago(21))
    text = text_of(signed_in(world, "jordan").get("/"))
    assert "Answers due to CBP" in text
    assert "9 days left" in text
    assert "14 days left" not in text
    assert "Answers due to CBP" not in text_of(signed_in(world, "morgan").get("/"))


# ---- where else it stands --------------------------------------------------------------------------------------


def test_the_page_of_the_entry_lists_what_cbp_asked_about_it(world: World, one: CustomsRequest) -> None:
    text = text_of(signed_in(world, "robin").get("/entries/9XZ12345671/"))
    assert "What CBP asked about it" in text
    assert f'<a href="/requests/{one.pk}/">RQ-OPEN</a>' in text
    assert "RQ-OTHER" not in text
    assert "What CBP asked about it" not in text_of(
        signed_in(world, "hq").get(f"/accounts/{make_entry_alone(world)}/entries/9XZ00000091/")
    )


def make_entry_alone(world: World) -> object:
    make_entry(world.load, "9XZ00000091", world.stranger, world.lindale)
    return world.stranger.pk


def test_the_calendar_has_the_last_day_of_what_is_to_be_answered(world: World, one: CustomsRequest) -> None:
    found = dates_that_bind(world.quillard, world.robin, ago(0), ago(-40), as_of=today(), sources=(requests_to_answer,))
    assert [(bound.day, bound.path, bound.urgent) for bound in found] == [(ago(-14), f"/requests/{one.pk}/", True)]
    assert "CF-28" in found[0].title
    one.extend(ago(-30), by=world.hq)
    found = dates_that_bind(world.quillard, world.robin, ago(0), ago(-40), as_of=today(), sources=(requests_to_answer,))
    assert [(bound.day, bound.rule) for bound in found] == [(ago(-30), "As CBP extended it")]
    assert (
        dates_that_bind(world.quillard, world.sam, ago(0), ago(-40), as_of=today(), sources=(requests_to_answer,)) == []
    )


def test_many_answers_due_on_one_day_are_one_line_in_the_calendar(world: World) -> None:
    for n in range(5):
        make_request(world.entries["broker"], f"RQ-MANY-{n}", issued=ago(16))
    (bound,) = dates_that_bind(
        world.lindale, world.billie, ago(0), ago(-40), as_of=today(), sources=(requests_to_answer,)
    )
    assert bound.title == "Last day to answer 5 requests of CBP"


@pytest.mark.parametrize(
    ("name", "page"),
    [("robin", "/requests/{}/"), ("billie", "/requests/{}/"), ("jordan", "/accounts/{quillard}/requests/{}/")],
)
def test_the_search_leads_to_a_request_by_its_number(world: World, one: CustomsRequest, name: str, page: str) -> None:
    answer = signed_in(world, name).get("/find/?q=rq-open")
    assert answer["Location"] == page.format(one.pk, quillard=world.quillard.pk)


def test_the_search_finds_no_request_of_somebody_else(world: World, one: CustomsRequest) -> None:
    assert "Nothing that you may see" in text_of(signed_in(world, "sam").get("/find/?q=RQ-OPEN"))
