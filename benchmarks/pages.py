"""Every page about examinations at full size against the same page at one hundredth: 1 means that size costs nothing.

python -m benchmarks.pages [--lines 1000000] [--rounds 10]

Two readings in one run, each with its table, since "ten million lines" may mean either:

* the portal grows a hundredfold by more accounts, and the importer of the pages has as many rows as before;
* the importer of the pages grows a hundredfold itself, to some 272,000 lines whatever `--lines` is, in the same portal.

Two databases, one hundred thousand lines and `--lines`, with an importer of each reading, a broker, a manager of fifty
accounts and headquarters to read. A page is called on both in turns, the best of several rounds: milliseconds, and
statements of its own, beside those of sign-in, scope and frame. A million lines take three minutes; ten million with
500,000 examinations some 20 GB and twenty minutes, most of it to make them.
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import multiplied, scratch
from benchmarks.load import in_a_process

ROUNDS = 10
#: Both databases in turns: what else the machine does falls on both. A page that takes too long after these is called so
#: often more, on both, and the best of all calls counts: one that truly grows does so in the best call too.
TURNS, TURNS_MORE = 2, 6
MOST_STATEMENTS = 12
MOST_GROWTH = 1.3
EVER = "start=2000-01-01"
#: Pages of an account, which staff reads below /accounts/ID/. In braces what `named` finds.
OF_ACCOUNT = (
    "/examinations/",
    f"/examinations/?{EVER}&reviews=1&sort=-days",
    f"/examinations/?{EVER}&result=held&port=2704",
    "/examinations/?find=NOTHING",
    "/examinations/{examination}/",
    "/examinations/{detained}/detention/",
    "/examinations/figures/",
    "/examinations/figures/by/?by=port",
    "/examinations/figures/by/?by=manufacturer",
    "/examinations/figures/by/?by=manufacturer&finding=CLASS",
    "/examinations/figures/change/",
    "/explore/",
    "/explore/?measure=days&rows=port&columns=quarter",
    "/explore/?measure=wrong&rows=manufacturer&columns=finding",
    "/explore/?measure=owed&rows=heading&columns=finding",
    "/checks/",
    "/checks/new-supplier/",
    "/entries/",
    f"/entries/?{EVER}&sort=-value",
    f"/entries/?{EVER}&liquidation=open&examined=yes",
    "/entries/{entry}/",
    "/entry-lines/",
    f"/entry-lines/?{EVER}&origin=ZZ",
    "/duty/",
    "/requests/",
    "/requests/{asked}/",
    "/dates/",
    "/dates/closing/",
    "/dates/closing/?days=90",
    "/monthly/",
    "/people/",
)
OF_BROKER = (
    "/",
    "/examinations/",
    "/examinations/figures/",
    "/examinations/figures/by/?by=manufacturer",
    "/explore/",
    "/checks/",
    "/entries/",
    "/entries/{entry}/",
    "/entry-lines/",
    "/duty/",
    "/requests/",
    "/dates/",
    "/dates/closing/",
)
OF_STAFF = (
    "/",
    "/examinations/",
    "/examinations/figures/",
    "/examinations/figures/by/?by=reason",
    "/explore/",
    "/entries/",
    "/requests/",
    "/dates/closing/",
)
PAGES = (
    *(("member", address) for address in ("/", *OF_ACCOUNT, "/brokers/", "/exports/", "/uploads/")),
    *(("broker", address) for address in OF_BROKER),
    *(("manager", f"/accounts/{{account}}{address}") for address in OF_STAFF),
    *(("manager", address) for address in ("/", "/accounts/", "/accounts/?sort=-value", "/find/?q=NOTHING")),
    *(("headquarters", f"/accounts/{{account}}{address}") for address in OF_STAFF),
    *(("headquarters", address) for address in ("/", "/accounts/", "/accounts/?sort=-value", "/loads/")),
)
#: Pages with nothing of their own to ask: what they take is sign-in, scope and frame.
BARE, BARE_OF_ACCOUNT = "/words/", "/examinations/figures/definitions/"


@dataclass
class Walked:
    """A page in one of the two databases: best milliseconds, statements in all and of its own."""

    milliseconds: float
    statements: int
    own: int


def write_world(folder: str, as_of: date) -> None:
    from demonstration.world import write_files  # noqa: PLC0415

    write_files(Path(folder), lines=multiplied.LINES, seed=1, as_of=as_of)


#: The readings, and how each is told.
WIDE, GROWN = "wide", "grown"
READINGS = {
    WIDE: "The portal grows a hundredfold, the importer stays as it is",
    GROWN: "The importer grows a hundredfold, and so does the portal",
}


def settle_people(reading: str, account: Any, others: list[Any], as_of: date) -> None:
    """Who reads: a member, one of the broker that files most for it, a manager of 50 accounts, headquarters.

    others: accounts that the manager does not have, those of the other reading.
    """
    from django.db.models import Sum  # noqa: PLC0415

    from accounts.models import Account, Assignment, Membership, Person  # noqa: PLC0415
    from examinations.models import Detention, Examination, Export  # noqa: PLC0415
    from examinations.models.examination import HELD  # noqa: PLC0415

    broker = Account.objects.filter(filed_entry_months__account=account, kind="broker")
    broker = broker.annotate(n=Sum("filed_entry_months__entries")).order_by("-n")[0]
    roles = {"member": "member", "broker": "member", "manager": "manager", "headquarters": "headquarters"}
    made = {
        name: Person.objects.create(email=address(reading, name), name=name, role=role) for name, role in roles.items()
    }
    Membership.objects.create(account=account, person=made["member"])
    Membership.objects.create(account=broker, person=made["broker"])
    taken = [account.pk, *(other.pk for other in others)]
    busiest = Account.objects.filter(kind="importer").annotate(n=Sum("entry_months__entries"))
    free = busiest.exclude(pk__in=taken).exclude(pk__in=Assignment.objects.values("account"))
    for one in (account, *free.order_by("-n")[:49]):
        Assignment.objects.create(account=one, manager=made["manager"], starts=as_of - timedelta(days=99))
    held = Examination.objects.filter(HELD, account=account).order_by("pk")[0]
    Examination.objects.filter(pk=held.pk).update(disposition="DETAINED")
    Detention.objects.create(examination=held, kind="uflpa", recorded_by=made["manager"])
    for _ in range(3):
        Export.objects.create(owner=made["member"], role="member", account=account, kind="entry-lines", format="csv")


def address(reading: str, name: str) -> str:
    """Who signs in."""
    return f"{name}@{reading}.benchmark.example"


def named(reading: str, account: Any) -> dict[str, Any]:
    """What stands for the names in braces: of the reading's importer, filed by the broker that reads."""
    from accounts.models import Membership  # noqa: PLC0415
    from examinations.models import CustomsRequest, Detention, Entry, Examination  # noqa: PLC0415

    broker = Membership.objects.get(person__email=address(reading, "broker")).account
    found = Examination.objects.filter(account=account, closed__isnull=False, discrepancies__isnull=False)
    return {
        "account": account.pk,
        "examination": found.order_by("pk")[0].pk,
        "detained": Detention.objects.filter(examination__account=account)[0].pk,
        "entry": Entry.objects.filter(account=account, filer=broker).order_by("-lines", "pk")[0].number,
        "asked": CustomsRequest.objects.filter(account=account).order_by("pk")[0].pk,
    }


def client_of(reading: str, name: str) -> Any:
    from django.test import Client  # noqa: PLC0415

    from accounts.models import Person  # noqa: PLC0415

    client = Client(HTTP_HOST="127.0.0.1")
    person = Person.objects.get(email=address(reading, name))
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def milliseconds(client: Any, address: str) -> float:
    """One call through every layer but the network, as the web role."""
    start = time.perf_counter()
    response = client.get(address)
    taken = (time.perf_counter() - start) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return taken


def statements(client: Any, address: str) -> int:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def use(name: str) -> None:
    """Speak to another database from now on."""
    from django.db import connection  # noqa: PLC0415

    connection.close()
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def walk(
    reading: str, small: str, full: str, names: dict[str, Any], rounds: int
) -> Iterator[tuple[str, str, list[Walked]]]:
    """Each page on both databases in turns."""
    clients: dict[tuple[str, str], Any] = {}
    for database in (small, full):
        use(database)
        clients |= {(database, name): client_of(reading, name) for name in dict.fromkeys(reader for reader, _ in PAGES)}
    for reader, page in PAGES:
        asked, bare = page.format(**names), _bare(reader, page).format(**names)
        found = []
        for database in (small, full):
            use(database)
            client = clients[database, reader]
            milliseconds(client, asked)
            every = statements(client, asked)
            found.append(Walked(float("inf"), every, every - statements(client, bare)))
        for turn in range(TURNS + TURNS_MORE):
            if turn >= TURNS and found[1].milliseconds <= MOST_GROWTH * found[0].milliseconds:
                break
            for database, one in zip((small, full), found, strict=True):
                use(database)
                client = clients[database, reader]
                milliseconds(client, asked)
                best = min(milliseconds(client, asked) for _ in range(max(1, rounds // TURNS)))
                one.milliseconds = min(one.milliseconds, best)
        yield reader, page, found


def _bare(reader: str, address: str) -> str:
    """The page that takes only what is fixed for this reader at this place."""
    if address.startswith("/accounts/{account}"):
        return "/accounts/{account}" + BARE_OF_ACCOUNT
    staff = reader in ("manager", "headquarters")
    return BARE if staff or address in ("/", "/exports/", "/uploads/") else BARE_OF_ACCOUNT


@contextlib.contextmanager
def twin() -> Iterator[str]:
    """A copy of the scratch database as it is now; yields its name."""
    from django.db import connection  # noqa: PLC0415

    full = connection.settings_dict["NAME"]
    small = f"{full}_small"
    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{small}" TEMPLATE "{full}"')
    use(full)
    try:
        yield small
    finally:
        use(full)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{small}" WITH (FORCE)')


def say(reading: str, walked: Iterator[tuple[str, str, list[Walked]]]) -> list[list[Walked]]:
    """A line for each page as it is walked; what is over a limit is marked."""
    kept = []
    print(f"\n{READINGS[reading]}:\n{'ms':>7} {'1/100':>7} {'times':>6} {'of its own':>10}  page")
    for reader, page, (small, full) in walked:
        times = full.milliseconds / small.milliseconds
        own = f"{full.own}" if full.own == small.own else f"{small.own} to {full.own}"
        good = times <= MOST_GROWTH and full.own <= min(MOST_STATEMENTS, small.own)
        figures = f"{full.milliseconds:7.1f} {small.milliseconds:7.1f} {times:6.2f} {own:>10}"
        print(f"{figures}  {reader} {page}{'' if good else '  <<'}", flush=True)
        kept.append([small, full])
    return kept


def summary(reading: str, walked: list[list[Walked]]) -> list[tuple[str, str]]:
    """The lines of a reading for the table of results."""
    growth = [full.milliseconds / small.milliseconds for small, full in walked]
    slowest = max(full.milliseconds for _, full in walked)
    over = sum(times > MOST_GROWTH for times in growth)
    return [
        (READINGS[reading], f"{len(walked)} pages"),
        ("  more than 1.3 times as long", f"{over}"),
        ("  times of the median page, of the worst", f"{statistics.median(growth):.2f}, {max(growth):.2f}"),
        ("  slowest page, ms", f"{slowest:.0f}"),
        ("  statements of its own, at most", f"{max(full.own for _, full in walked)}"),
        ("  pages that ask more often", f"{sum(full.own > small.own for small, full in walked)}"),
    ]


def measure(lines: int, rounds: int, folder: Path, as_of: date) -> dict[str, list[list[Walked]]]:
    """Load the small world, copy the database, multiply the one, then walk the pages on both, reading by reading."""
    from django.db import connection  # noqa: PLC0415

    multiplied.build(folder, as_of)
    grows = multiplied.growing()
    accounts = {WIDE: multiplied.staying(grows), GROWN: grows}
    for reading, account in accounts.items():
        settle_people(reading, account, [one for one in accounts.values() if one != account], as_of)
    multiplied.settle()
    with twin() as small:
        full = connection.settings_dict["NAME"]
        multiplied.multiply(lines, grows.pk, as_of)
        multiplied.settle()
        names = {reading: named(reading, account) for reading, account in accounts.items()}
        return {one: say(one, walk(one, small, full, names[one], rounds)) for one in READINGS}


def main() -> None:
    """Both readings, each page's times, then the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database():
        from django.core.management import call_command  # noqa: PLC0415
        from django.utils import timezone  # noqa: PLC0415

        as_of = timezone.localdate()
        call_command("collectstatic", interactive=False, verbosity=0)
        in_a_process(write_world, name, as_of)
        found = measure(asked.lines, asked.rounds, Path(name), as_of)
    every = [pair for pairs in found.values() for pair in pairs]
    ours, theirs = (1000 * len(every) / sum(pair[at].milliseconds for pair in every) for at in (1, 0))
    growth = {one: [full.milliseconds / small.milliseconds for small, full in pairs] for one, pairs in found.items()}
    more = {f"{one}_worst": max(times) for one, times in growth.items()}
    more |= {f"{one}_median": statistics.median(times) for one, times in growth.items()}
    more |= {f"{one}_over": sum(one > MOST_GROWTH for one in times) for one, times in growth.items()}
    print()
    rows = [line for one, pairs in found.items() for line in summary(one, pairs)]
    scratch.tell("pages", ours, theirs, "pages a second", rows, lines=asked.lines, **more)
    scratch.demand(
        {
            "1.3 times of one hundredth": all(one <= MOST_GROWTH for times in growth.values() for one in times),
            "as many statements": all(full.own <= small.own for small, full in every),
        }
    )


if __name__ == "__main__":
    main()
