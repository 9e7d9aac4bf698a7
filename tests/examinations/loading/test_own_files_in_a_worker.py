"""An account's own file, from its page to a real worker with the worker's login: policies bind tests less than it."""

from pathlib import Path

import pytest

from compliance.risk.models import Assessment
from examinations.models import CheckFinding, DutyMonth, EntryBreakdown, EntryDay, EntryLine, LineCode, Load, Uncounted
from tests.examinations.loading.files import entry_number, entry_row, write_csv
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until

pytestmark = pytest.mark.processes


def test_what_a_member_uploads_is_loaded_by_the_worker(worker: Worker, living: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "own.csv", [entry_row(60, **{"Manufacturer ID": "ZZJASFAB135HAN"})])
    with path.open("rb") as file:
        answer = signed_in(living, "robin").post("/uploads/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    load = Load.objects.get(account=living.quillard)
    until(lambda: Load.objects.get(pk=load.pk).finished, 30)
    assert Load.objects.get(pk=load.pk).state == Load.State.DONE
    assert EntryLine.objects.filter(source="own").count() == 1
    until(lambda: DutyMonth.objects.filter(account=living.quillard, source="own").exists(), 30)
    until(lambda: CheckFinding.objects.filter(kind="origin-mid", source="own").exists(), 30)
    until(lambda: EntryBreakdown.objects.filter(account=living.quillard, source="own", dimension="port").exists(), 30)
    # Noted by the load, and taken back by the count behind it.
    until(lambda: not Uncounted.objects.filter(account=living.quillard).exists(), 30)
    assert LineCode.objects.filter(account=living.quillard, source="own").exists()
    assert EntryDay.objects.filter(account=living.quillard, source="own").exists()
    # The count behind the file has accounts scored again; of their own rows no score knows.
    assert not Assessment.objects.filter(entries12__gt=0).exists()


def test_what_cbp_loads_takes_the_place_of_what_the_account_uploaded(
    worker: Worker, living: World, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "rows.csv", [entry_row(60)])
    for name, address, given in (("robin", "/uploads/", {}), ("hq", "/loads/", {"kind": "entries"})):
        with path.open("rb") as file:
            assert signed_in(living, name).post(address, given | {"file": file}).status_code == 302
        until(lambda: not Load.objects.filter(state__in=Load.UNFINISHED).exists(), 30)
    assert set(EntryLine.objects.filter(entry__number=entry_number(60)).values_list("source", flat=True)) == {"cbp"}
