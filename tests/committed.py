"""Tests whose rows other connections and processes must see: written for good, and emptied again afterwards."""

import importlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.db import connection, transaction

from accounts.models import Center
from tests.named_people import World, make_world

#: Facts that migrations bring; every other table is empty before and after.
KEPT = {"accounts_center", "examinations_port", "django_migrations", "django_content_type", "auth_permission"}

#: What migrations bring and people change: such rows name who made them, so that emptying people takes them along.
BROUGHT = {
    "compliance.measurement.migrations.0002_row_security": "first_rules",
    "compliance.measurement.migrations.0015_groups_of_chapters": "first_groups",
    "compliance.plans.migrations.0002_row_security": "fill",
    "compliance.controls.migrations.0003_first_questions": "add",
    "compliance.risk.migrations.0004_first_models": "put_in_force",
    "compliance.selection.migrations.0004_centers_of_chapters": "seed",
    "inquiries.migrations.0005_first_categories": "fill",
}

#: Others who write in this database now; anybody may see their locks.
WRITERS = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE d.datname = current_database() AND l.mode = 'RowExclusiveLock' AND l.pid <> pg_backend_pid()
"""
#: The tables that hold rows in a fresh database: what a test must find, and leave.
_fresh: set[str] = set()
#: From so many rows of a table on, emptying all tables costs less than deleting row by row.
MANY = 500


def _empty() -> None:
    """Leave the database as the migrations do. Most tests find it so, and to look costs a fifth of emptying it."""
    assert connection.settings_dict["NAME"].startswith("test_"), "This would empty a database that is no test's."
    _wait_for_writers()
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    rows = _rows(tables)
    if _fresh and set(rows) == _fresh:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        if _fresh and max(rows.values(), default=0) < MANY:
            cursor.execute(_deletion(rows))
        else:
            cursor.execute("TRUNCATE " + ", ".join(connection.ops.quote_name(name) for name in tables))
    for migration, bring in BROUGHT.items():
        getattr(importlib.import_module(migration), bring)(apps, None)
    left = set(_rows(tables))
    _fresh.update(left if not _fresh else ())
    assert left == _fresh


def _wait_for_writers() -> None:
    """A worker that was killed may have sent its last COMMIT: what it wrote must not come after the emptying."""
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(WRITERS)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)


def _deletion(tables: Iterable[str]) -> str:
    """Every row of these tables goes, whatever their triggers refuse or write down; foreign keys are looked at once.

    Beside a few rows, to make the files of two hundred tables anew costs many times as much.
    """
    names = [connection.ops.quote_name(name) for name in tables]
    off, on = ([f"ALTER TABLE {name} {word} TRIGGER USER" for name in names] for word in ("DISABLE", "ENABLE"))
    return "; ".join([*off, *(f"DELETE FROM {name}" for name in names), "SET CONSTRAINTS ALL IMMEDIATE", *on])


def _rows(tables: list[str]) -> dict[str, int]:
    """How many rows each table has that has any; at most MANY."""
    counted = (
        f"SELECT '{name}', count(*) FROM (SELECT FROM {connection.ops.quote_name(name)} LIMIT {MANY}) AS few HAVING count(*) > 0"
        for name in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counted))
        return dict(cursor.fetchall())


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


@pytest.fixture
def hold(committed: None) -> Iterator[Callable[[str], Callable[[], None]]]:
    """Hold a lock from a connection of its own; returns what lets it go."""
    known = connection.settings_dict
    other = psycopg2.connect(
        host=known["HOST"],
        port=known["PORT"],
        dbname=known["NAME"],
        user=known["USER"],
        password=known["PASSWORD"],
    )

    def holding(statement: str) -> Callable[[], None]:
        with other.cursor() as cursor:
            cursor.execute(statement)
        return other.rollback

    yield holding
    other.close()


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
