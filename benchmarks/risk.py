"""Rates and scores of all accounts against a bare sum of their entry lines, in the same run; and of a hundred touched ones.

python -m benchmarks.risk [--lines 10000000]

A small world comes through the loaders and is copied inside the database until it has so many lines: 10,000,000 are of some
50,000 accounts. The opponent reads the lines. We rate everybody by the fit of the month, then read what is kept of the months,
bonds, programs and rates, compute the parts, and write what moved since the last night: on most nights little. The first night
of a month, which fits anew and writes a row for everybody, and counting what is kept of the months are told apart.

The ratio is of clocks, on a machine that has nothing else to do. Beside it stand the seconds that processors worked, which are
the same on a busy one; the sum is made by as many of them as there are.

Copies are alike, and alike accounts share a posterior: what fifty thousand different ones take, benchmarks.own_rates tells.

With so many lines as the bars are asked for it ends with a code where one is missed.
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
#: Lines of which the bars are asked, about; a night as a share of the bare sum, and seconds for those touched, at most.
ASKED_OF, MOST_OF_THE_SUM, MOST_FOR_TOUCHED = 9_500_000, 0.35, 0.2
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
        from benchmarks.multiplied import copy_tables, settle  # noqa: PLC0415
        from compliance.measurement.own_rates import recomputing as own_rates  # noqa: PLC0415
        from compliance.measurement.own_rates import years  # noqa: PLC0415
        from compliance.risk import trade  # noqa: PLC0415
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
        first = once(lambda: recompute(None, AS_OF))
        settle()
        spent = scratch.processor_seconds()
        theirs = seconds(opponent)
        theirs_spent = (scratch.processor_seconds() - spent) / (RUNS + 1)
        rating, scoring = [], []
        spent = scratch.processor_seconds()
        for day in range(1, RUNS + 1):
            # Days of the same month: as the next nights.
            on = AS_OF + datetime.timedelta(days=day)
            rating.append(once(lambda on=on: own_rates.recompute(None, on)))  # type: ignore[misc]
            scoring.append(once(lambda on=on: recompute(None, on)))  # type: ignore[misc]
        spent = (scratch.processor_seconds() - spent) / RUNS
        count = recompute(None, AS_OF)
        large = touched()
        rated, scored = statistics.median(rating), statistics.median(scoring)
        ours = rated + scored
        scratch.tell(
            "risk",
            count / ours,
            count / theirs,
            "accounts a second",
            [
                ("entry lines, accounts scored", f"{lines:,}, {count:,}"),
                ("bare sum of the entry lines by account", f"{theirs:.2f} s"),
                (
                    "a night: everybody rated and scored",
                    f"{ours:.2f} s, {ours / theirs:.2f} of it (asked {MOST_OF_THE_SUM})",
                ),
                ("  rates: read, posteriors, what moved", f"{rated:.2f} s, {rated / theirs:.2f} of it"),
                ("  scores: read, parts, what moved", f"{scored:.2f} s, {scored / theirs:.2f} of it"),
                (
                    "  processor, of a night and of the sum",
                    f"{spent:.2f} s, {spent / theirs_spent:.2f} of {theirs_spent:.2f} s",
                ),
                ("first night of a month: fit, rate, write all", f"{fit:.2f} s, {fit / theirs:.2f} of it"),
                ("first night of a month: score, write all", f"{first:.2f} s, {first / theirs:.2f} of it"),
                ("what is kept of everybody's months, once a month", f"{months:.2f} s, {months / theirs:.2f} of it"),
                ("facts of trade of everybody, once a month", f"{facts:.2f} s, {facts / theirs:.2f} of it"),
                (f"{TOUCHED} touched with everything, of {SMALL:,} lines", f"{small:.3f} s (asked {MOST_FOR_TOUCHED})"),
                (f"{TOUCHED} touched with everything, of {lines:,} lines", f"{large:.3f} s (asked {MOST_FOR_TOUCHED})"),
            ],
            of_the_sum=ours / theirs,
            scores_alone=scored / theirs,
            of_the_sum_by_processor=spent / theirs_spent,
            touched_s=large,
        )
        if lines >= ASKED_OF and (ours / theirs > MOST_OF_THE_SUM or max(small, large) > MOST_FOR_TOUCHED):
            raise SystemExit("Slower than is asked.")


if __name__ == "__main__":
    main()
