"""A number goes to another account while a task counts: neither dies, and what was counted meanwhile is forgotten."""

import threading

import pytest
from django.db import connection, transaction

from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.duty.months import recount as recount_duty
from examinations.models import DutyMonth, EntryBreakdown
from tests.committed import at_once
from tests.named_people import World, make_account


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("count", [recount, recount_duty])
def test_a_count_under_way_ends_first_and_leaves_nothing_with_the_former_holder(living: World, count) -> None:
    count([living.quillard.pk])
    target = make_account("New Owner", "importer", "96-222222200")
    counted = threading.Event()

    def counting() -> str:
        with transaction.atomic():
            count([living.quillard.pk])
            counted.set()
            for _ in range(400):
                if waits_for_a_lock():
                    return "counted"
                threading.Event().wait(0.05)
            return "nobody waited"

    def moving() -> str:
        assert counted.wait(20)
        with acting_for(living.hq):
            target.take_identifier(living.quillard.identifiers.get(), by=living.hq)
        return "moved"

    assert at_once(counting, moving) == ["counted", "moved"]
    for model in (EntryBreakdown, DutyMonth):
        assert not model.objects.filter(account=living.quillard).exists()
