"""A long list as CSV, formula guard and row security included, against a bare COPY of the same rows.

python -m benchmarks.export [--lines 1000000]

All lines are given to one account, whose member asks for them: what is timed is the worker's whole task, from the
record to the file in the storage. The opponent copies the table as it lies, as its owner, with the same number of rows.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import scratch
from benchmarks.load import files_of, timed_load

ROUNDS = 3
#: What is asked.
OF_COPY = 0.5
OPPONENT = "COPY examinations_entryline TO STDOUT WITH (FORMAT csv)"


def give_to_one_member() -> Any:
    """Give every entry to one account; returns a member of it."""
    from django.db import connection  # noqa: PLC0415  settings come first

    from accounts.models import Account, Membership, Person  # noqa: PLC0415

    account = Account.objects.filter(kind="importer").order_by("name")[0]
    person = Person.objects.create(email="member@benchmark.example", name="Member", role=Person.Role.MEMBER)
    Membership.objects.create(account=account, person=person)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE examinations_entry SET account_id = %s", [account.pk])
        cursor.execute("UPDATE examinations_entryline SET account_id = %s", [account.pk])
        cursor.execute("VACUUM (FULL, ANALYZE) examinations_entryline, examinations_entry")
    return person


def memory(which: str) -> int:
    """Megabytes that this process holds (VmRSS), or has held at most since `forget_peak` (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which)) // 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def timed_export(person: Any) -> tuple[float, int, int]:
    """Have the file made as a worker makes it; returns seconds, rows, bytes."""
    from examinations.exports.building import build  # noqa: PLC0415
    from examinations.models import Export  # noqa: PLC0415

    export = Export.objects.create(
        owner=person,
        role=person.role,
        account=person.memberships.get().account,
        kind="entry-lines",
        format="csv",
        filters={"start": ["2000-01-01"], "end": ["2030-12-31"]},
    )
    start = time.monotonic()
    build(export)
    seconds = time.monotonic() - start
    export.refresh_from_db()
    if export.state != Export.State.READY:
        raise SystemExit(export.message)
    export.remove_file()
    return seconds, export.rows, export.size


def timed_copy(folder: Path) -> tuple[float, int]:
    """COPY the table to a file; returns seconds and rows."""
    from django.db import connection  # noqa: PLC0415

    start = time.monotonic()
    with connection.cursor() as cursor, (folder / "rows.csv").open("wb") as file:
        cursor.copy_expert(OPPONENT, file)
        return time.monotonic() - start, int(cursor.rowcount)


def main() -> None:
    """Load, give all to one account, then export and COPY in turns, the better time of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        folder = Path(name)
        timed_load(files_of(folder, lines))
        person = give_to_one_member()
        before = memory("VmRSS")
        forget_peak()
        ours, theirs = float("inf"), float("inf")
        for _ in range(ROUNDS):
            seconds, rows, size = timed_export(person)
            bare, copied = timed_copy(folder)
            if rows != copied:
                raise SystemExit(f"{rows:,} rows were exported, {copied:,} copied.")
            ours, theirs = min(ours, seconds), min(theirs, bare)
        scratch.tell(
            "export",
            rows / ours,
            rows / theirs,
            "rows a second",
            [
                ("rows, megabytes of the file", f"{rows:,}, {size // 2**20:,}"),
                ("export: policies, guard, entry numbers, into the storage", f"{ours:.2f} s"),
                ("bare COPY of the table", f"{theirs:.2f} s"),
                ("memory before, and at most while exporting", f"{before} MB, {memory('VmHWM')} MB"),
            ],
        )
    scratch.demand({"half the speed of COPY": theirs / ours >= OF_COPY})


if __name__ == "__main__":
    main()
