"""A load of entry lines against a bare COPY of the same rows into the same table with its indexes.

python -m benchmarks.load [--lines 1000000] [--by-owner] [--five-times]

Each load runs in a process of its own, whose memory is told beside its time. Ends with a code where it misses what is
asked of a million lines; a file of some ten thousand pays more for what each load costs once.
"""

import argparse
import csv
import datetime
import multiprocessing
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path

from benchmarks import rivals, scratch

ROUNDS = 2
#: What is asked.
OF_COPY, OF_COPY_CORRECTING, TIMES_IMPORT_EXPORT, MOST_MEGABYTES = 0.5, 0.4, 50, 300
AS_OF = datetime.date(2026, 11, 24)


def write_world(folder: str, lines: int) -> None:
    """Invent the files, in a process of its own: their making is not to count as the loader's memory."""
    from demonstration.world import write_files  # noqa: PLC0415

    write_files(Path(folder), lines=lines, seed=1, as_of=AS_OF)


def write_corrected(source: str, folder: str) -> None:
    """The same entries, of each the duty of its first row a dollar up."""
    Path(folder).mkdir()
    with (
        Path(source, "entries.csv").open(newline="") as given,
        Path(folder, "entries.csv").open("w", newline="") as file,
    ):
        reader, writer = csv.reader(given), csv.writer(file)
        header = next(reader)
        writer.writerow(header)
        number, duty = header.index("Entry Summary Number"), header.index("Line Tariff Duty Amount")
        before = ""
        for row in reader:
            if row[number] != before:
                before, row[duty] = row[number], str(Decimal(row[duty]) + 1)
            writer.writerow(row)


def in_a_process(target: object, *values: object) -> None:
    """Run a function of this module beside, and wait for it."""
    maker = multiprocessing.get_context("spawn").Process(target=target, args=values)  # type: ignore[arg-type]
    maker.start()
    maker.join()
    if maker.exitcode:
        raise SystemExit("The files could not be made.")


def files_of(folder: Path, lines: int) -> Path:
    """The folder with the files of a world of so many lines."""
    target = folder / str(lines)
    in_a_process(write_world, str(target), lines)
    return target


def timed_load(path: Path, login: str = "owner") -> tuple[float, int]:
    """Load the entries of a file as who has that login; returns seconds and rows."""
    from django.db import connection  # noqa: PLC0415

    from examinations.loading.load import load_path  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE portal_worker" if login == "worker" else "RESET ROLE")
    start = time.monotonic()
    outcome = load_path("entries", path / "entries.csv", as_of=AS_OF)
    seconds = time.monotonic() - start
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    if outcome.rejected:
        raise SystemExit(f"{outcome.rejected} rows were rejected.")
    return seconds, outcome.loaded


def load_beside(database: str, path: Path, login: str) -> tuple[float, int, int]:
    """`timed_load` in a process that has done nothing else; returns seconds, rows, and megabytes held at most."""
    scratch.set_up()
    from django.db import connection  # noqa: PLC0415

    connection.settings_dict["NAME"] = database
    return *timed_load(path, login), scratch.megabytes()


def timed_beside(path: Path, login: str = "worker") -> tuple[float, int, int]:
    """Commands and Celery load as the worker, under row security; the owner, whom it does not bind, makes the COPY."""
    from django.db import connection  # noqa: PLC0415

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as beside:
        return beside.submit(load_beside, connection.settings_dict["NAME"], path, login).result()


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
    """Load a tenth, then all and COPY in turns, the better time of each; then what is stored already."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument(
        "--by-owner", action="store_true", help="also load as the owner, whom row security does not bind"
    )
    parser.add_argument("--five-times", action="store_true", help="also load five times as many, for the memory")
    given = parser.parse_args()
    more: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        folder = Path(name)
        small, large = files_of(folder, max(5_000, given.lines // 10)), files_of(folder, given.lines)
        in_a_process(write_corrected, str(large), str(folder / "corrected"))
        *_, held_by_tenth = timed_beside(small)
        ours, bare, held = float("inf"), float("inf"), 0
        for _ in range(ROUNDS):  # whichever side a checkpoint of the database falls on
            empty()
            seconds, rows, megabytes = timed_beside(large)
            ours, held = min(ours, seconds), max(held, megabytes)
            bare = min(bare, timed_copy(folder))
        again, _, held_again = timed_beside(large)
        corrected, changed, held_correcting = timed_beside(folder / "corrected")
        bare_of_corrected = timed_copy(folder)
        memory = {"a tenth": held_by_tenth, "all": held, "all again": held_again, "all corrected": held_correcting}
        plain, tuned = rivals.rows_a_second(rivals.ROWS), rivals.rows_a_second(rivals.ROWS, tuned=True)
        if given.by_owner:
            empty()
            by_owner, *_ = timed_beside(large, "owner")
            more["by_owner"] = bare / by_owner
        if given.five_times:
            empty()
            *_, memory["five times as many"] = timed_beside(files_of(folder, given.lines * 5))
        speed = rows / ours
        scratch.tell(
            "load",
            speed,
            rows / bare,
            "rows a second",
            [
                ("rows of the file", f"{rows:,}"),
                ("load, all checks, sums and history", f"{ours:.1f} s, {speed:,.0f} rows a second"),
                ("bare COPY into the same indexes", f"{bare:.1f} s, {rows / bare:,.0f} rows a second"),
                ("the same file again, all unchanged", f"{again:.1f} s"),
                ("a file that corrects each entry", f"{corrected:.1f} s, {changed:,} rows differ"),
                ("bare COPY of the corrected rows", f"{bare_of_corrected:.1f} s"),
                ("django-import-export, bulk", f"{plain:,.0f} rows a second, {speed / plain:.0f} times slower"),
                ("  without its look-ups", f"{tuned:,.0f} rows a second, {speed / tuned:.0f} times slower"),
                *((f"memory of loading {what}", f"{most} MB") for what, most in memory.items()),
            ],
            unchanged=bare / again,
            correcting=bare_of_corrected / corrected,
            times_import_export=speed / plain,
            times_import_export_tuned=speed / tuned,
            megabytes=max(memory.values()),
            **more,
        )
    scratch.demand(
        {
            "half the speed of COPY": bare / ours >= OF_COPY,
            "two fifths of it where a file corrects": bare_of_corrected / corrected >= OF_COPY_CORRECTING,
            "fifty times django-import-export": speed / plain >= TIMES_IMPORT_EXPORT,
            "memory under 300 MB": max(memory.values()) < MOST_MEGABYTES,
        }
    )


if __name__ == "__main__":
    main()
