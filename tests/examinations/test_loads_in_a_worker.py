"""From the upload page to the worker and back: once, whole or not at all, and never "running" for ever."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from examinations.loading.load import LOCK, in_hand
from examinations.models import Entry, EntryLine, Load
from examinations.tasks import resume_loads, run_load
from tests.examinations.loading.files import entry_row, write_csv
from tests.named_people import make_person
from tests.workers import Worker, running_worker, until

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed")]


@pytest.fixture
def hq(committed: None) -> Client:
    client = Client()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(make_person("Hollis Quarter", "headquarters"), backend=backend)
    return client


def upload(client: Client, path: Path) -> Load:
    with path.open("rb") as file:
        response = client.post("/loads/", {"kind": "entries", "file": file})
    assert response.status_code == 302, response.content.decode()
    return Load.objects.get(pk=response["Location"].split("/")[-2])


def ended(load: Load) -> bool:
    load.refresh_from_db()
    return load.finished


def test_an_uploaded_file_is_loaded_and_its_history_and_rejects_are_there(
    hq: Client, worker: Worker, tmp_path: Path
) -> None:
    rows = [entry_row(1), entry_row(2, **{"Entry Date": "someday"})]
    load = upload(hq, write_csv(tmp_path / "november.csv", rows))
    until(lambda: ended(load))
    assert (load.state, load.loaded, load.rejected) == (Load.State.PARTLY, 1, 1)
    assert load.by is not None
    assert Entry.objects.count() == 1
    page = hq.get(f"/loads/{load.pk}/").content.decode()
    assert "1 row could not be used" in page
    assert "november.csv" in hq.get("/loads/").content.decode()
    lines = hq.get(f"/loads/{load.pk}/rejects.csv").content.decode().splitlines()
    assert lines[0].startswith("Row,Column,Reason,Entry Summary Number")
    assert lines[1].startswith("3,Entry Date,")
    # The file is not kept: it may hold what nobody may see.
    until(lambda: not Load.objects.get(pk=load.pk).file)
    with pytest.raises(FileNotFoundError):
        default_storage.open(f"loads/{load.created_at:%Y/%m}/{load.pk}")


def test_progress_is_shown_while_a_load_waits_and_the_result_after_it(
    hq: Client, worker: Worker, tmp_path: Path, hold: Callable[[str], Callable[[], None]]
) -> None:
    release = hold("LOCK TABLE accounts_filingrelation IN ACCESS EXCLUSIVE MODE")
    load = upload(hq, write_csv(tmp_path / "e.csv", [entry_row(n) for n in range(1, 40)]))
    until(lambda: in_hand(load.pk) and "39 rows so far" in hq.get(f"/loads/{load.pk}/").content.decode())
    part = hq.get(f"/loads/{load.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert 'value="95"' in part  # 39 rows of 41 lines, with its header, and none behind the last
    assert "<html" not in part
    release()
    until(lambda: ended(load))
    assert "See the result" in hq.get(f"/loads/{load.pk}/", headers={"HX-Request": "true"}).content.decode()


def test_a_task_handed_out_twice_runs_once(
    hq: Client, worker: Worker, tmp_path: Path, hold: Callable[[str], Callable[[], None]]
) -> None:
    release = hold(f"SELECT pg_advisory_lock({LOCK})")
    rows = [entry_row(1), entry_row(2, **{"Entry Date": "someday"})]
    load = upload(hq, write_csv(tmp_path / "e.csv", rows))
    run_load.delay(str(load.pk))
    until(lambda: in_hand(load.pk))
    until(lambda: worker.said.count("run_load") >= 3)  # one of two received has succeeded
    hold(f"SELECT pg_advisory_unlock({LOCK})")
    release()
    until(lambda: ended(load))
    run_load.delay(str(load.pk))
    until(lambda: worker.said.count(" succeeded in") >= 3)
    load.refresh_from_db()
    assert (load.state, load.loaded, load.unchanged, load.attempts) == (Load.State.PARTLY, 1, 0, 1)
    assert load.rejects.count() == 1


def test_two_uploads_at_once_wait_for_each_other_and_both_finish(
    hq: Client, worker: Worker, tmp_path: Path, hold: Callable[[str], Callable[[], None]]
) -> None:
    hold(f"SELECT pg_advisory_lock({LOCK})")
    one = upload(hq, write_csv(tmp_path / "one.csv", [entry_row(n) for n in range(1, 30)]))
    two = upload(hq, write_csv(tmp_path / "two.csv", [entry_row(n) for n in range(20, 50)]))
    until(lambda: in_hand(one.pk) and in_hand(two.pk))
    assert EntryLine.objects.count() == 0
    hold(f"SELECT pg_advisory_unlock({LOCK})")
    until(lambda: ended(one) and ended(two))
    assert {one.state, two.state} == {Load.State.DONE}
    assert sorted([one.loaded + two.loaded, one.unchanged + two.unchanged]) == [10, 49]
    assert EntryLine.objects.count() == 49


def test_many_rejects_are_written_out_by_the_worker_and_none_is_cut_off(
    hq: Client, worker: Worker, tmp_path: Path
) -> None:
    rows = [entry_row(n, **{"Entry Date": "someday"}) for n in range(1, 10_206)]
    load = upload(hq, write_csv(tmp_path / "bad.csv", rows))
    until(lambda: ended(load))
    assert load.rejected == 10_205
    name = f"rejects/{load.pk}.csv"
    try:
        until(lambda: hq.get(f"/loads/{load.pk}/rejects.csv").status_code == 200)
        response = hq.get(f"/loads/{load.pk}/rejects.csv")
        assert response["Content-Disposition"].startswith("attachment")
        lines = b"".join(response).decode().splitlines()  # type: ignore[call-overload]
        assert len(lines) == 10_206
        assert [line.split(",")[0] for line in lines[1:4]] == ["2", "3", "4"]
        assert lines[-1].startswith("10206,Entry Date,")
    finally:
        default_storage.delete(name)


def test_a_load_whose_file_is_gone_says_so(hq: Client, worker: Worker) -> None:
    load = Load(kind="entries", file_name="gone.csv")
    load.file.save(str(load.pk), ContentFile(b"x"), save=True)
    default_storage.delete(load.file.name)
    run_load.delay(str(load.pk))
    until(lambda: ended(load))
    assert (load.state, load.message.split(";")[0]) == (Load.State.FAILED, "The uploaded file is gone")


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_takes_it_up(
    hq: Client, nobody_hired: None, tmp_path: Path, hold: Callable[[str], Callable[[], None]]
) -> None:
    path = write_csv(tmp_path / "e.csv", [entry_row(n) for n in range(1, 300)])
    with running_worker(tmp_path / "first.log") as first:
        # Held where entries and lines are written already and their sums are not.
        release = hold("LOCK TABLE accounts_filingrelation IN ACCESS EXCLUSIVE MODE")
        load = upload(hq, path)
        until(lambda: in_hand(load.pk) and waits_for_a_table())
        first.kill()
    release()
    until(lambda: not in_hand(load.pk))
    assert not Entry.objects.exists()
    assert not EntryLine.objects.exists()
    load.refresh_from_db()
    assert (load.state, load.attempts) == (Load.State.RUNNING, 1)
    Load.objects.filter(pk=load.pk).update(started_at=timezone.now() - datetime.timedelta(minutes=2))
    with running_worker(tmp_path / "second.log"):
        resume_loads.delay()
        until(lambda: ended(load))
    assert (load.state, load.loaded, load.attempts) == (Load.State.DONE, 299, 2)
    assert EntryLine.objects.count() == 299


def waits_for_a_table() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'accounts_filingrelation'::regclass"
        )
        return bool(cursor.fetchone()[0])
