"""Tests whose rows other connections and processes must see: written for good, and emptied again afterwards."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from accounts.models import Center
from tests.named_people import World, make_world

#: Facts that migrations bring; every other table is empty before and after.
KEPT = {"accounts_center", "examinations_port", "django_migrations", "django_content_type", "auth_permission"}


def _empty() -> None:
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE " + ", ".join(connection.ops.quote_name(name) for name in tables))


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database without the transaction that a test is usually wrapped in."""
    with django_db_blocker.unblock():
        assert Center.objects.exists(), "A test before this one emptied what migrations bring."
        _empty()
        yield
        _empty()
        connection.close()


@pytest.fixture
def living(committed: None) -> World:
    """The named people, committed."""
    return make_world()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same time, each on a connection of its own; what each returned or raised."""
    found: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            found[place] = work()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found
