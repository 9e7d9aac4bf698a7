"""A load of entry lines against a bare COPY of the same rows into the same table with its indexes, by who loads.

python -m benchmarks.load [--lines 1000000] [--five-times]
"""

import argparse
import csv
import datetime
import multiprocessing
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from benchmarks import rivals, scratch

ROUNDS = 2
AS_OF = datetime.date(2026, 11, 24)
#: Commands and Celery load as the worker, under row security. The owner, whom it does not bind, makes the COPY.
LOGINS = ("worker", "owner")


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
    """Load a tenth for its memory, then all and COPY in turns, the better time of each; then what is stored already."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--five-times", action="store_true", help="also load five times as many, for the memory")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        folder = Path(name)
        small, large = files_of(folder, max(5_000, given.lines // 10)), files_of(folder, given.lines)
        in_a_process(write_corrected, str(large), str(folder / "corrected"))
        timed_load(small, "worker")
        memory = {"a tenth": scratch.megabytes()}
        best = dict.fromkeys(LOGINS, float("inf"))
        bare = float("inf")
        for turn in range(ROUNDS):  # whichever side a checkpoint of the database falls on
            for login in LOGINS if turn else LOGINS[:1]:
                empty()
                seconds, rows = timed_load(large, login)
                best[login] = min(best[login], seconds)
            bare = min(bare, timed_copy(folder))
        again, _ = timed_load(large, "worker")
        corrected, changed = timed_load(folder / "corrected", "worker")
        bare_of_corrected = timed_copy(folder)
        memory["all, and all corrected"] = scratch.megabytes()
        plain, tuned = rivals.rows_a_second(rivals.ROWS), rivals.rows_a_second(rivals.ROWS, tuned=True)
        if given.five_times:
            empty()
            five = files_of(folder, given.lines * 5)
            timed_load(five, "worker")
            memory["five times as many"] = scratch.megabytes()
        ours = rows / best["worker"]
        scratch.tell(
            "load",
            ours,
            rows / bare,
            "rows a second",
            [
                ("rows of the file", f"{rows:,}"),
                ("load, all checks, sums and history", f"{best['worker']:.1f} s, {ours:,.0f} rows a second"),
                ("the same by the owner's login", f"{best['owner']:.1f} s, {rows / best['owner']:,.0f} rows a second"),
                ("bare COPY into the same indexes", f"{bare:.1f} s, {rows / bare:,.0f} rows a second"),
                ("the same file again, all unchanged", f"{again:.1f} s"),
                ("a file that corrects each entry", f"{corrected:.1f} s, {changed:,} rows differ"),
                ("bare COPY of the corrected rows", f"{bare_of_corrected:.1f} s"),
                ("django-import-export, bulk", f"{plain:,.0f} rows a second, {ours / plain:.0f} times slower"),
                ("  without its look-ups", f"{tuned:,.0f} rows a second, {ours / tuned:.0f} times slower"),
                *((f"memory after {what}", f"{held} MB") for what, held in memory.items()),
            ],
            by_owner=bare / best["owner"],
            unchanged=bare / again,
            correcting=bare_of_corrected / corrected,
            times_import_export=ours / plain,
            times_import_export_tuned=ours / tuned,
            megabytes=max(memory.values()),
        )


if __name__ == "__main__":
    main()
