"""The review of all bonds against one bare aggregate over the monthly summaries that it reads, in the same run.

python -m benchmarks.bonds [--numbers 50000]

Importer numbers with two years of months are made in place, a bond for each, and reviewed: sums, states, letters, and a row
written where something changed. The opponent sums the same months by number and reads the sums. Told apart: the review of a
new month, which writes every row, and of the same day again, which writes none; and the year ahead of every bond.
"""

import argparse
import datetime
import statistics
import time
from collections.abc import Callable

from benchmarks import scratch

AS_OF = datetime.date(2026, 11, 24)
RUNS = 5
FILERS = 2
OPPONENT = """SELECT identifier_id, sum(duties_taxes_fees), sum(refunded), sum(greatest(estimated_entries, hmf_unknown_entries))
FROM examinations_entrymonth WHERE source = 'cbp' AND month >= '2025-11-01' AND month < '2026-11-01' GROUP BY 1"""
BUILD = """
INSERT INTO accounts_account (id, name, kind, state, created_at)
SELECT gen_random_uuid(), 'Importer ' || n, 'importer', 'active', now() FROM generate_series(1, %(numbers)s) n;
INSERT INTO accounts_identifier (account_id, kind, value, key)
SELECT id, 'importer', 'B' || row_number() OVER (ORDER BY id), 'B' || row_number() OVER (ORDER BY id) FROM accounts_account;
INSERT INTO bonds_bond (number, account_id, bond_type, activity_code, amount, surety_code, effective, riders, version_at, load_id)
SELECT 'N' || i.id, i.account_id, '8', '1', 50000 * (1 + i.id %% 12), '', '2024-01-01', '{}', now(), %(load)s
FROM accounts_identifier i;
INSERT INTO bonds_coverednumber (bond_id, identifier_id, account_id, principal_account_id, role)
SELECT b.id, i.id, i.account_id, i.account_id, 'PRINCIPAL'
FROM accounts_identifier i JOIN bonds_bond b ON b.number = 'N' || i.id;
INSERT INTO examinations_entrymonth (identifier_id, account_id, filer_id, source, month, entries, lines, value, duty, mpf, hmf,
  tax, other_fees, duties_taxes_fees, refunded, estimated_entries, hmf_unknown_entries)
SELECT i.id, i.account_id, CASE WHEN f > 1 THEN filer.id END, 'cbp', month, 9, 30, 0, 0, 0, 0, 0, 0,
  round((exp(9 + 0.0001 * (i.id %% 30000)) * (0.5 + random()))::numeric, 2), 0, i.id %% 3, 0
FROM accounts_identifier i CROSS JOIN generate_series(1, %(filers)s) f
CROSS JOIN generate_series('2024-11-01'::date, '2026-11-01', '1 month') month
CROSS JOIN (SELECT id FROM accounts_account ORDER BY id LIMIT 1) filer;
ANALYZE;
"""


def once(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def seconds(work: Callable[[], object]) -> float:
    """The median of some runs, after one that warms."""
    work()
    return statistics.median(once(work) for _ in range(RUNS))


def opponent() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute(OPPONENT)
        cursor.fetchall()


def build(numbers: int) -> None:
    """Numbers with their months and bonds."""
    from django.db import connection  # noqa: PLC0415

    from examinations.models import Load  # noqa: PLC0415

    load = Load.objects.create(kind="bonds", file_name="made in place")
    with connection.cursor() as cursor:
        cursor.execute(BUILD, {"numbers": numbers, "filers": FILERS, "load": load.pk})


def main() -> None:
    """Build, then time both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--numbers", type=int, default=50_000)
    wanted = parser.parse_args()
    with scratch.database():
        from compliance.bonds.looking_ahead import look_ahead  # noqa: PLC0415
        from compliance.bonds.reviewing import review  # noqa: PLC0415
        from examinations.models import EntryMonth  # noqa: PLC0415

        build(wanted.numbers)
        first = once(lambda: review(None, AS_OF))
        theirs = seconds(opponent)
        again = seconds(lambda: review(None, AS_OF))
        fresh = []
        for months in range(1, RUNS + 1):
            # The window of another month: every sum is another, and every row is written.
            day = AS_OF.replace(month=AS_OF.month - months % 2 * 1)
            fresh.append(once(lambda day=day: review(None, day)))  # type: ignore[misc]
        ours = statistics.median(fresh)
        review(None, AS_OF)
        ahead = once(lambda: look_ahead(None, AS_OF))
        scratch.tell(
            "bonds",
            wanted.numbers / ours,
            wanted.numbers / theirs,
            "numbers a second",
            [
                ("importer numbers, months of summaries", f"{wanted.numbers:,}, {EntryMonth.objects.count():,}"),
                ("bare sum of the twelve months by number", f"{theirs:.2f} s"),
                (
                    "review of a new month: every row written",
                    f"{ours:.2f} s, {ours / theirs:.2f} of it (asked below 2)",
                ),
                ("  the same day again, nothing to write", f"{again:.2f} s, {again / theirs:.2f} of it"),
                ("  the very first review", f"{first:.2f} s"),
                ("the year ahead of every bond, once a month", f"{ahead:.2f} s"),
            ],
            of_the_sum=ours / theirs,
            unchanged=again / theirs,
        )


if __name__ == "__main__":
    main()
