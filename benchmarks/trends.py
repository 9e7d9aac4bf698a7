"""Trends of all accounts against a bare aggregate over the same examinations and entry lines, in the same run.

python -m benchmarks.trends [--lines 1000000]

A small world comes through the loaders and is copied inside the database until it has so many lines. The opponent joins the
examinations to their lines and counts them and their finds by account and by each dimension and pair of dimensions, in one
statement with grouping sets. We read, learn, test every cell of every importer and broker, for discrepancies, long stays and
costs, and how brokers file, name trends, count the lines of those that stand, and write. What the touched accounts of a load take stands beside.
"""

import argparse
import datetime
import tempfile
import time
from itertools import combinations
from pathlib import Path

from benchmarks import scratch
from benchmarks.load import files_of, timed_load

AS_OF = datetime.date(2026, 11, 24)
TOUCHED = 100
TABLES = (
    "Account",
    "Identifier",
    "Entry",
    "EntryLine",
    "Examination",
    "Selection",
    "Draw",
    "Discrepancy",
    "EntryBreakdown",
    "EntryDay",
    "Cost",
)
COLUMNS = ("port", "heading", "origin", "manufacturer_id", "filer_id")
SETS = ", ".join(f"(account_id, {', '.join(subset)})" for size in (1, 2) for subset in combinations(COLUMNS, size))
OPPONENT = f"""
SELECT account_id, {", ".join(COLUMNS)}, count(*), count(*) FILTER (WHERE hit), sum(owed)
FROM (
  SELECT x.id, x.account_id, x.filer_id, x.port, left(l.hts, 4) AS heading, l.origin, l.manufacturer_id,
    x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING') AS hit, d.owed
  FROM examinations_examination x
  LEFT JOIN examinations_entryline l ON l.entry_id = x.entry_id AND l.stands_for_line
    AND (x.line IS NULL OR l.line = x.line)
  LEFT JOIN (SELECT examination_id, sum(revenue_difference) AS owed FROM examinations_discrepancy GROUP BY 1) d
    ON d.examination_id = x.id
  WHERE x.closed IS NOT NULL) AS examined
GROUP BY GROUPING SETS ({SETS})
"""


def opponent() -> float:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        start = time.monotonic()
        cursor.execute(f"SELECT count(*) FROM ({OPPONENT}) AS counted")
        cursor.fetchall()
    return time.monotonic() - start


def main() -> None:
    """Load, copy, then time both, the cheaper of two runs each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        from accounts.models import Account  # noqa: PLC0415
        from benchmarks.multiplied import LINES, copy_tables, fill_up  # noqa: PLC0415
        from compliance.trends.looking import find_trends  # noqa: PLC0415
        from compliance.trends.models import Trend  # noqa: PLC0415
        from examinations.breakdowns import counting  # noqa: PLC0415
        from examinations.loading.load import load_path  # noqa: PLC0415
        from examinations.models import EntryLine, Examination  # noqa: PLC0415

        files = files_of(Path(name), LINES)
        load_path("accounts", files / "accounts.csv", as_of=AS_OF)
        timed_load(files)
        load_path("examinations", files / "examinations.csv", as_of=AS_OF)
        fill_up()
        counting.recount(None)
        copy_tables(TABLES, max(1, wanted.lines // LINES))
        theirs = min(opponent() for _ in range(2))
        took = []
        for days in (0, 1):
            start = time.monotonic()
            find_trends(None, AS_OF + datetime.timedelta(days=days))
            took.append(time.monotonic() - start)
        ours = max(took)  # the search that announces is one of them
        some = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:TOUCHED])
        start = time.monotonic()
        find_trends(some, AS_OF)
        touched = time.monotonic() - start
        lines, examinations = EntryLine.objects.count(), Examination.objects.count()
        scratch.tell(
            "trends",
            examinations / ours,
            examinations / theirs,
            "examinations a second",
            [
                ("entry lines, examinations, accounts", f"{lines:,}, {examinations:,}, {Account.objects.count():,}"),
                ("bare aggregate by the same dimensions", f"{theirs:.2f} s"),
                ("all accounts searched", f"{ours:.2f} s, {ours / theirs:.2f} of it (asked 4)"),
                ("  the first search, which announces", f"{took[0]:.2f} s, {Trend.objects.count():,} trends"),
                ("  the next one, which counts them again", f"{took[1]:.2f} s"),
                (f"{len(some)} touched accounts", f"{touched:.2f} s"),
                ("most memory", f"{scratch.megabytes():,} MB"),
            ],
            of_the_aggregate=ours / theirs,
        )


if __name__ == "__main__":
    main()
