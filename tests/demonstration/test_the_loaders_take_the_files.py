"""The real loaders take a small world whole, and find nothing new in it a second time."""

import datetime
import shutil
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from accounts.identifiers import parse_entry_number
from accounts.models import Account
from demonstration.living import CORRECTED, COSTS, excluded_entries, live, write_corrections
from demonstration.settling import settle
from demonstration.uploaded import ENTRIES, FILE, upload, write_own_file
from examinations.duty.months import recount
from examinations.duty.programs import Program
from examinations.loading.load import Outcome, load_path
from examinations.models import Cost, DutyMonth, EarlierEntry, Entry, EntryLine, Examination, Reject, ResultQuestion
from tests.demonstration.conftest import AS_OF, Written

KINDS = ("accounts", "entries", "examinations", "bonds")


def load(world: Written, kind: str) -> Outcome:
    outcome = load_path(kind, world.folder / f"{kind}.csv", as_of=AS_OF)
    with connection.cursor() as cursor:
        cursor.execute("DISCARD TEMP")  # what the end of a load's transaction would do
    return outcome


@pytest.mark.django_db
def test_a_small_world_loads_with_nothing_rejected_and_again_with_nothing_changed(small: Written) -> None:
    for kind in KINDS:
        outcome = load(small, kind)
        assert (outcome.rejected, outcome.loaded) == (0, len(small.files[kind])), kind
    importers = {one.name for one in small.world.accounts}
    assert set(Account.objects.values_list("name", flat=True)) == importers
    assert EntryLine.objects.filter(stands_for_line=True).count() == small.world.lines
    assert Examination.objects.count() == small.files["examinations"]["Examination Number"].n_unique()
    for kind in KINDS:
        outcome = load(small, kind)
        assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (len(small.files[kind]), 0, 0), kind


@pytest.mark.django_db
def test_a_second_file_corrects_and_people_record_and_ask(small: Written, tmp_path: Path) -> None:
    for kind in KINDS:
        load(small, kind)
    shutil.copy(small.folder / "entries.csv", tmp_path)
    excluded = excluded_entries(small.world)
    path = write_corrections(tmp_path, small.world)
    assert path is not None
    corrected = pl.read_csv(path, infer_schema=False)["Entry Summary Number"].n_unique()
    outcome = load_path("entries", path, as_of=AS_OF)
    assert (outcome.rejected, outcome.withdrawn) == (0, 0)
    assert EarlierEntry.objects.count() == corrected >= CORRECTED
    recount(None)
    off = DutyMonth.objects.filter(program=Program.SECTION_301, removed__gt=0)
    assert off.exists() == bool(excluded)
    assert set(EarlierEntry.objects.values_list("account__name", flat=True)) == {small.world.importer}
    settle(small.world)
    live(small.world)
    own = Cost.objects.filter(by=Cost.By.ACCOUNT)
    assert own.count() == len(COSTS) * own.values("examination").distinct().count() > 0
    assert set(own.values_list("account__name", flat=True)) == {small.world.importer}
    # One that was answered at once, and one that became an inquiry with its outcome.
    assert ResultQuestion.objects.exclude(answered_at=None).count() <= 2
    assert ResultQuestion.objects.filter(examination__closed=None).count() == 0
    assert ResultQuestion.objects.exists()


@pytest.mark.django_db
def test_the_importer_uploaded_a_file_of_its_own_with_a_row_of_somebody_else(small: Written, tmp_path: Path) -> None:
    for kind in ("accounts", "entries"):
        load(small, kind)
    settle(small.world)
    shutil.copy(small.folder / "entries.csv", tmp_path)
    before = Entry.objects.filter(source="cbp").count()
    outcome = upload(tmp_path, small.world)
    assert outcome is not None
    assert outcome.loaded >= ENTRIES
    assert outcome.rejected == 1
    own = Entry.objects.filter(source="own")
    assert own.count() == ENTRIES
    assert set(own.values_list("account__name", flat=True)) == {small.world.importer}
    assert {parse_entry_number(one.number).check_digit for one in own}
    assert all(AS_OF - datetime.timedelta(days=7) <= one.entry_date < AS_OF for one in own)
    assert Entry.objects.filter(source="cbp").count() == before
    assert "is not an importer number of your account" in Reject.objects.get().reason
    written = (tmp_path / FILE).read_bytes()
    assert write_own_file(tmp_path, small.world) == tmp_path / FILE
    assert (tmp_path / FILE).read_bytes() == written
