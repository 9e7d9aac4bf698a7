"""Two of headquarters who write the next set at once: the second is told, and no set is locked or changed for it."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.scope import acting_for
from compliance.measurement.models import ChapterGroups, MajorRules
from tests.compliance.risk.test_at_once import in_a_thread
from tests.named_people import World


def _groups(world: World) -> ChapterGroups:
    return ChapterGroups.make(by=world.hq, since=timezone.localdate(), text="Low: 1-50\nHigh: 51-99")


def _rules(world: World) -> MajorRules:
    return MajorRules.make(by=world.hq, since=timezone.localdate())


#: In this database: other tests run beside this one.
WAITING = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted
"""


def _wait_until_another_waits() -> None:
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    pytest.fail("Nobody waits.")


@pytest.mark.parametrize("make", [_groups, _rules])
def test_who_writes_a_set_while_another_does_is_told_to_look_at_that_one(
    living: World, make: Callable[[World], Any]
) -> None:
    with transaction.atomic():
        first = make(living)
        thread, came = in_a_thread(lambda: make(living))
        _wait_until_another_waits()
    thread.join(30)
    assert isinstance(came[0], ValidationError)
    assert came[0].messages == ["Somebody wrote set 2 meanwhile: look at it first, then write yours again."]
    assert first.number == 2
    assert make(living).number == 3


@pytest.mark.django_db
@pytest.mark.parametrize("make", [_groups, _rules])
def test_a_set_is_added_with_no_right_to_change_one(world: World, make: Callable[[World], Any]) -> None:
    with acting_for(world.hq):
        made = make(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege('portal_web', %s, 'UPDATE')", [made._meta.db_table])
        assert cursor.fetchone() == (False,)
