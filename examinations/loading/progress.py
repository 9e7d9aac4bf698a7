"""How far a load is, told by the process that loads and read by a page: in the cache, since it is gone when it is done."""

import contextlib
import logging
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KEPT = 3600  # seconds
FIRST = 2**20  # bytes
WORKBOOK = b"PK"


class Progress(NamedTuple):
    """stage: in a word. rows: read so far. whole: about as many as the file has; 0 where nobody knows."""

    stage: str = "Waiting"
    rows: int = 0
    whole: int = 0

    @property
    def percent(self) -> int | None:
        """How much of the file is read; None where nobody knows."""
        return min(100, 100 * self.rows // self.whole) if self.whole else None


@contextlib.contextmanager
def _decides_nothing() -> Iterator[None]:
    """A cache that is away takes the bar, and neither the load nor its file."""
    try:
        yield
    except (RedisError, OSError) as error:
        logger.warning("How far a load is cannot be told: %s.", type(error).__name__)


def progress_of(load: uuid.UUID) -> Progress:
    """How far a running load is."""
    with _decides_nothing():
        return Progress(*cache.get(_key(load), ()))
    return Progress()


def reporter(load: uuid.UUID, path: Path) -> Callable[[str, int], None]:
    """What a load of this file says its stage and rows to; no rows: as many as before."""
    whole = about_lines(path)

    def report(stage: str, rows: int) -> None:
        with _decides_nothing():
            cache.set(_key(load), (stage, rows or progress_of(load).rows, whole), KEPT)

    return report


def forget(load: uuid.UUID) -> None:
    with _decides_nothing():
        cache.delete(_key(load))


def about_lines(path: Path) -> int:
    """About how many lines a file of text has, by the length of those it begins with; 0 of a workbook."""
    with path.open("rb") as file:
        first = file.read(FIRST)
    if first.startswith(WORKBOOK) or not first:
        return 0
    return 1 + first.count(b"\n") * path.stat().st_size // len(first)


def _key(load: uuid.UUID) -> str:
    return f"load:{load}"
