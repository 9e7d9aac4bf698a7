"""A file made by a real worker, with the worker's login: policies bind tests less than it."""

import pytest

from examinations.exports.tasks import resume_exports
from examinations.models import Export
from tests.examinations.test_exports import ASK, EVER, rows_of
from tests.examinations.test_exports_of_more_lists import LISTS, close_soon, found_by_check
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Processes, Worker, until

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(("name", "rows"), [("robin", 2), ("billie", 2), ("sam", 1)])
def test_the_worker_writes_what_its_owner_may_see_and_no_more(
    worker: Worker, living: World, name: str, rows: int
) -> None:
    client = signed_in(living, name)
    for kind in ("csv", "xlsx"):
        assert client.post(f"{ASK}?{EVER}", {"format": kind}).status_code == 302
    assert client.post(f"/exports/ask/examinations/?{EVER}", {"format": "csv"}).status_code == 302
    until(lambda: Export.objects.filter(state="ready").count() == 3, 40)
    assert set(Export.objects.filter(kind="entry-lines").values_list("rows", flat=True)) == {rows}
    export = Export.objects.get(kind="entry-lines", format="csv")
    content = b"".join(client.get(f"/exports/{export.pk}/file/").streaming_content)
    assert len(rows_of(content)) == rows + 1


def test_the_worker_writes_requests_what_closes_and_lines_of_a_check_too(worker: Worker, living: World) -> None:
    found_by_check(close_soon(living))
    found_by_check(close_soon(living, "9XZ12345689"))
    client = signed_in(living, "robin")
    for name, (_, _, asked) in LISTS.items():
        assert client.post(f"/exports/ask/{name}/?{asked}", {"format": "csv"}).status_code == 302
    until(lambda: Export.objects.filter(state="ready").count() == 3, 40)
    assert dict(Export.objects.values_list("kind", "rows")) == {"requests": 2, "closing": 1, "check": 1}


def test_a_file_whose_worker_was_killed_is_taken_up_again(processes: Processes, living: World, hold) -> None:
    release = hold("LOCK TABLE examinations_entryline IN ACCESS EXCLUSIVE MODE")
    first = processes.worker()
    client = signed_in(living, "robin")
    # The page's own check of the filters reads no row of the table.
    assert client.post(f"{ASK}?{EVER}", {"format": "csv"}).status_code == 302
    until(lambda: Export.objects.get().state == "running", 40)
    processes.kill(first)
    release()
    Export.objects.update(started_at="2026-01-01T00:00:00Z")
    processes.worker()
    until(lambda: resume_exports() or Export.objects.get().finished, 40)
    until(lambda: Export.objects.get().state == "ready", 40)
    assert Export.objects.get().attempts == 2
