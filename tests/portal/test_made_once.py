"""The named people that tests begin with are the same, whether their models saved them or they were written again."""

import pytest
from django.db import connection, transaction

from tests.made_once import MadeOnce
from tests.named_people import World, make_world

#: What a trigger writes has its own moment and number.
OF_THE_MOMENT = {"pgh_id", "pgh_created_at"}


def _rows() -> dict[str, list[object]]:
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT to_jsonb(one) - %s::text[] FROM {table} one", [[*OF_THE_MOMENT]])
            found[table] = sorted((repr(row) for (row,) in cursor.fetchall()), key=str)
    return found


@pytest.fixture
def once(db: None) -> MadeOnce[World]:
    return MadeOnce(make_world)


def test_what_is_written_again_is_what_was_made_with_all_that_triggers_add(once: MadeOnce[World]) -> None:
    empty = _rows()
    with transaction.atomic():
        made = once.again()
        rows = _rows()
        transaction.set_rollback(True)
    assert _rows() == empty
    again = once.again()
    assert {table: found for table, found in _rows().items() if found != rows[table]} == {
        # A stay of a Center is numbered by the trigger that writes it.
        "accounts_centerstay": _rows()["accounts_centerstay"]
    }
    assert len(_rows()["accounts_centerstay"]) == len(rows["accounts_centerstay"]) == 2
    assert len(rows["accounts_accountevent"]) >= 3
    assert again == made
    assert again.quillard is not made.quillard
    assert again.entries["broker"].account is again.quillard


def test_each_gets_objects_of_its_own(once: MadeOnce[World]) -> None:
    with transaction.atomic():
        once.again()
        transaction.set_rollback(True)
    with transaction.atomic():
        once.again().quillard.name = "Somebody else"
        transaction.set_rollback(True)
    assert once.again().quillard.name == "Quillard Electric"
