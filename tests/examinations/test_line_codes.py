"""A filter of lines looks only where what it asks for occurs: the same rows as without, for every person."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import reach
from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.breakdowns.uncounted import note
from examinations.entry_lines import EntryLineList
from examinations.exports.kinds import Asked
from examinations.models import EntryLine, LineCode
from tests.named_people import World, make_entry
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
EVER = "start=2000-01-01"
ASKED = [
    "origin=CN", "origin=vn", "origin=ZZ", "port=2704", "port=9999", "hts=8501", "hts=85", "hts=7777", "spi=S", "spi=Q",
    "manufacturer_id=cnaaa", "manufacturer=none", "manufacturer=CNAAA", "heading=9405", "heading=8501", "chapter=94",
    "chapter=11", "origin=CN&hts=9405", "origin=VN&hts=9405", "source=own&origin=CN", "origin=VN&chapter99=only",
]  # fmt: skip


@pytest.fixture
def lines(world: World) -> World:
    """Rows of two origins and suppliers in different months, one with a chapter 99 row of another origin."""
    for n in range(6):
        day = world.entries["broker"].entry_date.replace(month=n + 1, day=3)
        entry = make_entry(world.load, f"9XZ8{n:07}", world.quillard, world.lindale if n % 2 else None, entry_date=day)
        of = {"origin": "VN" if n > 3 else "CN", "manufacturer_id": "CNAAA" if n < 3 else "", "entry_date": day}
        entry.rows.update(**of, hts="9405414000" if n == 5 else "8501104020", spi="S" if n == 2 else "")
        row = entry.rows.get()
        row.pk, row.ordinal, row.stands_for_line, row.hts, row.origin = None, 2, False, "99038803", "MX"
        row.save(force_insert=True)
    recount(None)
    return world


def found(world: World, name: str, of: str, query: str) -> list[int]:
    asked: dict[str, list[str]] = {}
    for part in f"{EVER}&{query}".split("&"):
        key, value = part.split("=")
        asked[key] = [value]
    person = world.people[name]
    with acting_for(person):
        listed = EntryLineList(_asked(world, name, of, asked, reach(person)))
        assert listed.usable, query
        rows = [row.pk for row in listed.page(1000).rows]
        assert listed.sums()["rows"] == len(rows)
    return rows


def _asked(world: World, name: str, of: str, filters: dict[str, Any], held: Any) -> Asked:
    from django.utils import timezone  # noqa: PLC0415

    return Asked(
        account=getattr(world, of), person=world.people[name], reach=held, filters=filters, today=timezone.localdate()
    )


@pytest.mark.parametrize(("name", "of"), [("robin", "quillard"), ("billie", "lindale"), ("hq", "quillard")])
def test_every_filter_finds_with_the_codes_what_it_finds_without(lines: World, name: str, of: str) -> None:
    counted = {query: found(lines, name, of, query) for query in ASKED}
    note([lines.quillard.pk])
    assert counted == {query: found(lines, name, of, query) for query in ASKED}
    assert [bool(counted[query]) for query in ("origin=CN", "origin=ZZ", "hts=8501", "hts=7777")] == [
        True, False, True, False,
    ]  # fmt: skip
    assert counted["origin=vn"]


def test_a_filter_that_finds_nothing_asks_no_line(lines: World) -> None:
    client = signed_in(lines, "robin")
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/entry-lines/?{EVER}&origin=ZZ")
    assert page.context["sums"]["rows"] == 0
    assert not [one["sql"] for one in asked if 'FROM "examinations_entryline" WHERE' in one["sql"]]


def test_lines_that_no_count_has_seen_are_looked_for_one_by_one(lines: World) -> None:
    LineCode.objects.filter(account=lines.quillard).delete()
    row = EntryLine.objects.filter(account=lines.quillard, stands_for_line=True)[0]
    EntryLine.objects.filter(pk=row.pk).update(origin="QQ")
    assert found(lines, "robin", "quillard", "origin=QQ") == [row.pk]


def test_codes_are_read_by_whoever_reads_the_lines(lines: World) -> None:
    LineCode.objects.filter(account=lines.quillard, filer=None, column="origin").update(source="own")
    for name in ("robin", "billie", "jordan", "hq", "sam", "morgan", "expert"):
        with acting_for(lines.people[name]):
            beneath = set(LineCode.objects.values_list("account", flat=True))
            above = set(LineCode.objects.visible_to(lines.people[name]).values_list("account", flat=True))
            assert beneath == above, name
            sees_own = LineCode.objects.visible_to(lines.people[name]).filter(source="own").exists()
            assert sees_own == (name == "robin"), name
