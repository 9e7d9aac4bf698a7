"""Scores of all accounts against a bare sum of their entry lines, in the same run.

python -m benchmarks.risk [--lines 300000] [--accounts 20000]

The opponent reads the lines; we read the monthly sums, bonds, programs and examinations, compute nine parts, and
write a row an account. The world of the demonstration has hundreds of accounts, so its lines are handed round to as
many as are asked for.
"""

import argparse
import datetime
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import scratch
from benchmarks.load import files_of, timed_load

AS_OF = datetime.date(2026, 11, 24)
RUNS = 5
OPPONENT = "SELECT account_id, count(*), sum(value), sum(duty) FROM examinations_entryline GROUP BY 1"


def hand_round(accounts: int) -> None:
    """Give each entry to one of so many accounts, by its number, with lines and monthly sums after it."""
    from django.db import connection  # noqa: PLC0415  settings come first

    from examinations.loading.entries.summaries import ADDS, contributions  # noqa: PLC0415

    names = ", ".join(ADDS)
    sums = ", ".join(f"sum({name})" for name in ADDS)
    key = "identifier_id, account_id, filer_id, source, month"
    with connection.cursor() as cursor:
        for statement in (
            f"""CREATE TEMPORARY TABLE made AS SELECT n, gen_random_uuid() AS account
                FROM generate_series(0, {accounts - 1}) n""",
            """INSERT INTO accounts_account (id, name, kind, state, created_at)
               SELECT account, 'Importer ' || n, 'importer', 'active', now() FROM made""",
            """INSERT INTO accounts_identifier (account_id, kind, value, key)
               SELECT account, 'importer', 'B' || n, 'B' || n FROM made""",
            "ALTER TABLE made ADD COLUMN identifier bigint",
            "UPDATE made SET identifier = i.id FROM accounts_identifier i WHERE i.key = 'B' || n",
            f"""UPDATE examinations_entry e SET account_id = account, identifier_id = identifier FROM made
                WHERE n = abs(hashtext(e.number)) % {accounts}""",
            """UPDATE examinations_entryline l SET account_id = e.account_id FROM examinations_entry e
               WHERE e.id = l.entry_id""",
            "TRUNCATE examinations_entrymonth",
            f"""INSERT INTO examinations_entrymonth ({key}, {names})
                SELECT {key}, {sums} FROM ({contributions(1)}) c GROUP BY {key}""",
        ):
            cursor.execute(statement)
        cursor.execute("VACUUM (FULL, ANALYZE) examinations_entryline, examinations_entry, examinations_entrymonth")


def seconds(work: Callable[[], object]) -> float:
    """The median of some runs, after one that warms."""
    work()
    took = []
    for _ in range(RUNS):
        start = time.monotonic()
        work()
        took.append(time.monotonic() - start)
    return statistics.median(took)


def opponent() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute(OPPONENT)
        cursor.fetchall()


def main() -> None:
    """Load, hand round, then time both; print the parts of our time too."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--accounts", type=int, default=20_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        from compliance.risk.models import Assessment  # noqa: PLC0415
        from compliance.risk.recompute import read_inputs, recompute  # noqa: PLC0415

        timed_load(files_of(Path(name), wanted.lines))
        hand_round(wanted.accounts)
        theirs = seconds(opponent)
        reading = seconds(lambda: read_inputs(None, AS_OF))
        again = seconds(lambda: recompute(None, AS_OF))
        fresh = []
        for day in range(RUNS):
            start = time.monotonic()
            count = recompute(None, AS_OF - datetime.timedelta(days=100 + day))
            fresh.append(time.monotonic() - start)
        ours = statistics.median(fresh)
        scratch.tell(
            "risk",
            count / ours,
            count / theirs,
            "accounts a second",
            [
                ("accounts scored, rows written", f"{count:,}, {Assessment.objects.count():,}"),
                ("scores of a new day: read, score, write", f"{ours:.2f} s"),
                ("reading the inputs alone", f"{reading:.2f} s"),
                ("the same day again, nothing to write", f"{again:.2f} s"),
                ("bare sum of the entry lines by account", f"{theirs:.2f} s"),
            ],
        )


if __name__ == "__main__":
    main()
