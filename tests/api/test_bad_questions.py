"""What cannot be asked gets 400 and a sentence, never a 500 and never a row too many."""

import pytest

from tests.api.calls import Caller
from tests.named_people import World

pytestmark = pytest.mark.django_db

LISTS = [
    *(
        "accounts",
        "entries",
        "entry-lines",
        "examinations",
        "discrepancies",
        "requests",
        "risk-assessments",
        "measurements",
        "trends",
        "bonds",
        "notices",
        "inquiries",
    ),
]
ANYWHERE = [
    ("cursor", "x"),
    ("cursor", ""),
    ("cursor", "a\0b"),
    ("cursor", "W10:1w:x"),
    ("page_size", "9999999999"),
    ("page_size", "0"),
    ("page_size", "-1"),
    ("page_size", "1e3"),
    ("page_size", ""),
    ("page_size", "1001"),
    ("nonsense", "1"),
    ("start__gte", "2026-01-01"),
    ("format", "csv"),
    ("\0", "\0"),
]
DATED = [
    *("entries", "entry-lines", "examinations", "discrepancies", "requests", "risk-assessments", "notices"),
    "measurements",
    "inquiries",
]
DAYS = ["2026-02-30", "yesterday", "01/31/2026", "2026-01-01T00:00", "\0", "99999-01-01", "2026"]


@pytest.mark.parametrize("path", LISTS)
def test_no_list_takes_what_it_does_not_know(world: World, path: str) -> None:
    caller = Caller(world.hq)
    for name, value in ANYWHERE:
        answer = caller.ask(f"{path}/", **{name: value})
        assert answer.status_code == 400, (name, value)
        assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize("path", DATED)
def test_a_day_is_a_day_and_a_period_ends_after_it_starts(world: World, path: str) -> None:
    caller = Caller(world.hq)
    for day in DAYS:
        answer = caller.ask(f"{path}/", start=day)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["start"]), day
    backwards = caller.ask(f"{path}/", start="2026-02-01", end="2026-01-01")
    assert backwards.json()["errors"] == {"end": ["This period ends before it starts."]}
    assert caller.ask(f"{path}/", start="0001-01-01", end="9999-12-31").status_code == 200


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("accounts", "kind", "owner"),
        ("accounts", "q", "a\0b"),
        ("entries", "account", "1"),
        ("entries", "find", "a\0b"),
        ("entries", "port", "27"),
        ("entries", "liquidation", "never"),
        ("entries", "examined", "maybe"),
        ("entries", "marked", "nicely"),
        ("entries", "heading", "\u0668\u0665\u0660\u0661"),
        ("entries", "chapter", "8"),
        ("entries", "origin", "C\0"),
        ("entry-lines", "spi", "' OR 1=1"),
        ("entry-lines", "chapter99", "all"),
        ("entry-lines", "hts", "85.01"),
        ("entry-lines", "hts", "85010000000"),
        ("entry-lines", "origin", "%"),
        ("entry-lines", "source", "all"),
        ("entry-lines", "program", "everything"),
        ("examinations", "result", "lost"),
        ("examinations", "type", "NII,INT"),
        ("examinations", "reason", "nobody"),
        ("examinations", "port", "0000"),
        ("examinations", "find", "a\0b"),
        ("discrepancies", "examination", "x"),
        ("discrepancies", "examination", "1e400"),
        ("requests", "state", "lost"),
        ("requests", "form_code", "CF29"),
        ("requests", "find", "a\0b"),
        ("requests", "filer", "1"),
        ("risk-assessments", "band", "extreme"),
        ("bonds", "number", "9" * 21),
        ("notices", "state", "lost"),
        ("inquiries", "state", "lost"),
        ("inquiries", "account", "1"),
        ("inquiries", "category", "a\0b"),
    ],
)
def test_a_value_that_a_filter_does_not_know_is_named(world: World, path: str, name: str, value: str) -> None:
    answer = Caller(world.hq).ask(f"{path}/", **{name: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


def test_a_filter_that_is_not_known_is_answered_with_those_that_are(world: World) -> None:
    said = Caller(world.robin).ask("bonds/", colour="red").json()["errors"]["colour"]
    assert said == ["There is no such filter. There are: account, activity, cursor, number, page_size, state."]


@pytest.mark.parametrize("path", ["examinations", "entries", "entry-lines", "discrepancies", "requests", "bonds"])
def test_another_accounts_id_finds_nothing_as_an_id_of_nothing_does(world: World, path: str) -> None:
    caller = Caller(world.robin)
    assert caller.rows(f"{path}/", account=str(world.stranger.pk)) == []
    assert caller.rows(f"{path}/", account="00000000-0000-0000-0000-000000000000") == []


def test_a_cursor_that_was_changed_or_that_another_list_gave_is_refused(world: World) -> None:
    caller = Caller(world.hq)
    following = caller.ask("entries/", page_size=1).json()["next"]
    assert caller.get(following).status_code == 200
    assert caller.get(following.replace("/entries/", "/entry-lines/")).status_code == 400
    assert caller.get(following.replace("cursor=", "cursor=A")).status_code == 400
    cursor = following.split("cursor=")[1].split("&")[0]
    assert caller.get(following.replace(cursor, cursor[:-1])).status_code == 400


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b'"\xff"', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"1", "application/json", 400),
        (b'{"number": NaN}', "application/json", 400),
        (b"{}", "application/json; charset=bz2", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "text/xml", 415),
        (b" " * (2 * 2**20 + 1), "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(world: World, body: bytes, content_type: str, status: int) -> None:
    answer = Caller(world.hq).generic("POST", "/api/v1/notices/", body, content_type)
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_not_allowed(world: World, method: str) -> None:
    assert getattr(Caller(world.hq), method)("/api/v1/entries/").status_code == 405
