"""The list of requests, one of them, what people write down there, and both first pages."""

import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from examinations.models import CustomsRequest, RequestRecord
from portal.dates.sources import dates_that_bind, requests_to_answer
from tests.named_people import World, make_entry, make_examination, make_request
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def today() -> datetime.date:
    return timezone.localdate()


def ago(days: int) -> datetime.date:
    return today() - datetime.timedelta(days=days)


def text_of(response: HttpResponse) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def american(day: datetime.date) -> str:
    return day.strftime("%m/%d/%Y")


def weekday(day: datetime.date) -> str:
    return f"{day:%A, %B} {day.day}"


@pytest.fixture
def one(world: World) -> CustomsRequest:
    """Robin's, filed by Lindale: a CF-28 with 14 days left."""
    return make_request(world.entries["broker"], "RQ-OPEN", issued=ago(16))


# ---- the list ------------------------------------------------------------------------------------------------


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


# ---- what members say ------------------------------------------------------------------------------------------


def post(client: Client, address: str, **fields: str) -> HttpResponse:
    return client.post(address, fields)


def test_a_member_says_that_it_answered_and_cbp_still_waits(world: World, one: CustomsRequest) -> None:
    robin = signed_in(world, "robin")
    answer = post(robin, f"/requests/{one.pk}/", deed="said", day=american(ago(1)))
    assert answer["Location"] == f"/requests/{one.pk}/"
    one.refresh_from_db()
    assert (one.answered, one.outcome, one.state) == (None, "OPEN", "to_answer")
    text = text_of(robin.get(f"/requests/{one.pk}/"))
    assert "You say that you answered on" in text
    assert "Quillard Electric says that it answered" in text
    text = text_of(robin.get("/requests/"))
    assert "You say that one more is answered; CBP’s data do not show it yet." in text
    assert "CBP asks <b>nothing</b> of you now" in text


def test_a_member_takes_it_back(world: World, one: CustomsRequest) -> None:
    robin = signed_in(world, "robin")
    post(robin, f"/requests/{one.pk}/", deed="said", day=american(ago(1)))
    post(robin, f"/requests/{one.pk}/", deed="take_back")
    assert "CBP asks <b>one thing</b> of you" in text_of(robin.get("/requests/"))
    assert [record.day is None for record in one.records.order_by("id")] == [False, True]


def test_the_broker_says_it_too_and_the_importer_reads_who(world: World, one: CustomsRequest) -> None:
    post(signed_in(world, "billie"), f"/requests/{one.pk}/", deed="said", day=american(ago(1)))
    assert one.records.get().account == world.lindale
    assert "Lindale Customs Brokers says that it answered" in text_of(
        signed_in(world, "robin").get(f"/requests/{one.pk}/")
    )


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (american(ago(-1)), "lies ahead"),
        (american(ago(17)), "was issued only on"),
        ("soon", "MM/DD/YYYY"),
        ("", "needed"),
    ],
)
def test_a_day_that_cannot_be_is_named_at_the_field(world: World, one: CustomsRequest, day: str, why: str) -> None:
    text = text_of(post(signed_in(world, "robin"), f"/requests/{one.pk}/", deed="said", day=day))
    assert why in text
    assert not RequestRecord.objects.filter(request=one).exists()


@pytest.mark.parametrize("deed", ["answer", "extend", "outcome", "nonsense", ""])
def test_a_member_writes_down_nothing_of_what_cbp_says(world: World, one: CustomsRequest, deed: str) -> None:
    answer = post(signed_in(world, "robin"), f"/requests/{one.pk}/", deed=deed, day=american(ago(1)), outcome="CHANGE")
    assert answer.status_code == 404
    one.refresh_from_db()
    assert (one.answered, one.outcome, one.extended_to) == (None, "OPEN", None)


def test_a_stranger_writes_down_nothing(world: World, one: CustomsRequest) -> None:
    for name, base in (("sam", ""), ("morgan", f"/accounts/{world.quillard.pk}"), ("expert", "")):
        answer = post(signed_in(world, name), f"{base}/requests/{one.pk}/", deed="said", day=american(ago(1)))
        assert answer.status_code == 404
    assert not one.records.exists()


# ---- what staff writes down ------------------------------------------------------------------------------------


def test_a_manager_records_an_extension_an_answer_and_an_outcome(world: World, one: CustomsRequest) -> None:
    jordan, address = signed_in(world, "jordan"), f"/accounts/{world.quillard.pk}/requests/{one.pk}/"
    post(jordan, address, deed="extend", day=american(ago(-44)))
    post(jordan, address, deed="answer", day=american(ago(2)))
    post(jordan, address, deed="outcome", outcome="CHANGE")
    one.refresh_from_db()
    assert (one.extended_to, one.answered, one.outcome) == (ago(-44), ago(2), "CHANGE")
    text = text_of(jordan.get(address))
    for said in ("CBP extended the period to", "CBP has the answer", "CBP decided: entry changed", "Jordan Ellery"):
        assert said in text
    members = text_of(signed_in(world, "robin").get(f"/requests/{one.pk}/"))
    assert "CBP decided: entry changed" in members
    assert "Written down by CBP’s account management" in members


@pytest.mark.parametrize(
    ("deed", "day", "why"),
    [
        ("extend", 14, "An extension ends after"),
        ("extend", 400, "more than a year"),
        ("answer", 1, "lies ahead"),
        ("answer", -17, "was issued only on"),
    ],
)
def test_what_cannot_be_is_refused_at_the_field(
    world: World, one: CustomsRequest, deed: str, day: int, why: str
) -> None:
    address = f"/accounts/{world.quillard.pk}/requests/{one.pk}/"
    assert why in text_of(post(signed_in(world, "jordan"), address, deed=deed, day=american(ago(-day))))
    assert not one.records.exists()


FIELDS = {
    "number": "CF-NEW",
    "form_code": "CF29P",
    "entry_number": "9xz-1234567-1",
    "lines": "1, 3",
    "subject": "VALUE",
}


def test_a_manager_records_a_request_by_hand(world: World) -> None:
    base = f"/accounts/{world.quillard.pk}/requests"
    answer = post(signed_in(world, "jordan"), f"{base}/new/", **FIELDS, issued=american(ago(3)))
    made = CustomsRequest.objects.get(number="CF-NEW")
    assert answer["Location"] == f"{base}/{made.pk}/"
    assert (made.entry, made.account, made.filer) == (world.entries["broker"], world.quillard, world.lindale)
    assert list(made.lines.values_list("line", "subject")) == [(1, "VALUE"), (3, "VALUE")]
    assert made.records.get().by == world.jordan
    assert "CF-NEW" in text_of(signed_in(world, "robin").get("/requests/"))
    assert "CF-NEW" in text_of(signed_in(world, "billie").get("/requests/"))


def test_one_by_hand_without_its_entry_waits_under_the_account(world: World) -> None:
    fields = FIELDS | {"entry_number": "9XZ-1234569-7"}
    post(signed_in(world, "jordan"), f"/accounts/{world.quillard.pk}/requests/new/", **fields, issued=american(ago(3)))
    made = CustomsRequest.objects.get(number="CF-NEW")
    assert (made.entry, made.account) == (None, world.quillard)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("number", "RQ-BROKER", "on file already"),
        ("number", "", "required"),
        ("form_code", "CF30", "not one of"),
        ("entry_number", "9XZ-1234567-2", "check digit"),
        ("lines", "one", "numbers of the lines"),
        ("lines", " ".join("1" * 60), "At most 50 lines"),
        ("lines", "²", "numbers of the lines"),
        ("issued", american(datetime.date(2100, 1, 1)), "lies ahead"),
        ("subject", "WEATHER", "not one of"),
    ],
)
def test_what_cannot_be_recorded_is_named_and_nothing_is(world: World, field: str, value: str, why: str) -> None:
    fields = FIELDS | {"issued": american(ago(3))} | {field: value}
    before = CustomsRequest.objects.count()
    text = text_of(post(signed_in(world, "jordan"), f"/accounts/{world.quillard.pk}/requests/new/", **fields))
    assert why in text
    assert CustomsRequest.objects.count() == before


def test_headquarters_records_nothing_under_an_account_that_the_entry_is_not_of(world: World) -> None:
    address = f"/accounts/{world.stranger.pk}/requests/new/"
    text = text_of(post(signed_in(world, "hq"), address, **FIELDS, issued=american(ago(3))))
    assert "This entry is not Stranger Goods’s." in text


# ---- the first pages -------------------------------------------------------------------------------------------


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
