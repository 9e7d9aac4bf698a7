"""DATABASE_URL points at a cluster that is not ours: here, one whose owner we are told, without the portal's roles."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from tests.servers.machine import Machine, Running, a_machine, eventually, running

pytestmark = [pytest.mark.processes]
KEY = "a-key-of-fifty-random-characters-0123456789-ABCDEFGHIJ"
OWNERS = {"landlord": "CREATEROLE", "tenant": ""}


@dataclass
class Cluster:
    """Somebody else's cluster: its superuser's address, and the address of its queue."""

    port: int
    admin: str
    queue: str

    def run(self, *statements: str) -> list[tuple[object, ...]]:
        connection = psycopg2.connect(self.admin)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def roles(self) -> set[str]:
        return {str(name) for (name,) in self.run("SELECT rolname FROM pg_roles WHERE rolname LIKE 'portal\\_w%'")}

    def settings(self, owner: str) -> dict[str, str]:
        return {
            "DATABASE_URL": f"postgres://{owner}:their-password@127.0.0.1:{self.port}/{owner}s",
            "REDIS_URL": self.queue,
            "SECRET_KEY": KEY,
            "SECURE_HTTPS": "0",
        }


@pytest.fixture(scope="module")
def standing() -> Iterator[Cluster]:
    with a_machine() as theirs:
        theirs.do("start")
        known = theirs.known()
        port, data = known["postgres"]["port"], Path(known["postgres"]["data"])
        password = (data.parent / "admin-password").read_text()
        admin = f"host=127.0.0.1 port={port} user=portal_admin password={password} dbname=postgres"
        cluster = Cluster(port, admin, known["urls"]["REDIS_URL"])
        cluster.run("DROP DATABASE portal")
        for owner, rights in OWNERS.items():
            cluster.run(f"CREATE ROLE {owner} LOGIN {rights} PASSWORD 'their-password'")
        yield cluster


@pytest.fixture
def cluster(standing: Cluster) -> Cluster:
    """The cluster with empty databases of both owners and none of the portal's roles."""
    for owner in OWNERS:
        standing.run(f"DROP DATABASE IF EXISTS {owner}s WITH (FORCE)", f"CREATE DATABASE {owner}s OWNER {owner}")
    standing.run("DROP ROLE IF EXISTS portal_web_login, portal_worker_login, portal_owner, portal_web, portal_worker")
    return standing


def test_an_owner_who_may_make_roles_needs_to_prepare_nothing(cluster: Cluster, machine: Machine) -> None:
    with running(machine, **cluster.settings("landlord"), DEMONSTRATION="true") as run:
        assert eventually(lambda: run.get("/health/")[0] == 200), run.get("/health/")
        assert "importer@demo.example" in run.said
        logins = cluster.run("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'landlords'")
        assert ("portal_web_login",) in logins
        assert ("landlord",) not in logins
        # A command of the same environment finds the login that the run made.
        done = machine.python("manage.py", "recompute_risk", **cluster.settings("landlord"))
        assert done.returncode == 0, done.stderr
        assert run.signal(signal.SIGINT) == 0
    assert machine.living() == []
    assert "their-password" not in (machine.home / "servers.json").read_text().replace("portal_", "")
    assert cluster.run("SELECT 1") == [(1,)]


def test_an_owner_who_may_not_is_told_what_to_create(cluster: Cluster, machine: Machine) -> None:
    done = machine.python("-m", "servers", "run", **cluster.settings("tenant"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "tenant may not create them" in done.stderr
    assert "DATABASE_WEB_URL and DATABASE_WORKER_URL" in done.stderr
    assert cluster.roles() == set()
    by_hand = [line.strip() for line in done.stderr.splitlines() if line.startswith("  ")]
    cluster.run(*(line.replace("'...'", "'by-hand'") for line in by_hand))
    base = cluster.settings("tenant")
    logins = {
        f"DATABASE_{kind.upper()}_URL": base["DATABASE_URL"].replace(
            "tenant:their-password", f"portal_{kind}_login:by-hand"
        )
        for kind in ("web", "worker")
    }
    for words in (("migrate",), ("recompute_risk",)):
        process = "owner" if words == ("migrate",) else "worker"
        done = machine.python("manage.py", *words, **base, **logins, PORTAL_PROCESS=process)
        assert done.returncode == 0, done.stderr
    web = psycopg2.connect(logins["DATABASE_WEB_URL"])
    with web, web.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_account")
        assert cursor.fetchone() == (0,)
    web.close()


def test_it_gets_no_demonstration_unasked(cluster: Cluster, machine: Machine) -> None:
    code = """
from servers.place import here
from servers.run import environment_of, is_a_demonstration
print(is_a_demonstration(environment_of(here().home, 8000)))
"""
    for asked, shown in (({}, "False\n"), ({"DEMONSTRATION": "true"}, "True\n")):
        done = machine.python("-c", code, **cluster.settings("landlord"), **asked)
        assert done.stdout == shown, done.stderr


def test_logins_of_another_portal_in_the_same_cluster_keep_their_passwords(cluster: Cluster, machine: Machine) -> None:
    machine.do("start", **cluster.settings("landlord"))
    with a_machine() as second:
        done = second.python("-m", "servers", "start", **cluster.settings("landlord"))
        assert done.returncode == 1
        assert done.stderr == (
            "The login portal_web_login exists already; set DATABASE_WEB_URL to the same database under it.\n"
        )
    machine.do("start", **cluster.settings("landlord"))
    made = machine.known()["external"]["DATABASE_WEB_URL"]
    psycopg2.connect(made).close()


def test_without_a_secret_the_run_stops_with_one_line(cluster: Cluster, machine: Machine) -> None:
    settings = {name: text for name, text in cluster.settings("landlord").items() if name != "SECRET_KEY"}
    run = Running(machine, **settings)
    assert run.process.wait(120) == 2
    assert run.said == "Settings: SECRET_KEY is missing. Set it to a long random text and keep it.\n"


def test_an_unreachable_database_is_said_without_its_password(machine: Machine) -> None:
    done = machine.python(
        "-m", "servers", "start", DATABASE_URL="postgres://someone:secret-word@127.0.0.1:1/x", SECRET_KEY=KEY
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The database at DATABASE_URL cannot be reached: ")
    assert "refused" in done.stderr
    assert "secret-word" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
