"""A file of requests uploaded by headquarters, brought in and undone by a real worker with the worker's login."""

from pathlib import Path

import pytest
from django.test import Client

from examinations.models import CustomsRequest, Load
from tests.examinations.loading.files import days_ago, entry_row, load, request_row, write_csv
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until

pytestmark = pytest.mark.processes


def upload(client: Client, path: Path) -> Load:
    with path.open("rb") as file:
        response = client.post("/loads/", {"kind": "requests", "file": file})
    assert response.status_code == 302, response.content.decode()
    loaded = Load.objects.get(pk=response["Location"].split("/")[-2])
    until(lambda: Load.objects.get(pk=loaded.pk).finished, 30)
    loaded.refresh_from_db()
    return loaded


def test_a_file_of_requests_is_brought_in_and_undone(worker: Worker, living: World, tmp_path: Path) -> None:
    hq = signed_in(living, "hq")
    load("entries", tmp_path, [entry_row(1)])
    rows = [request_row(), request_row(**{"Entry Summary Line Number": "2"}), request_row("R2", Form="CF30")]
    first = upload(hq, write_csv(tmp_path / "first.csv", rows))
    assert (first.state, first.loaded, first.rejected) == (Load.State.PARTLY, 2, 1)
    assert CustomsRequest.objects.get(number="R1").account == living.quillard
    second = upload(hq, write_csv(tmp_path / "second.csv", [request_row(**{"Answered Date": days_ago(2)})]))
    assert (second.state, second.loaded, second.withdrawn) == (Load.State.DONE, 1, 1)
    assert signed_in(living, "robin").get("/requests/").status_code == 200
    assert hq.post(f"/loads/{second.pk}/undo/").status_code == 302
    until(lambda: Load.objects.get(pk=second.pk).state == Load.State.UNDONE, 30)
    found = CustomsRequest.objects.get(number="R1")
    assert found.answered is None
    assert found.lines.count() == 2
