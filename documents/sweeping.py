"""Files that no row knows of: an upload whose transaction was taken back leaves its file in the storage.

A file is removed when it is a day old, so that no request that is still under way loses the one it just wrote.
"""

import contextlib
import datetime
import re
from collections.abc import Callable, Collection

from django.core.files.storage import default_storage
from django.utils import timezone

OLD = datetime.timedelta(days=1)
PATHS_A_STATEMENT = 10_000
YEAR, MONTH = re.compile(r"\d{4}"), re.compile(r"\d{2}")


def remove_forgotten(folder: str, known: Callable[[list[str]], Collection[str]]) -> int:
    """Remove the files below `folder/year/month` that are not known, of every month: a night may have been missed.
    Returns how many.

    known: of paths in the storage, those that belong to a row; one statement for `PATHS_A_STATEMENT` of them. The
    storage is asked for the age of a file only where no row knows it: of a hundred thousand files hardly any.
    """
    removed = 0
    for year in _folders(folder, YEAR):
        for month in _folders(year, MONTH):
            paths = [f"{month}/{name}" for name in default_storage.listdir(month)[1]]
            for start in range(0, len(paths), PATHS_A_STATEMENT):
                piece = paths[start : start + PATHS_A_STATEMENT]
                removed += sum(_remove_old(path) for path in set(piece) - set(known(piece)))
    return removed


def _folders(folder: str, named: re.Pattern[str]) -> list[str]:
    try:
        names = default_storage.listdir(folder)[0]
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in sorted(names) if named.fullmatch(name)]


def _remove_old(path: str) -> bool:
    """Remove the file if it is a day old. It may have been withdrawn, and be gone, since the folder was listed."""
    with contextlib.suppress(FileNotFoundError):
        if default_storage.get_modified_time(path) < timezone.now() - OLD:
            default_storage.delete(path)
            return True
    return False
