"""A load of entry lines against a bare COPY of the same rows into the same table with its indexes.

python -m benchmarks.load [--lines 1000000]
"""

import argparse
import datetime
import multiprocessing
import tempfile
import time
from pathlib import Path

from benchmarks import scratch

ROUNDS = 2


def write_world(folder: str, lines: int) -> None:
    """Invent the files, in a process of its own: their making is not to count as the loader's memory."""
    from demonstration.world import write_files  # noqa: PLC0415

    write_files(Path(folder), lines=lines, seed=1, as_of=datetime.date(2026, 11, 24))


def files_of(folder: Path, lines: int) -> Path:
    """The folder with the files of a world of so many lines."""
    target = folder / str(lines)
    maker = multiprocessing.get_context("spawn").Process(target=write_world, args=(str(target), lines))
    maker.start()
    maker.join()
    if maker.exitcode:
        raise SystemExit("The files could not be made.")
    return target


def timed_load(path: Path) -> tuple[float, int]:
    """Load the entries of a file; returns seconds and rows."""
    from examinations.loading.load import load_path  # noqa: PLC0415

    start = time.monotonic()
    outcome = load_path("entries", path / "entries.csv", as_of=datetime.date(2026, 11, 24))
    if outcome.rejected:
        raise SystemExit(f"{outcome.rejected} rows were rejected.")
    return time.monotonic() - start, outcome.loaded


def timed_copy(folder: Path) -> float:
    """COPY the rows that the load made into an empty twin of their table, indexes and all; returns seconds."""
    from django.db import connection, transaction  # noqa: PLC0415

    rows = folder / "rows.csv"
    with connection.cursor() as cursor:
        with rows.open("w") as file:
            cursor.copy_expert("COPY examinations_entryline TO STDOUT WITH (FORMAT csv)", file)
        cursor.execute("CREATE TABLE twin (LIKE examinations_entryline INCLUDING ALL)")
        start = time.monotonic()
        with transaction.atomic(), rows.open() as file:
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.copy_expert("COPY twin FROM STDIN WITH (FORMAT csv)", file)
        seconds = time.monotonic() - start
        cursor.execute("DROP TABLE twin")
    return seconds


def empty() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE accounts_account, examinations_entry, examinations_entryline, examinations_load CASCADE"
        )


def main() -> None:
    """Load a tenth for its memory, then all and COPY in turns, the better time of each; print speeds and memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        folder = Path(name)
        small, large = files_of(folder, max(5_000, lines // 10)), files_of(folder, lines)
        timed_load(small)
        memory_small = scratch.megabytes()
        seconds, bare = float("inf"), float("inf")
        for _ in range(ROUNDS):  # whichever side a checkpoint of the database falls on
            empty()
            taken, rows = timed_load(large)
            seconds, bare = min(seconds, taken), min(bare, timed_copy(folder))
        memory_large = scratch.megabytes()
        again, _ = timed_load(large)
        scratch.tell(
            "load",
            rows / seconds,
            rows / bare,
            "rows a second",
            [
                ("rows of the file", f"{rows:,}"),
                ("load, all checks, sums and history", f"{seconds:.1f} s, {rows / seconds:,.0f} rows a second"),
                ("the same file again, all unchanged", f"{again:.1f} s"),
                ("bare COPY into the same indexes", f"{bare:.1f} s, {rows / bare:,.0f} rows a second"),
                ("memory after a tenth, after all", f"{memory_small} MB, {memory_large} MB"),
            ],
        )


if __name__ == "__main__":
    main()
