"""What members say of a request, what staff writes down, and a request recorded by hand."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client

from accounts.scope import acting_for
from examinations.models import CustomsRequest, RequestRecord
from look.formats import long_day
from tests.examinations.requests.days import ago, american, text_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


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
    for told in ("extended the period to", f"has the answer since {long_day(ago(2))}."):
        assert f"It is recorded that CBP {told}" in text
    assert "It is recorded what CBP decided: entry changed." in text
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


# ---- two tabs, each with the request as it stood when its page was opened --------------------------------------


def test_the_second_of_two_extensions_is_held_against_the_first(world: World, one: CustomsRequest) -> None:
    first, second = (CustomsRequest.objects.get(pk=one.pk) for _ in range(2))
    first.extend(ago(-90), by=world.jordan)
    with pytest.raises(ValidationError, match="An extension ends after"):
        second.extend(ago(-60), by=world.jordan)
    one.refresh_from_db()
    assert one.extended_to == ago(-90)


def test_what_cbp_decided_meanwhile_is_neither_extended_nor_said_to_be_answered(
    world: World, one: CustomsRequest
) -> None:
    first, second, third = (CustomsRequest.objects.get(pk=one.pk) for _ in range(3))
    first.decide("NO_CHANGE", by=world.jordan)
    with pytest.raises(ValidationError, match="no period is extended"):
        second.extend(ago(-60), by=world.jordan)
    with acting_for(world.robin), pytest.raises(ValidationError, match="Nothing is to be answered"):
        third.say_answered(ago(1), by=world.robin, account=world.quillard)
    assert one.records.count() == 1


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
