"""Worker, broker, database and mail server killed in turn, at random moments, while one notice goes out.

python -m benchmarks.notices_killed [--kills 20] [--people 20000] [--seed 1] [--schema-from postgres://...]

All four run in a home of their own, which is removed afterwards; nothing of a portal beside is touched. Killed is by SIGKILL, and
started again after a moment. What takes minutes in life, a lease that runs out and the wait of a mail that was put off, is let
pass when nothing moves. Ends with 1 where somebody was missed, where more mails came twice than there were kills, or where two
copies carry different Message-IDs.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KINDS = ("worker", "broker", "database", "mail server")
#: Nothing moves for so long: what is left waits for a time that is now let pass.
STILL_SECONDS = 1.5
LONGEST_SECONDS = 600


class Stage:
    """The four processes, each of which can be killed and started again."""

    def __init__(self, home: Path) -> None:
        from servers import cluster, place  # noqa: PLC0415  PORTAL_HOME comes first

        self.known, self.place = cluster.start(), place.here()
        self.taken = home / "taken"
        self.taken.touch()
        self.sink_port = self._free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def _free_port(self) -> int:
        from servers.postgres import free_port  # noqa: PLC0415

        return free_port()

    def environment(self) -> dict[str, str]:
        return dict(os.environ) | {
            "PORTAL_PROCESS": "worker",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink_port}",
            "TASK_QUEUE": "killed",
        }

    def start(self, kind: str) -> None:
        """Start one that does not run."""
        from servers import postgres, valkey  # noqa: PLC0415

        if kind == "database":
            self.known["postgres"] = postgres.start(self.place, self.known["postgres"])
        elif kind == "broker":
            self.known["valkey"] = valkey.start(self.place, self.known["valkey"])
        elif kind == "mail server":
            command = ["-m", "benchmarks.mail_sink", str(self.sink_port), str(self.taken)]
            self.running[kind] = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE)
            assert self.running[kind].stdout
            self.running[kind].stdout.readline()  # type: ignore[union-attr]
        else:
            command = ["-m", "celery", "-A", "portal.celery:app", "worker", "--concurrency", "1", "--loglevel", "ERROR"]
            with (self.place.home / "worker.log").open("ab") as log:
                self.running[kind] = subprocess.Popen(
                    [sys.executable, *command, "--without-gossip", "--without-mingle", "--without-heartbeat"],
                    env=self.environment(), stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip

    def kill(self, kind: str) -> None:
        """End one as a machine does that is out of memory."""
        if kind in ("database", "broker"):
            pid = int(self.known["postgres" if kind == "database" else "valkey"]["pid"])
            os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
            return
        process = self.running.pop(kind)
        if kind == "worker":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()

    def count(self) -> int:
        """How many mails the server took so far."""
        return self.taken.read_bytes().count(b"\n")

    def end(self) -> None:
        from servers import cluster  # noqa: PLC0415

        for kind in list(self.running):
            self.kill(kind)
        cluster.remove()


def set_up(schema_from: str) -> None:
    """Migrate, or copy what another database of ours has."""
    from servers import cluster, postgres  # noqa: PLC0415

    owner = cluster.start()["urls"]["DATABASE_URL"]
    os.environ |= {"PORTAL_PROCESS": "owner", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    import django  # noqa: PLC0415

    django.setup()
    if not schema_from:
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        return
    from servers.place import here  # noqa: PLC0415

    binaries = postgres.copy_binaries(here())
    dump = subprocess.Popen([binaries / "pg_dump", "-Fc", "-Z0", schema_from], stdout=subprocess.PIPE, cwd="/")
    subprocess.run([binaries / "pg_restore", "-d", owner], stdin=dump.stdout, check=True, cwd="/")
    if dump.wait():
        raise SystemExit("The other database could not be copied.")


def queue_one(people: int) -> None:
    """One message to so many members of one account."""
    from benchmarks.notices_delivery import make_people, tell  # noqa: PLC0415

    tell(make_people(people), "killed")


def states() -> dict[str, int]:
    """How many deliveries are in which state; empty while the database is away."""
    from django.db import DatabaseError, InterfaceError, connection  # noqa: PLC0415

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state, count(*) FROM notifications_delivery GROUP BY 1")
            return dict(cursor.fetchall())
    except (DatabaseError, InterfaceError):
        connection.close()
        return {}


def let_time_pass() -> None:
    """As if leases had run out, and the waits of what was put off."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_delivery SET due_at = now() - interval '1 day',"
            " claimed_until = CASE WHEN state = 'claimed' THEN now() - interval '1 day' END"
            " WHERE state IN ('queued', 'claimed')"
        )


def hand_out() -> None:
    """What the scheduler does each minute: one task, unless one waits already."""
    from notifications.tasks import send_due  # noqa: PLC0415
    from portal import celery_app  # noqa: PLC0415

    with contextlib.suppress(Exception), celery_app.connection_for_write(connect_timeout=1) as broker:
        if not broker.default_channel.client.llen("killed"):
            send_due.apply_async(connection=broker, retry=False)


def follow(stage: Stage, until: Any, deadline: float) -> dict[str, int]:
    """Hand out tasks, and let time pass where nothing moves, until it is so."""
    count, moved, handed = stage.count(), time.monotonic(), 0.0
    while time.monotonic() < deadline:
        found, now = states(), time.monotonic()
        if until(found):
            return found
        if now - handed > 0.3:
            hand_out()
            handed = now
        if stage.count() != count:
            count, moved = stage.count(), now
        elif now - moved > STILL_SECONDS and found:
            let_time_pass()
            moved = now
        time.sleep(0.02)
    raise SystemExit(f"It did not end in time: {states()}")


@contextlib.contextmanager
def stage_of_ones_own() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        home = Path(folder) / "home"
        os.environ["PORTAL_HOME"] = str(home)
        for name in ("DATABASE_URL", "DATABASE_WEB_URL", "DATABASE_WORKER_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        os.environ["TASK_QUEUE"] = "killed"
        home.mkdir()
        stage = Stage(home)
        try:
            yield stage
        finally:
            stage.end()


def run(stage: Stage, kills: int, people: int, chance: random.Random, log: list[tuple[str, int, int]]) -> None:
    """Kill in turn: each after a random number of mails and a random moment, down for a random moment."""
    for kind in ("mail server", "worker"):
        stage.start(kind)
    order = [kind for _ in range(-(-kills // len(KINDS))) for kind in chance.sample(KINDS, len(KINDS))][:kills]
    deadline = time.monotonic() + LONGEST_SECONDS
    for at, kind in enumerate(order):
        least = stage.count() + chance.randrange(1, max(2, int(1.5 * (people - stage.count()) / (kills - at + 1))))
        follow(stage, lambda found, least=least: stage.count() >= least or found.get("sent") == people, deadline)
        time.sleep(chance.random() * 0.01)
        before = stage.count()
        stage.kill(kind)
        time.sleep(chance.random() * 0.5)
        stage.start(kind)
        log.append((kind, before, stage.count()))
        if kind == "worker":
            let_time_pass()  # nobody else holds a claim
    follow(stage, lambda found: found.get("sent") == people, deadline)


def verdict(taken: Path, people: int, kills: int) -> dict[str, Any]:
    """What arrived: who was missed, who got it twice, and under which Message-IDs."""
    copies: dict[str, list[str]] = defaultdict(list)
    for line in taken.read_text().splitlines():
        recipient, _, name = line.partition(" ")
        copies[recipient].append(name)
    twice = {who: names for who, names in copies.items() if len(names) > 1}
    return {
        "name": "notices_killed",
        "people": people,
        "kills": kills,
        "missed": people - len(copies),
        "twice": len(twice),
        "copies_too_many": sum(len(names) - 1 for names in twice.values()),
        "other_message_ids": sum(len(set(names)) > 1 for names in twice.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--schema-from", default="", help="a database to copy instead of migrating, without its rows of people"
    )
    parser.add_argument("--verbose", action="store_true", help="show the end of what the worker wrote")
    arguments = parser.parse_args()
    log: list[tuple[str, int, int]] = []
    start = time.monotonic()
    with stage_of_ones_own() as stage:
        set_up(arguments.schema_from)
        queue_one(arguments.people)
        ready = time.monotonic()
        run(stage, arguments.kills, arguments.people, random.Random(arguments.seed), log)
        found = verdict(stage.taken, arguments.people, arguments.kills)
        if arguments.verbose:
            print((stage.place.home / "worker.log").read_text()[-4000:])
    for kind, before, after in log:
        print(f"{kind:12} killed after {before:,} mails; {after:,} when it was up again")
    found |= {"seconds": round(time.monotonic() - ready, 1), "seconds_of_set_up": round(ready - start, 1)}
    print(json.dumps(found))
    if found["missed"] or found["other_message_ids"] or found["copies_too_many"] > arguments.kills:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
