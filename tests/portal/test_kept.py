"""A kept world (tests/kept.py) is whole for each test of its file, whatever the one before did to it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Account, Person
from tests.named_people import World, world_again

_made: list[str] = []


def make_kept() -> World:
    world = world_again()
    Person.objects.create_user("kept@people.example", None, name="Kept")
    transaction.on_commit(lambda: _made.append("committed"))
    _made.append("made")
    return world


@pytest.mark.parametrize("_time", range(2))
def test_what_one_changes_the_next_finds_as_it_was(kept: World, _time: int) -> None:
    assert kept.quillard.name == Account.objects.get(pk=kept.quillard.pk).name == "Quillard Electric"
    kept.quillard.name = "Changed"
    kept.quillard.save()
    Person.objects.filter(email="kept@people.example").delete()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE of_a_load (one int)")


@pytest.mark.parametrize("_time", range(2))
def test_a_statement_that_failed_fails_nothing_after(kept: World, _time: int) -> None:
    with pytest.raises(IntegrityError):
        Person.objects.create_user("kept@people.example", None, name="Twice")
    with pytest.raises(DatabaseError, match=r"until the end of the .atomic. block"):
        Person.objects.exists()


@pytest.mark.parametrize("_time", range(2))
def test_what_follows_a_commit_is_caught_in_the_test_alone(kept: World, django_capture_on_commit_callbacks, _time: int) -> None:  # type: ignore[no-untyped-def]  # fmt: skip
    done: list[int] = []
    with django_capture_on_commit_callbacks(execute=True) as caught:
        transaction.on_commit(lambda: done.append(1))
    assert (len(caught), done) == (1, [1])


def test_who_asks_for_none_finds_none(db: None) -> None:
    assert not Person.objects.filter(email="kept@people.example").exists()
    assert _made == [], "those who ask for it come last"


def test_it_was_made_once(kept: World) -> None:
    assert Person.objects.filter(email="kept@people.example").exists()
    assert _made == ["made"]
