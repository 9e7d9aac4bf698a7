"""Files that no row knows of are removed once they are a day old, and no others."""

import datetime
import io
import os
import uuid
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents import sweeping
from documents.models import Document
from documents.tasks import remove_forgotten_documents
from examinations.models import Load
from examinations.tasks import remove_forgotten_uploads
from tests.documents.files import pdf
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_one_test(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def age(path: str, hours: int) -> None:
    then = (timezone.now() - datetime.timedelta(hours=hours)).timestamp()
    os.utime(default_storage.path(path), (then, then))


def keep(world: World, text: str) -> Document:
    one = world.examinations["held"]
    return Document.objects.keep(
        io.BytesIO(pdf(text)), "list.pdf", about=one, account=one.account, filer=None, by=world.robin
    )


def test_the_file_of_an_upload_that_was_taken_back_goes_after_a_day(world: World) -> None:
    kept = keep(world, "kept")
    with transaction.atomic():
        lost, fresh = keep(world, "lost").file.name, keep(world, "fresh").file.name
        transaction.set_rollback(True)
    for path in (kept.file.name, lost):
        age(path, 25)
    age(fresh, 23)
    assert (remove_forgotten_documents(), remove_forgotten_documents()) == (1, 0)
    assert [default_storage.exists(path) for path in (kept.file.name, lost, fresh)] == [True, False, True]


def test_an_upload_without_its_load_goes_and_rejected_rows_stay(world: World) -> None:
    folder = f"loads/{timezone.localdate():%Y/%m}"
    load = Load.objects.create(kind="entries", file_name="a.csv")
    names = [f"{folder}/{load.pk}", f"{folder}/{uuid.uuid4()}", f"{folder}/{uuid.uuid4()}.csv"]
    for name in names:
        default_storage.save(name, ContentFile(b"x"))
        age(name, 25)
    assert remove_forgotten_uploads() == 1
    assert [default_storage.exists(name) for name in names] == [True, False, True]


def test_a_file_of_an_earlier_month_goes_and_other_folders_are_left_alone(world: World) -> None:
    names = [
        "documents/2025/02/lost.pdf",
        "documents/2025/02/part/x.pdf",
        "documents/other/02/x.pdf",
        "documents/x.pdf",
    ]
    for name in names:
        default_storage.save(name, ContentFile(b"x"))
        age(name, 25)
    assert remove_forgotten_documents() == 1
    assert [default_storage.exists(name) for name in names] == [False, True, True, True]


def test_a_file_that_vanishes_while_the_folder_is_read_stops_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"documents/2025/02/{n}.pdf" for n in range(3)]
    for name in names:
        default_storage.save(name, ContentFile(b"x"))
        age(name, 25)
    modified = default_storage.get_modified_time

    def gone_meanwhile(path: str) -> datetime.datetime:
        if path == names[1]:
            default_storage.delete(path)
        return modified(path)

    monkeypatch.setattr(default_storage, "get_modified_time", gone_meanwhile)
    assert remove_forgotten_documents() == 2
    assert [default_storage.exists(name) for name in names] == [False] * 3


def test_only_files_that_no_row_knows_are_asked_for_their_age_and_rows_by_the_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [keep(world, f"kept {n}").file.name for n in range(3)]
    folder = kept[0].rpartition("/")[0]
    lost = [f"{folder}/lost{n}.pdf" for n in range(2)]
    for name in lost:
        default_storage.save(name, ContentFile(b"x"))
        age(name, 25)
    asked, modified = [], default_storage.get_modified_time
    monkeypatch.setattr(default_storage, "get_modified_time", lambda path: asked.append(path) or modified(path))
    with CaptureQueriesContext(connection) as statements:
        assert remove_forgotten_documents() == 2
    assert sorted(asked) == lost
    assert len(statements) == 1
    assert all(default_storage.exists(name) for name in kept)
    monkeypatch.setattr(sweeping, "PATHS_A_STATEMENT", 2)
    with CaptureQueriesContext(connection) as statements:
        assert remove_forgotten_documents() == 0
    assert len(statements) == 2


def test_without_any_file_there_is_nothing_to_do(world: World) -> None:
    assert (remove_forgotten_documents(), remove_forgotten_uploads()) == (0, 0)
