"""One notice to 100,000 people, against a bare smtplib loop over one kept connection; and a million rows written.

python -m benchmarks.notices_delivery [--people 100000] [--rows 1000000] [--senders 1]

Both send the same mail to the same sink in the same run, in turns. The opponent is given its bytes: it renders nothing, asks
nobody, and writes nothing down. Ours is what a worker does: stop what is stale, claim, look once more, complete the mail for
each person with its Message-ID and its signed address, send, and write down what became of it before the next body goes out.
"""

import argparse
import contextlib
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import scratch
from benchmarks.export import forget_peak, memory

BODY = (
    "From January 15, goods of 8501 from China pay 25 % more. What you must do stands below.\n\n"
    "What you must do\nLook at your bond.\n\nWhat changes\n" + "The rate of duty on these goods rises. " * 20
)


@contextlib.contextmanager
def sink(folder: Path) -> Iterator[tuple[int, Path]]:
    """A running sink; its port, and the file in which it writes down what it took."""
    from servers.postgres import free_port  # noqa: PLC0415

    port, log = free_port(), folder / "taken"
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.mail_sink", str(port), str(log)], stdout=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.readline()
    try:
        yield port, log
    finally:
        process.terminate()
        process.wait()


def point_at(port: int) -> None:
    """Have the portal send to the sink."""
    from django.conf import settings  # noqa: PLC0415  settings come first

    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_BACKEND = "notifications.mail.FromHere"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def make_people(count: int) -> Any:
    """Members of one importer, so many; returns the account."""
    from django.db import connection  # noqa: PLC0415

    from accounts.models import Account  # noqa: PLC0415

    account = Account.objects.create(name="Quillard Electric", kind="importer", state="active", center_id="010")
    with connection.cursor() as cursor:
        # The history of people is not what is measured, and takes minutes for a million.
        cursor.execute("ALTER TABLE accounts_person DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE accounts_membership DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO accounts_person (id, email, name, password, role, is_active, created_at)"
            " SELECT gen_random_uuid(), 'person' || n || '@people.example', 'Person ' || n, '!', 'member', true, now()"
            " FROM generate_series(1, %s) n",
            [count],
        )
        cursor.execute(
            "INSERT INTO accounts_membership (account_id, person_id, administrator, created_at)"
            " SELECT %s, id, false, now() FROM accounts_person",
            [account.pk],
        )
        cursor.execute("ALTER TABLE accounts_person ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE accounts_membership ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE accounts_person, accounts_membership")
    return account


def tell(account: Any, key: str) -> tuple[Any, float]:
    """Queue one message for all members; returns it, and how many seconds the rows took."""
    from accounts.models import Membership  # noqa: PLC0415
    from notifications import queue  # noqa: PLC0415
    from notifications.models import Message  # noqa: PLC0415

    message = Message.objects.create(key=key, topic="notice", subject="Motors from China pay more", text=BODY, path="/")
    start = time.monotonic()
    queue.tell(message, [Membership.objects.filter(account=account).values_list("person", "account")])
    return message, time.monotonic() - start


def bare(port: int, people: int, mail: bytes) -> float:
    """The opponent: the same bytes to each, over one connection that is kept."""
    start = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for at in range(people):
            smtp.sendmail("portal@portal.example", [f"person{at}@people.example"], mail)
    return time.monotonic() - start


def ours(senders: int) -> float:
    """Everything that is due, by so many senders at once; a second one is a process of its own."""
    from notifications import sending  # noqa: PLC0415

    start = time.monotonic()
    sending.send_all()
    return time.monotonic() - start


def one_mail(message: Any) -> bytes:
    """What our sender puts on the wire for one person."""
    from notifications.letters import Due, Letters, on_the_wire  # noqa: PLC0415

    one = message.deliveries.select_related("person").first()
    due = Due(one.pk, message.pk, one.person_id, one.person.email, 0, message)
    return on_the_wire(due, Letters().body(due), due.email)


def counted(log: Path) -> tuple[int, int]:
    """How many mails the sink took, and to how many people."""
    lines = log.read_bytes().splitlines()
    return len(lines), len(set(lines))


def main() -> None:
    """Write a million rows; then send to a hundred thousand, each side in turns, the better time of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, scratch.database(), sink(Path(name)) as (port, log):
        from django.db import connection  # noqa: PLC0415

        point_at(port)
        account = make_people(arguments.people)
        best, opponent, most, held = float("inf"), float("inf"), 0, 0
        for at in range(arguments.rounds):
            message, _ = tell(account, f"round {at}")
            mail = one_mail(message)
            opponent = min(opponent, bare(port, arguments.people // 2, mail) * 2)
            log.write_bytes(b"")
            held = memory("VmRSS")
            forget_peak()
            best = min(best, ours(1))
            most = max(most, memory("VmHWM"))
            if counted(log) != (arguments.people, arguments.people):
                raise SystemExit(f"Of {arguments.people:,} people {counted(log)} were reached.")
        rows = "not asked for"
        if arguments.rows:
            with connection.cursor() as cursor:
                cursor.execute(
                    "TRUNCATE accounts_person, accounts_account, notifications_message, notifications_delivery CASCADE"
                )
            _, seconds = tell(make_people(arguments.rows), "a million")
            rows = f"{seconds:.1f} s"
        scratch.tell(
            "notices_delivery",
            arguments.people / best,
            arguments.people / opponent,
            "mails a second",
            [
                ("people, bytes of a mail", f"{arguments.people:,}, {len(mail):,}"),
                ("ours: claimed, looked at, completed, sent, settled one by one", f"{best:.1f} s"),
                ("bare smtplib, one connection, ready bytes", f"{opponent:.1f} s"),
                ("memory before, and at most while sending", f"{held} MB, {most} MB"),
                (f"{arguments.rows:,} rows written", rows),
            ],
        )


if __name__ == "__main__":
    main()
