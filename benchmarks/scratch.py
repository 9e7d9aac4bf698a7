"""A scratch database for a benchmark, made and dropped by the owner; and how results are printed."""

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import django


def set_up() -> None:
    """Set Django up as the owner; tasks go nowhere."""
    os.environ["PORTAL_PROCESS"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from celery.app.task import Task  # noqa: PLC0415  settings come first

    # Nothing that a load announces may reach the workers of a portal that runs beside.
    Task.apply_async = lambda self, *args, **kwargs: None  # type: ignore[method-assign]


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Set Django up as the owner, on an empty migrated database that is dropped afterwards."""
    set_up()
    from django.db import connection  # noqa: PLC0415  settings come first

    real = connection.settings_dict["NAME"]
    # A name of its own: tests may be running on theirs.
    connection.settings_dict["TEST"]["NAME"] = f"scratch_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(real, verbosity=0)


def processor_seconds() -> float:
    """Of this process, of the database's that serves it, and of those of the database that have ended: what runs beside on
    the machine does not count. Of a database on another machine only this process; its ended ones may be housekeeping."""
    from django.db import connection  # noqa: PLC0415  settings come first

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = _times(cursor.fetchone()[0])
    database = backend[:2] + _times(backend[4])[2:4] if backend else []
    return time.process_time() + sum(database) / os.sysconf("SC_CLK_TCK")


def _times(process: int) -> list[int]:
    """Its time, its ended children's, and who started it; nothing where it is no database's."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists() or "(postgres)" not in stat.read_text():
        return []
    fields = stat.read_text().rpartition(")")[2].split()
    return [int(one) for one in (*fields[11:15], fields[1])]


def megabytes() -> int:
    """The most memory that this process has held so far, without that of the process that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def tell(name: str, ours: float, theirs: float, unit: str, rows: list[tuple[str, str]], **more: Any) -> None:
    """Print the table and the line of JSON. `ours` and `theirs` are speeds: more is better. more: further keys; a number
    is rounded to thousandths, what holds several is printed as it is."""
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        print(f"{label:{width}}  {value}")
    result = {
        "name": name,
        "ratio": round(ours / theirs, 3),
        "ours": round(ours),
        "theirs": round(theirs),
        "unit": unit,
    }
    result |= {key: value if isinstance(value, (dict, list)) else round(value, 3) for key, value in more.items()}
    print(json.dumps(result))


def demand(asked: Mapping[str, bool]) -> None:
    """End with a code where figures miss what is asked. asked: what that is, in words, and whether it holds."""
    if missed := [words for words, holds in asked.items() if not holds]:
        raise SystemExit("Missed: " + "; ".join(missed))
