"""The pages at full size against the same pages at a tenth of the lines: 1 means that size costs nothing.

python -m benchmarks.pages [--lines 200000]
"""

import argparse
import datetime
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import scratch
from benchmarks.load import empty, files_of

AS_OF = datetime.date(2026, 11, 24)
ROUNDS = 9
EVER = "start=2000-01-01&reviews=1"
#: (who reads, address); {account} is the importer with most entries.
PAGES = [
    ("member", "/"),
    ("member", "/examinations/"),
    ("member", f"/examinations/?{EVER}&sort=-days"),
    ("member", "/examinations/?find=NOTHING"),
    ("member", "/examinations/figures/"),
    ("member", "/dates/"),
    ("member", "/dates/closing/?days=90"),
    ("member", "/examinations/figures/by/?by=manufacturer&finding=CLASS"),
    ("member", "/examinations/figures/change/"),
    ("manager", "/"),
    ("manager", "/accounts/?sort=-value"),
    ("hq", "/"),
    ("hq", "/accounts/{account}/"),
    ("hq", f"/accounts/{{account}}/examinations/?{EVER}"),
]


def load(folder: Path) -> None:
    from django.db import connection  # noqa: PLC0415

    from examinations.breakdowns.counting import recount  # noqa: PLC0415
    from examinations.loading.load import load_path  # noqa: PLC0415

    for kind in ("accounts", "entries", "examinations", "bonds"):
        load_path(kind, folder / f"{kind}.csv", as_of=AS_OF)
    recount(None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def start_again() -> None:
    from django.db import connection  # noqa: PLC0415

    empty()
    with connection.cursor() as cursor:
        # Examinations point to accounts without a constraint: no cascade reaches them.
        cursor.execute("TRUNCATE examinations_examination CASCADE")


def people() -> tuple[Any, dict[str, Any]]:
    """The busiest importer, and who reads its pages: a member, a manager of 50 accounts, headquarters."""
    from django.db.models import Sum  # noqa: PLC0415

    from accounts.models import Account, Assignment, Membership, Person  # noqa: PLC0415

    sizes = Account.objects.filter(kind="importer").annotate(n=Sum("entry_months__entries"))
    busiest = list(sizes.order_by("-n", "name")[:50])
    made = {
        name: Person.objects.get_or_create(email=f"{name}@benchmark.example", defaults={"name": name, "role": name})[0]
        for name in ("member", "manager", "headquarters")
    }
    Membership.objects.create(account=busiest[0], person=made["member"])
    for account in busiest:
        Assignment.objects.create(account=account, manager=made["manager"], starts=AS_OF - datetime.timedelta(days=99))
    return busiest[0], made | {"hq": made["headquarters"]}


def timed() -> dict[tuple[str, str], float]:
    """The best milliseconds of each page, through every layer but the network, as the web role."""
    from django.test import Client  # noqa: PLC0415

    account, readers = people()
    found = {}
    for name, address in PAGES:
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(readers[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        taken = []
        for _ in range(ROUNDS + 1):
            start = time.perf_counter()
            response = client.get(address.format(account=account.pk))
            taken.append((time.perf_counter() - start) * 1000)
            if response.status_code != 200:
                raise SystemExit(f"{address} answered {response.status_code}.")
        found[name, address] = min(taken[1:])
    return found


def main() -> None:
    """Load a tenth, walk the pages; load all, walk them again."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=200_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        folder = Path(name)
        small, large = files_of(folder, max(5_000, lines // 10)), files_of(folder, lines)
        load(small)
        at_a_tenth = timed()
        start_again()
        load(large)
        at_full = timed()
        ours, theirs = (1000 * len(PAGES) / sum(times.values()) for times in (at_full, at_a_tenth))
        rows = [
            (f"{reader} {address}", f"{at_full[reader, address]:.0f} ms, {at_a_tenth[reader, address]:.0f} at a tenth")
            for reader, address in PAGES
        ]
        scratch.tell("pages", ours, theirs, "pages a second", rows)


if __name__ == "__main__":
    main()
