import tempfile
import uuid
from pathlib import Path

from celery import shared_task

from examinations.loading.load import load_file
from examinations.loading.reading import UnusableFile
from examinations.models import Load

CHUNK = 2**20


@shared_task(time_limit=6 * 3600)
def run_load(load_id: str) -> None:
    """Bring in an uploaded file. Handed out twice it runs once; a refused file is no error of the task."""
    load = Load.objects.get(pk=uuid.UUID(load_id))
    if load.finished:
        return
    with tempfile.NamedTemporaryFile(prefix="load-") as local, load.file.open("rb") as stored:
        while chunk := stored.read(CHUNK):
            local.write(chunk)
        local.flush()
        try:
            load_file(load, Path(local.name))
        except UnusableFile:
            return
