"""Pages of one row give the same rows as one page, in the same order, in statements that do not grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import RedisError

from accounts.api.throttle import PersonThrottle
from examinations.models import EntryLine, Examination
from tests.api.calls import BASE, Caller
from tests.named_people import World

pytestmark = pytest.mark.django_db
LISTS = ("accounts", "entries", "entry-lines", "examinations", "discrepancies", "risk-assessments", "bonds", "notices")


@pytest.mark.parametrize("name", ["hq", "jordan", "billie"])
@pytest.mark.parametrize("path", LISTS)
def test_small_pages_give_every_row_once_in_the_same_order(told: World, path: str, name: str) -> None:
    if path == "risk-assessments" and name == "billie":
        return
    caller = Caller(told.people[name])
    whole = caller.rows(f"{path}/")
    assert len({row["id"] for row in whole}) == len(whole)
    for size in (1, 2):
        assert caller.rows(f"{path}/", page_size=size) == whole


def test_more_rows_of_a_day_than_a_page_has_are_all_read(world: World) -> None:
    line = EntryLine.objects.get(entry=world.entries["broker"])
    for ordinal in range(2, 30):
        line.pk, line.ordinal, line.stands_for_line = None, ordinal, False
        line.save()
    rows = Caller(world.billie).rows("entry-lines/", page_size=3)
    assert len({row["id"] for row in rows}) == len(rows) == 30
    order = [(row["account"], row["entry_date"], row["id"]) for row in rows]
    assert order == sorted(order)
    assert Caller(world.hq).rows("entry-lines/", page_size=4, filer=str(world.lindale.pk)) == sorted(
        rows, key=lambda row: (row["filer"], row["entry_date"], row["id"])
    )


def test_a_row_that_comes_between_two_pages_moves_no_other(world: World) -> None:
    caller = Caller(world.robin)
    first = caller.ask("examinations/", page_size=2).json()
    new = Examination.objects.get(number="EX-HELD")
    new.pk, new.key, new.number = None, "later", "EX-LATER"
    new.selected = world.load.created_at.date()
    new.save()
    second = caller.get(first["next"]).json()
    ids = [row["id"] for row in first["results"] + second["results"]]
    assert len(set(ids)) == len(ids) == 4
    assert new.pk not in ids


def test_a_later_page_is_read_by_ranges_of_the_index_and_counts_nothing(world: World) -> None:
    caller = Caller(world.hq)
    address = caller.ask("entry-lines/", page_size=1).json()["next"]
    with CaptureQueriesContext(connection) as asked:
        assert caller.get(address).status_code == 200
    rows = [one["sql"] for one in asked if 'FROM "examinations_entryline"' in one["sql"]]
    assert 1 <= len(rows) <= 3
    assert not any("OFFSET" in sql or "COUNT(" in sql for sql in rows)


def test_whoever_asks_too_often_waits(world: World, monkeypatch) -> None:
    monkeypatch.setattr(PersonThrottle, "rate", "3/min", raising=False)
    caller = Caller(world.robin)
    answers = [caller.ask("bonds/") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert Caller(world.robin).ask("accounts/").status_code == 429
    assert Caller(world.sam).get(BASE + "bonds/").status_code == 200


def test_without_a_cache_nobody_is_held_back(world: World, monkeypatch) -> None:
    def gone(*_: object) -> None:
        raise RedisError

    monkeypatch.setattr(PersonThrottle, "get_cache_key", gone)
    assert Caller(world.robin).ask("bonds/").status_code == 200
