"""The test database: migrated once for each set of migrations, and copied for every process that tests."""

import fcntl
import hashlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from accounts import row_security, squashing
from servers.place import CHECKOUT

#: What a test that needs a database asks for; pytest-django's own fixture does not know the word `committed`.
NEEDS = {"db", "transactional_db", "live_server", "committed"}
TEMPLATE = "test_template_of_the_portal"


def fingerprint() -> str:
    """What a migrated database depends on: all migrations, what ours call, and the packages that carry them out."""
    files = [Path(inspect.getfile(row_security)), Path(inspect.getfile(squashing)), CHECKOUT / "requirements.txt"]
    for app in apps.get_app_configs():
        files += sorted((Path(app.path) / "migrations").glob("*.py"))
    found = hashlib.sha256()
    for file in files:
        found.update(str(file.relative_to(file.parents[2])).encode() + file.read_bytes())
    return found.hexdigest()


@contextmanager
def named(**test: str | None) -> Iterator[None]:
    """These names of the test database for a while."""
    before = dict(connection.settings_dict["TEST"])
    connection.settings_dict["TEST"].update(test)
    try:
        yield
    finally:
        connection.settings_dict["TEST"].update(before)


def make(keep: bool) -> Any:
    return setup_databases(verbosity=0, interactive=False, serialized_aliases=[], keepdb=keep)


def _stands(mark: str) -> bool:
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [TEMPLATE])
        return cursor.fetchone() == (mark,)


def make_template() -> None:
    """Have the template that belongs to this checkout; it stays, and the next test run copies it too.

    Copying takes a fifth of a second, migrating from nothing some five.
    """
    mark = fingerprint()
    with (Path(settings.PORTAL_HOME) / "test-template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if _stands(mark):
            return
        kept = connection.settings_dict["NAME"]
        with named(NAME=TEMPLATE):
            make(keep=False)
        connection.close()
        connection.settings_dict["NAME"] = kept
        settings.DATABASES["default"]["NAME"] = kept
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"COMMENT ON DATABASE {TEMPLATE} IS '{mark}'")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database where any test needs one."""
    items = request.session.items
    if not any(
        item.get_closest_marker("django_db") or NEEDS & set(getattr(item, "fixturenames", ())) for item in items
    ):
        yield
        return
    with django_db_blocker.unblock():
        make_template()
        with named(TEMPLATE=TEMPLATE):
            made = make(keep=django_db_keepdb and not django_db_createdb)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)
