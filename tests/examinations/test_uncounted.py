"""Whether sums may be read instead of rows: noted by what changes rows, taken back by the count behind it."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account, Identifier
from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.breakdowns.uncounted import are_counted, note
from examinations.models import EntryBreakdown, Uncounted
from tests.compliance.risk.small_world import entries_of_the_world, examinations_of_the_world
from tests.examinations.loading.files import load
from tests.named_people import World, make_account

pytestmark = pytest.mark.django_db


def test_a_load_puts_the_sums_behind_until_they_are_counted(tmp_path: Path) -> None:
    entries = list(entries_of_the_world())
    load("entries", tmp_path, entries)
    concerned = set(Uncounted.objects.values_list("account__kind", flat=True))
    assert concerned == {"importer", "broker"}
    recount(None)
    assert not Uncounted.objects.exists()
    importer = Account.objects.filter(entry_months__isnull=False).exclude(filed_by=None)[0]
    broker = importer.filed_by.all()[0].broker
    assert are_counted(importer, None, EntryBreakdown)
    load("examinations", tmp_path, list(examinations_of_the_world(entries)))
    assert not are_counted(importer, None, EntryBreakdown)
    assert not are_counted(broker, None, EntryBreakdown)
    recount([importer.pk])
    assert are_counted(importer)
    recount(None)
    assert are_counted(broker, importer)


def test_a_file_that_changes_nothing_and_one_of_another_kind_leave_the_sums_trusted(tmp_path: Path) -> None:
    entries = list(entries_of_the_world())
    load("entries", tmp_path, entries)
    recount(None)
    load("entries", tmp_path, entries)
    assert not Uncounted.objects.exists()


def test_sums_of_a_client_that_wait_make_those_of_its_broker_wait_and_nobody_elses(world: World) -> None:
    recount(None)
    note([world.quillard.pk])
    assert [are_counted(one, None, EntryBreakdown) for one in (world.quillard, world.lindale, world.stranger)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("filer", [False, True])
def test_a_number_that_moves_puts_the_sums_of_both_sides_behind(world: World, filer: bool) -> None:
    recount(None)
    source = world.lindale if filer else world.quillard
    number: Any = source.identifiers.all()[0]
    assert isinstance(number, Identifier)
    with acting_for(world.hq):
        target = make_account("Somebody Else", source.kind, "ZZZ" if filer else "96-555555500")
        target.take_identifier(number, by=world.hq)
    noted = set(Uncounted.objects.values_list("account", flat=True))
    assert {source.pk, target.pk, world.quillard.pk} <= noted


def test_who_reads_an_account_or_files_for_it_reads_whether_its_sums_wait(world: World) -> None:
    note([world.quillard.pk])
    for name in ("robin", "billie", "jordan", "hq", "sam", "morgan", "expert"):
        with acting_for(world.people[name]):
            sees = name in ("robin", "billie", "jordan", "hq")
            assert Uncounted.objects.exists() == sees, name
            assert Uncounted.objects.visible_to(world.people[name]).exists() == sees, name


def test_no_sums_at_all_are_not_sums_of_nothing(world: World) -> None:
    assert not are_counted(world.quillard, None, EntryBreakdown)
