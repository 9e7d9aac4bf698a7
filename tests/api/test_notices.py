"""Notices over the API: written, published and taken back by headquarters through the model's verbs."""

import datetime
import uuid
from typing import Any

import pytest
from django.utils import timezone

from notices.models import Notice
from notifications.models import Delivery, Message
from tests.api.calls import Caller
from tests.named_people import World
from tests.notices.writing import second_person

pytestmark = pytest.mark.django_db

BODY = {
    "kind": "CSMS",
    "number": "65313729",
    "title": "Duty on motors",
    "body": "It rises.",
    "effective_date": (timezone.localdate() + datetime.timedelta(days=40)).isoformat(),
}


@pytest.fixture
def hq(world: World) -> Caller:
    return Caller(world.hq)


@pytest.fixture
def second(world: World) -> Caller:
    return Caller(second_person())


def draft(hq: Caller, **more: Any) -> str:
    answer = hq.send("notices/", BODY | more)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_a_draft_is_read_by_headquarters_alone(world: World, hq: Caller) -> None:
    made = draft(hq, accounts=[str(world.quillard.pk)], account_types=["importer"], centers=["010"])
    notice = Notice.objects.get(pk=made)
    assert (notice.state, notice.author, notice.account_kinds) == ("draft", world.hq, ["importer"])
    assert (list(notice.accounts.all()), [one.code for one in notice.centers.all()]) == ([world.quillard], ["010"])
    assert [row["id"] for row in hq.rows("notices/", state="draft")] == [made]
    for name in ("robin", "jordan", "billie"):
        caller = Caller(world.people[name])
        assert caller.rows("notices/") == []
        assert caller.ask(f"notices/{made}/").status_code == 404
    assert Caller(world.expert).ask("notices/").status_code == 404


def test_publishing_tells_each_person_once_and_a_second_time_is_refused(
    world: World, hq: Caller, second: Caller
) -> None:
    made = draft(hq, accounts=[str(world.quillard.pk)])
    preview = hq.ask(f"notices/{made}/audience/").json()
    assert (preview["accounts"], preview["people"]) == (1, 3)
    assert [row["account_name"] for row in preview["results"]] == ["Quillard Electric"]
    assert hq.send(f"notices/{made}/publish/").status_code == 409  # its own author
    answer = second.send(f"notices/{made}/publish/")
    assert (answer.status_code, answer.json()["told"], answer.json()["notice"]["state"]) == (200, 3, "published")
    again = hq.send(f"notices/{made}/publish/")
    assert (again.status_code, again.json()["detail"]) == (409, "This notice is published already.")
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 3)
    for name in ("robin", "lee", "jordan"):
        assert [row["id"] for row in Caller(world.people[name]).rows("notices/")] == [made]
    for name in ("sam", "billie", "morgan"):
        assert Caller(world.people[name]).ask(f"notices/{made}/").status_code == 404


def test_deliveries_are_read_by_headquarters_and_by_the_manager_of_the_account(
    world: World, hq: Caller, second: Caller
) -> None:
    made = draft(hq)
    assert hq.rows(f"notices/{made}/deliveries/") == []
    second.send(f"notices/{made}/publish/")
    assert len(hq.rows(f"notices/{made}/deliveries/", page_size=2)) == 6
    told = Caller(world.jordan).rows(f"notices/{made}/deliveries/")
    assert {row["person_name"] for row in told} == {"Robin Castell", "Lee Farrow", "Jordan Ellery"}
    assert {(row["state"], row["sent_at"]) for row in told} == {("queued", None)}
    assert Caller(world.robin).ask(f"notices/{made}/deliveries/").status_code == 404
    assert Caller(world.jordan).ask(f"notices/{made}/audience/").status_code == 404


def test_retracting_stops_what_was_not_sent(world: World, hq: Caller, second: Caller) -> None:
    made = draft(hq, accounts=[str(world.quillard.pk)])
    assert hq.send(f"notices/{made}/retract/").status_code == 409
    second.send(f"notices/{made}/publish/")
    answer = hq.send(f"notices/{made}/retract/")
    assert (answer.status_code, answer.json()["stopped"], answer.json()["notice"]["state"]) == (200, 3, "retracted")
    (told,) = Caller(world.robin).rows("notices/")
    assert (told["state"], told["retracted_at"][:10]) == ("retracted", timezone.localdate().isoformat())
    assert Caller(world.robin).rows("notices/", state="published") == []
    assert Caller(world.billie).rows("notices/") == []


@pytest.mark.parametrize("name", ["robin", "billie", "jordan"])
def test_nobody_else_writes(world: World, hq: Caller, name: str) -> None:
    made = draft(hq)
    caller = Caller(world.people[name])
    assert caller.send("notices/", BODY | {"number": "2"}).status_code == 405
    for verb in ("publish", "retract"):
        assert caller.send(f"notices/{made}/{verb}/").status_code == 404
    assert Notice.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "LETTER"),
        ("number", ""),
        ("number", "x" * 41),
        ("title", "a\0b"),
        ("title", None),
        ("title", ["x"]),
        ("body", "\ud800"),
        ("effective_date", "2026-02-30"),
        ("source_url", "javascript:alert(1)"),
        ("account_types", ["owner"]),
        ("account_types", "importer"),
        ("account_types", ["importer"] * 3),
        ("centers", ["999"]),
        ("centers", ["\0"]),
        ("accounts", [str(uuid.UUID(int=0))]),
        ("accounts", ["x"]),
        ("hts_prefixes", ["8599"]),
        ("hts_prefixes", ["8"]),
        ("hts_prefixes", "8501"),
        ("countries", ["XX"]),
        ("ports", ["27"]),
        ("manufacturers", ["1"]),
        ("spi_codes", ["what?"]),
        ("adcvd_cases", ["570967"]),
        ("entry_types", ["99"]),
        ("programs", ["AEO"]),
        ("issues", ["everything"]),
        ("rate_change", "12345678901234567890"),
        ("rate_change", "NaN"),
        ("rate_change", "Infinity"),
        ("rate_change", "1001"),
        ("duty_kind", "raises"),
        ("respond_by", "tomorrow"),
        ("number", "a number"),
        ("state", "published"),
    ],
)
def test_a_draft_with_what_cannot_be_is_refused_by_name(hq: Caller, name: str, value: Any) -> None:
    answer = hq.send("notices/", BODY | {name: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    assert not Notice.objects.exists()


def test_a_number_is_there_once_for_each_kind(hq: Caller) -> None:
    draft(hq)
    again = hq.send("notices/", BODY)
    assert again.status_code == 400
    assert again.json()["errors"] == {"number": ["There is a notice of this kind and number already."]}


def change(made: str, person: Any, title: str) -> Notice:
    notice = Notice.objects.get(pk=made)
    notice.title = title
    notice.count_change(by=person)
    notice.save()
    return notice


def test_a_draft_goes_out_in_one_step_only_as_its_second_person_read_it(
    world: World, hq: Caller, second: Caller
) -> None:
    made = draft(hq)
    change(made, world.hq, "Something else")
    answer = second.send(f"notices/{made}/publish/")
    assert (answer.status_code, "name the version" in answer.json()["detail"]) == (409, True)
    read = second.ask(f"notices/{made}/").json()["version"]
    change(made, world.hq, "Something else again")
    answer = second.send(f"notices/{made}/publish/", {"version": read})
    assert (answer.status_code, "changed since you looked" in answer.json()["detail"]) == (409, True)
    assert not Message.objects.exists()
    read = second.ask(f"notices/{made}/").json()["version"]
    assert hq.send(f"notices/{made}/publish/", {"version": read}).status_code == 409  # its author
    answer = second.send(f"notices/{made}/publish/", {"version": read})
    assert (answer.status_code, answer.json()["notice"]["title"]) == (200, "Something else again")
    assert list(Notice.objects.get().steps.values_list("what", flat=True)) == ["written", "submitted", "published"]


@pytest.mark.parametrize("version", ["x", 0, -1, 2**40, None, [1], 1.5])
def test_a_version_that_cannot_be_is_refused_by_name(hq: Caller, second: Caller, version: Any) -> None:
    made = draft(hq)
    answer = second.send(f"notices/{made}/publish/", {"version": version})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["version"])
    assert Notice.objects.get().state == "draft"
