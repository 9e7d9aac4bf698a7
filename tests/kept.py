"""A world that the tests of a file begin with, made once for the file: `kept`, of what its `make_kept()` returns.

It stands in a transaction around those of the tests, each of which may change it and leaves the next one nothing.
"""

import itertools
import pickle
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction

#: Whether a kept world stands in the database now.
_standing: list[str] = []


@pytest.fixture(scope="module")
def _made(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[bytes]:
    """What is made, as bytes; its rows stand until all tests of the file that ask for it are done."""
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("celery.app.task.Task.apply_async", lambda self, *args, **kwargs: None)
                patch.setattr(caches["default"], "key_prefix", uuid.uuid4().hex)
                made = pickle.dumps(request.module.make_kept())
            # Else every test checks at its end what was left to be checked here.
            connection.check_constraints()
            _analyze()
        except BaseException:
            _leave(around)
            raise
    _standing.append(request.node.nodeid)
    yield made
    _standing.clear()
    with django_db_blocker.unblock():
        _leave(around)


def _analyze() -> None:
    """Else statements may be planned as if the tables were empty: nobody else sees these rows, and autovacuum does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relid::regclass::text FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd > 0")
        if tables := [table for (table,) in cursor.fetchall() if not table.startswith("pg_temp")]:
            cursor.execute("ANALYZE " + ", ".join(tables))


def _leave(around: transaction.Atomic) -> None:
    transaction.set_rollback(True)
    around.__exit__(None, None, None)


@pytest.fixture
def kept(_made: bytes, db: None) -> Any:
    """What the file's `make_kept()` returned, as objects of this test's own."""
    return pickle.loads(_made)


def _wants_it(item: pytest.Item) -> bool:
    return "kept" in getattr(item, "fixturenames", ())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those who ask for a kept world come last in their file, and all tests of such a file go to one process."""
    files = {item.nodeid.split("::")[0] for item in items if _wants_it(item)}
    parts = itertools.groupby(items, lambda item: item.nodeid.split("::")[0])
    items[:] = [item for _, part in parts for item in sorted(part, key=_wants_it)]
    if hasattr(config, "workerinput"):
        for item in items:
            if (file := item.nodeid.split("::")[0]) in files:
                item._nodeid = f"{item.nodeid}@{file}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    assert not _standing or _wants_it(item), f"The kept world of {_standing[0]} still stands."
