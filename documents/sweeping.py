"""Files that no row knows of: an upload whose transaction was taken back leaves its file in the storage.

A file is removed when it is a day old, so that no request that is still under way loses the one it just wrote.
"""

import datetime
from collections.abc import Callable, Collection, Iterator

from django.core.files.storage import default_storage
from django.utils import timezone

OLD = datetime.timedelta(days=1)
#: Swept each night; files of earlier months were swept in theirs.
MONTHS_BACK = datetime.timedelta(days=31)


def remove_forgotten(folder: str, known: Callable[[list[str]], Collection[str]]) -> int:
    """Remove the files below `folder/year/month` that are not known. Returns how many.

    known: of paths in the storage, those that belong to a row; one statement for each folder.
    """
    removed = 0
    today = timezone.localdate()
    for month in dict.fromkeys(f"{folder}/{day:%Y/%m}" for day in (today - MONTHS_BACK, today - OLD, today)):
        old = list(_old_files(month))
        for path in set(old) - set(known(old)) if old else ():
            default_storage.delete(path)
            removed += 1
    return removed


def _old_files(month: str) -> Iterator[str]:
    if not default_storage.exists(month):
        return
    before = timezone.now() - OLD
    for name in default_storage.listdir(month)[1]:
        path = f"{month}/{name}"
        if default_storage.get_modified_time(path) < before:
            yield path
