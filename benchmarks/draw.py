"""Counting the population of a plan and drawing from it, against a bare sum of the same entry lines, in the same run.

python -m benchmarks.draw [--lines 300000]

The opponent sums the tariff rows of the period by stratum of value; we put every row to its line, every line into a
stratum, and, for the draw, order each stratum by the seed and keep how many lines each part of it has.
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

PERIOD = (datetime.date(2025, 10, 1), datetime.date(2026, 9, 30))
RUNS = 3
OPPONENT = """SELECT width_bucket(value, ARRAY[2500, 25000]::numeric[]), count(*), sum(value), sum(duty)
              FROM examinations_entryline WHERE entry_date BETWEEN %s AND %s GROUP BY 1"""


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
        cursor.execute(OPPONENT, PERIOD)
        cursor.fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=300_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        from accounts.models import Person  # noqa: PLC0415
        from compliance.measurement import population  # noqa: PLC0415
        from compliance.measurement.models import MeasurementPlan  # noqa: PLC0415

        timed_load(files_of(Path(name), wanted.lines))
        by = Person.objects.create_user("bench@people.example", "x", name="Bench", role=Person.Role.HEADQUARTERS)
        plan = MeasurementPlan.draft(by=by, name="Bench", starts=PERIOD[0], ends=PERIOD[1])
        lines = sum(plan.strata.values_list("population", flat=True))
        theirs = seconds(opponent)
        ours = seconds(lambda: population.count(plan))
        start = time.monotonic()
        drawn = plan.freeze(by=by, seed=1)
        frozen = time.monotonic() - start
        scratch.tell(
            "draw",
            lines / ours,
            lines / theirs,
            "lines a second",
            [
                ("lines of the period, drawn", f"{lines:,}, {drawn:,}"),
                ("counting the population by stratum", f"{ours:.2f} s"),
                ("freezing: counting again and drawing", f"{frozen:.2f} s"),
                ("bare sum of the tariff rows", f"{theirs:.2f} s"),
            ],
        )


if __name__ == "__main__":
    main()
