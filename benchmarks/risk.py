"""Scores of all accounts against a bare sum of their entry lines, in the same run; and of a hundred touched ones.

python -m benchmarks.risk [--lines 10000000]

A small world comes through the loaders and is copied inside the database until it has so many lines: 10,000,000 are of some
50,000 accounts. The opponent reads the lines; we read what is kept of the months, bonds, programs and own rates, compute the
parts, and write a row an account. Posteriors of everybody by the fit that stands are computed beside, as they would be if
everybody were touched; fitting anew each night, and counting what is kept once a month, are told apart.
"""

import argparse
import datetime
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import scratch
from benchmarks.load import files_of

AS_OF = datetime.date(2026, 11, 24)
SMALL = 60_000
RUNS, TOUCHED = 5, 100
OPPONENT = "SELECT account_id, count(*), sum(value), sum(duty) FROM examinations_entryline GROUP BY 1"
TABLES = (
    *("Account", "Identifier", "Bond", "CoveredNumber", "EntryLine"),
    *("EntryMonth", "ExaminationMonth", "EntryBreakdown", "DutyMonth"),
)


def seconds(work: Callable[[], object]) -> float:
    """The median of some runs, after one that warms."""
    work()
    took = []
    for _ in range(RUNS):
        start = time.monotonic()
        work()
        took.append(time.monotonic() - start)
    return statistics.median(took)


def once(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def opponent() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute(OPPONENT)
        cursor.fetchall()


def touched() -> float:
    """A hundred accounts whose file came in: what is kept of the months, facts of trade and rates anew, then scores."""
    from accounts.models import Account  # noqa: PLC0415
    from compliance.measurement.own_rates import recomputing as own_rates  # noqa: PLC0415
    from compliance.measurement.own_rates import years  # noqa: PLC0415
    from compliance.risk import trade  # noqa: PLC0415
    from compliance.risk.recompute import recompute  # noqa: PLC0415

    some = list(Account.objects.filter(kind="importer").order_by("pk").values_list("pk", flat=True)[:TOUCHED])
    parts = {
        "months": seconds(lambda: years.recount(some, AS_OF)),
        "facts of trade": seconds(lambda: trade.recount(some, AS_OF)),
        "rates": seconds(lambda: own_rates.recompute(some, AS_OF)),
        "scores": seconds(lambda: recompute(some, AS_OF)),
    }
    print(f"  touched, {len(some)}: " + ", ".join(f"{name} {took:.3f} s" for name, took in parts.items()))
    return sum(parts.values())


def rate_all() -> None:
    """The posterior of everybody by the fit that stands; nothing is written, for nothing changed."""
    from compliance.measurement.models import RateFit  # noqa: PLC0415
    from compliance.measurement.own_rates.fitting import from_data, rates_by  # noqa: PLC0415
    from compliance.measurement.own_rates.reading import known_of  # noqa: PLC0415

    stored = RateFit.objects.order_by("-pk").first()
    assert stored is not None
    rates_by(from_data(stored.data), known_of(None, AS_OF))


def build(folder: Path) -> None:
    """The small world, with what the tasks behind a load count."""
    from compliance.measurement.own_rates import recomputing as own_rates  # noqa: PLC0415
    from compliance.risk.recompute import recompute  # noqa: PLC0415
    from examinations.breakdowns import counting  # noqa: PLC0415
    from examinations.duty import months  # noqa: PLC0415
    from examinations.loading.load import load_path  # noqa: PLC0415

    files = files_of(folder, SMALL)
    for kind in ("accounts", "entries", "examinations", "bonds"):
        load_path(kind, files / f"{kind}.csv", as_of=AS_OF)
    counting.recount(None)
    months.recount(None)
    own_rates.recompute(None, AS_OF)
    recompute(None, AS_OF)


def forget() -> None:
    """What is kept of the months, as on the first night of a month."""
    from compliance.measurement.models import AccountYear  # noqa: PLC0415
    from compliance.risk.models import TradeFacts  # noqa: PLC0415

    AccountYear.objects.all().delete()
    TradeFacts.objects.all().delete()


def main() -> None:
    """Load, copy, then time both; print the parts of our time too."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        from benchmarks.multiplied import copy_tables  # noqa: PLC0415
        from compliance.measurement.own_rates import recomputing as own_rates  # noqa: PLC0415
        from compliance.measurement.own_rates import years  # noqa: PLC0415
        from compliance.risk import trade  # noqa: PLC0415
        from compliance.risk.reading import read_inputs  # noqa: PLC0415
        from compliance.risk.recompute import recompute  # noqa: PLC0415
        from examinations.models import EntryLine  # noqa: PLC0415

        build(Path(name))
        small = touched()
        copy_tables(TABLES, max(1, wanted.lines // SMALL))
        lines = EntryLine.objects.filter(stands_for_line=True).count()
        forget()
        months = once(lambda: years.count_missing(None, AS_OF))
        facts = once(lambda: trade.count_missing(None, AS_OF))
        fit = once(lambda: own_rates.recompute(None, AS_OF))
        theirs = seconds(opponent)
        rating = seconds(rate_all)
        reading = seconds(lambda: read_inputs(None, AS_OF))
        fresh = []
        count = recompute(None, AS_OF)
        for day in range(1, RUNS + 1):
            # Days of the same month and behind the fit: as the scores of the next nights.
            fresh.append(once(lambda day=day: recompute(None, AS_OF + datetime.timedelta(days=day))))  # type: ignore[misc]
        again = seconds(lambda: recompute(None, AS_OF))
        large = touched()
        ours = statistics.median(fresh)
        scratch.tell(
            "risk",
            count / ours,
            count / theirs,
            "accounts a second",
            [
                ("entry lines, accounts scored", f"{lines:,}, {count:,}"),
                ("bare sum of the entry lines by account", f"{theirs:.2f} s"),
                ("scores of a new day: read, score, write", f"{ours:.2f} s, {ours / theirs:.2f} of it (asked 0.35)"),
                ("  reading the inputs alone", f"{reading:.2f} s"),
                ("  the same day again, nothing to write", f"{again:.2f} s"),
                ("posteriors of everybody by the fit that stands", f"{rating:.2f} s, {rating / theirs:.2f} of it"),
                ("fitting and rating everybody anew, each night", f"{fit:.2f} s, {fit / theirs:.2f} of it"),
                ("what is kept of everybody's months, once a month", f"{months:.2f} s, {months / theirs:.2f} of it"),
                ("facts of trade of everybody, once a month", f"{facts:.2f} s, {facts / theirs:.2f} of it"),
                (f"{TOUCHED} touched with everything, of {SMALL:,} lines", f"{small:.3f} s (asked 0.2)"),
                (f"{TOUCHED} touched with everything, of {lines:,} lines", f"{large:.3f} s (asked 0.2)"),
            ],
            of_the_sum=ours / theirs,
            with_posteriors=(ours + rating) / theirs,
        )


if __name__ == "__main__":
    main()
