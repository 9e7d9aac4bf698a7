"""The clock of promises against a look at every minute, and a dry run of rules over 10,000 past inquiries.

python -m benchmarks.promises [--cases 100000] [--inquiries 10000] [--seed 1]

Both clocks answer the same random cases over ten years in two time zones, with up to three stops each, and must agree in
every one. The dry run asks thirty rules of inquiries made up in memory, twice: as the rules are, and with one changed.
"""

import argparse
import datetime
import json
import random
import time
from decimal import Decimal

from inquiries.promises.clock import Hours, due
from inquiries.routing.comparing import compared
from inquiries.routing.matching import Condition, Facts
from tests.inquiries.minute_by_minute import Minutes

UTC = datetime.UTC
FIRST, YEARS = 2020, 10
OFFICES = [
    Hours(datetime.time(8), datetime.time(17), "America/New_York"),
    Hours(datetime.time(8), datetime.time(17), "America/Los_Angeles"),
]
CATEGORIES = ["valuation", "classification", "origin", "preference", "adcvd", "hold", "bond", "ace", "other"]
SECONDS_ALLOWED = 5.0


def clocks(cases: int, seed: int) -> tuple[float, float]:
    """Seconds of our clock and of the slow one. Raises AssertionError where they differ."""
    ours = theirs = 0.0
    seeded = random.Random(seed)
    first = datetime.datetime(FIRST, 1, 1, tzinfo=UTC)
    for office in OFFICES:
        slow = Minutes(office, first, datetime.datetime(FIRST + YEARS + 1, 1, 1, tzinfo=UTC))
        minute = datetime.timedelta(minutes=1)
        for _ in range(cases // len(OFFICES)):
            begins = first + seeded.randrange(YEARS * 525_600) * minute
            minutes, stops = seeded.randrange(1, 60 * 60), []
            for _ in range(seeded.randrange(4)):
                stopped = begins + seeded.randrange(10_000) * minute
                stops.append((stopped, stopped + seeded.randrange(4_000) * minute))
            if stops and seeded.random() < 0.1:
                stops[-1] = (stops[-1][0], None)
            started = time.perf_counter()
            found = due(begins, minutes, stops, office)
            ours += time.perf_counter() - started
            started = time.perf_counter()
            expected = slow.due(begins, minutes, stops)
            theirs += time.perf_counter() - started
            assert found == expected, (begins, minutes, stops, office, found, expected)
    return ours, theirs


def _rules(seeded: random.Random) -> list[tuple[str, Condition]]:
    found = []
    for place in range(30):
        low = seeded.randrange(1, 97)
        found.append((
            f"group {place % 9}",
            Condition(
                categories=frozenset(seeded.sample(CATEGORIES, 2)),
                headings=(f"{low:02}01-{low + 2:02}99",) if place % 2 else (),
                least_amount=Decimal(seeded.randrange(50_000)) if place % 5 == 0 else None,
            ),
        ))  # fmt: skip
    return found


def dry_run(inquiries: int, seed: int) -> tuple[float, int]:
    """Seconds, and how many would go elsewhere."""
    seeded = random.Random(seed)
    facts = [
        Facts(
            seeded.choice(CATEGORIES), f"{seeded.randrange(1, 11):03}", f"{seeded.randrange(1, 98):02}{seeded.randrange(100):02}",
            f"{seeded.randrange(1000, 5000)}", Decimal(seeded.randrange(100_000)), frozenset(),
        )
        for _ in range(inquiries)
    ]  # fmt: skip
    before = _rules(seeded)
    after = [("group new", before[0][1]), *before[1:]]
    started = time.perf_counter()
    tried = compared(before, after, facts)
    return time.perf_counter() - started, tried.elsewhere


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--inquiries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    ours, theirs = clocks(asked.cases, asked.seed)
    print(f"{asked.cases:,} cases over {YEARS} years agree: {ours:.2f} s, minute by minute {theirs:.2f} s")
    took, elsewhere = dry_run(asked.inquiries, asked.seed)
    print(f"Dry run over {asked.inquiries:,} inquiries: {took:.2f} s, {elsewhere:,} would go elsewhere")
    print(
        json.dumps(
            {"name": "promises.clock", "ratio": round(theirs / ours, 1), "ours": ours, "theirs": theirs, "unit": "s"}
        )
    )
    print(json.dumps({"name": "promises.dry_run", "ratio": round(SECONDS_ALLOWED / took, 1), "ours": took, "theirs": SECONDS_ALLOWED, "unit": "s"}))  # fmt: skip


if __name__ == "__main__":
    main()
