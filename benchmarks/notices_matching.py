"""Which accounts traded what a notice is about: asked of the sums, against the same question asked of the lines.

python -m benchmarks.notices_matching [--lines 10000000]

A small world comes through the loaders and is copied inside the database until it has so many lines: 10,000,000 are of some
50,000 accounts. Both answer with each account's dollars of the last twelve whole months; the answers must be equal.
"""

import argparse
import datetime
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import scratch

SMALL, RUNS = 60_000, 5
TABLES = ("Account", "Identifier", "Entry", "EntryLine", "LineCode", "TradedGoods", "TradedOrigin")
#: Asked for (issue 6): milliseconds from the sums; times as fast as the lines, with goods and with an origin alone.
MOST_MS, WITH_GOODS, ORIGIN_ALONE = 100, 50, 15


def questions() -> dict[str, Any]:
    """By what it is called: what is asked. Those of goods first; the last names manufacturers, which only lines know."""
    from notices.matching import Asked  # noqa: PLC0415  settings come first

    return {
        "heading 8501": Asked(hts_prefixes=("8501",)),
        "heading 8501 from China": Asked(hts_prefixes=("8501",), countries=("CN",)),
        "subheading 8501.10 through Los Angeles": Asked(hts_prefixes=("850110",), ports=("2704",)),
        "steel, chapters 72 and 73, without 7318": Asked(hts_prefixes=("72", "73"), excluded_hts_prefixes=("7318",)),
        "chapter 85 from China without a preference": Asked(
            hts_prefixes=("85",), countries=("CN",), spi_codes=("NONE",)
        ),
        "China alone": Asked(countries=("CN",)),
        "Thailand alone": Asked(countries=("TH",)),
    }


def answer(asked: Any, day: datetime.date, *, lines: bool) -> tuple[dict[Any, Any], float]:
    """What is found, and the median of seconds in which it is counted and summed after that; the lines are asked once.

    As the portal asks: what is found stays in the database, and no row of it is carried here.
    """
    from django.db import connection  # noqa: PLC0415

    from notices.matching import matched_sql  # noqa: PLC0415

    sql, given = matched_sql(asked, day, lines=lines)
    took = []
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found = {account: (imported, filed) for account, imported, filed in cursor.fetchall()}
        for _ in range(1 if lines else RUNS):
            start = time.monotonic()
            cursor.execute(f"SELECT count(*), sum(imported), sum(filed) FROM ({sql}) found", given)
            counted, *_ = cursor.fetchone()
            took.append(time.monotonic() - start)
            assert counted == len(found)
    return found, statistics.median(took)


def build(folder: Path, day: datetime.date, copies: int) -> None:
    """The small world with its sums, and its copies."""
    from django.db import connection  # noqa: PLC0415

    from benchmarks.multiplied import copy_tables  # noqa: PLC0415
    from demonstration.world import write_files  # noqa: PLC0415
    from examinations.breakdowns import counting  # noqa: PLC0415
    from examinations.loading.load import load_path  # noqa: PLC0415

    write_files(folder, lines=SMALL, seed=1, as_of=day)  # of today: the sums are of the months before today
    for kind in ("accounts", "entries"):
        load_path(kind, folder / f"{kind}.csv", as_of=day)
    counting.recount(None)
    copy_tables(TABLES, copies)
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute(
            "VACUUM (ANALYZE) examinations_tradedgoods, examinations_tradedorigin, examinations_entryline, examinations_entry"
        )


def main() -> None:
    """Load, copy, then ask both in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        from django.utils import timezone  # noqa: PLC0415

        from accounts.models import Account  # noqa: PLC0415
        from examinations.models import EntryLine, TradedGoods  # noqa: PLC0415

        day = timezone.localdate()
        build(Path(name), day, max(1, wanted.lines // SMALL))
        rows, goods, alone, slowest = [], [], [], 0.0
        for label, asked in questions().items():
            ours, took = answer(asked, day, lines=False)
            theirs, took_lines = answer(asked, day, lines=True)
            assert ours == theirs, f"{label}: the sums and the lines disagree"
            assert ours, f"{label}: nothing was found, so nothing was measured"
            (goods if asked.hts_prefixes else alone).append(took_lines / took)
            slowest = max(slowest, took)
            rows.append(
                (
                    label,
                    f"{len(ours):,} accounts, {took * 1000:.1f} ms; lines {took_lines:.2f} s, {took_lines / took:.0f} times",
                )
            )
        counts = f"{EntryLine.objects.count():,}, {TradedGoods.objects.count():,}, {Account.objects.count():,}"
        scratch.tell(
            "notices_matching",
            min(goods),
            1,
            "times as fast as the lines, where goods are named",
            [
                ("tariff rows, sums, accounts", counts),
                *rows,
                ("slowest", f"{slowest * 1000:.1f} ms (asked {MOST_MS})"),
                (
                    "least with goods, with an origin alone",
                    f"{min(goods):.0f} (asked {WITH_GOODS}), {min(alone):.0f} (asked {ORIGIN_ALONE})",
                ),
            ],
            origin_alone=min(alone),
            slowest_ms=slowest * 1000,
        )


if __name__ == "__main__":
    main()
