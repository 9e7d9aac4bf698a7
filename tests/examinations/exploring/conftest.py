"""Companies whose trade a pivot can be asked about."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from examinations.breakdowns.counting import recount
from examinations.models import Cost, Discrepancy, Entry, EntryLine, Examination
from tests.named_people import World, closed, make_entry, make_examination


def make_traded(world: World) -> World:
    """Quillard with examinations at two ports, in several months, with finds, costs and an entry of two suppliers."""
    today = timezone.localdate()
    for n in range(12):
        entry = make_entry(world.load, f"9XZ5{n:07}", world.quillard, world.lindale)
        entry.rows.update(manufacturer_id="CNAAA" if n % 2 else "VNBBB", origin="CN" if n % 2 else "VN")
        if n == 0:
            first = entry.rows.get()
            first.pk, first.line, first.manufacturer_id, first.hts = None, 2, "CNAAA", "9405414000"
            first.save(force_insert=True)
        selected = today - datetime.timedelta(days=10 + 20 * n)
        fields: dict[str, Any] = {"selected": selected}
        result = closed("DISCREPANCY_MTD" if n % 4 == 0 else "NO_DISCREPANCY", "other") if n else {}
        if result:
            result |= {
                "released": selected + datetime.timedelta(days=n),
                "closed": selected + datetime.timedelta(days=n),
            }
        one = make_examination(entry, f"EX-P{n}", "TARGETED", **(fields | result))
        Examination.objects.filter(pk=one.pk).update(port="2704" if n % 3 else "4601")
        if n and n % 4 == 0:
            Discrepancy.objects.create(
                examination=one, account=world.quillard, ordinal=1, type="CLASS", disposition="DISCREPANCY_MTD",
                revenue_difference=100 * n,
            )  # fmt: skip
        Cost.objects.create(examination=one, account=world.quillard, by="file", amount=500)
        if n == 5:
            Cost.objects.create(examination=one, account=world.quillard, by="account", amount=70)
    return world


def make_summed(world: World) -> World:
    """Entries of two types, ports and filers, one of a type that no examination meets, one with a chapter 99 row."""
    traded = make_traded(world)
    for n in range(4):
        entry = make_entry(traded.load, f"9XZ7{n:07}", traded.quillard, traded.lindale if n % 2 else None)
        Entry.objects.filter(pk=entry.pk).update(port="4601", entry_type="09" if n == 3 else "11")
        EntryLine.objects.filter(entry=entry).update(port="4601", manufacturer_id="")
    row = EntryLine.objects.filter(entry=entry).get()
    row.pk, row.ordinal, row.stands_for_line, row.hts, row.value, row.duty = None, 2, False, "99038803", 0, 333
    row.save(force_insert=True)
    with connection.cursor() as cursor:  # as the loader leaves it: an entry has the sums of its rows
        cursor.execute(
            """UPDATE examinations_entry e SET lines = r.lines, value = r.value, duty = r.duty FROM (
                 SELECT entry_id, count(*) FILTER (WHERE stands_for_line) AS lines,
                   sum(value) FILTER (WHERE counts_value) AS value, sum(duty) AS duty
                 FROM examinations_entryline GROUP BY entry_id) r WHERE r.entry_id = e.id"""
        )
    recount(None)
    return traded


@pytest.fixture
def traded(world: World) -> World:
    return make_traded(world)


@pytest.fixture
def summed(world: World) -> World:
    return make_summed(world)
