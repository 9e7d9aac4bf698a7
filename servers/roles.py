"""The three logins, made once per cluster and outside migrations, since roles belong to the cluster.

owner: migrations and tests; web: what a scope opens; worker: every row, and may step down to web.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg2
from psycopg2 import sql

GROUPS = ("portal_web", "portal_worker")
LOGINS = {
    "owner": ("portal_owner", "CREATEDB", ()),
    "web": ("portal_web_login", "", ("portal_web",)),
    "worker": ("portal_worker_login", "", ("portal_worker", "portal_web")),
}
#: Limits of the web login: per login, never per group, and nothing that a pooler would refuse as an option.
WEB_LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}

BY_HAND = """The portal needs three roles in this cluster, and {who} may not create them. As a superuser, run

  CREATE ROLE portal_web NOLOGIN; CREATE ROLE portal_worker NOLOGIN;
  GRANT portal_web, portal_worker TO {who};
  CREATE ROLE portal_web_login LOGIN PASSWORD '...' IN ROLE portal_web;
  CREATE ROLE portal_worker_login LOGIN PASSWORD '...' IN ROLE portal_worker, portal_web;
{limits}

then set DATABASE_WEB_URL and DATABASE_WORKER_URL to the same database under the two logins, and start again."""


@contextlib.contextmanager
def _cursor(dsn: str) -> Iterator[Any]:
    """A cursor that commits each statement, on a connection of its own. What is forbidden is said as what to do."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    except psycopg2.errors.InsufficientPrivilege as error:
        raise RuntimeError(by_hand(connection.info.user)) from error
    finally:
        connection.close()


def by_hand(who: str) -> str:
    """What a superuser has to run where the owner may not."""
    limits = "\n".join(f"  ALTER ROLE portal_web_login SET {name} = '{value}';" for name, value in WEB_LIMITS.items())
    return BY_HAND.format(who=who, limits=limits)


def _existing(cursor: Any) -> set[str]:
    cursor.execute("SELECT rolname FROM pg_roles")
    return {name for (name,) in cursor.fetchall()}


def _make_missing_groups(cursor: Any) -> None:
    for group in sorted(set(GROUPS) - _existing(cursor)):
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(group)))


def _join(cursor: Any, login: str, groups: Iterable[str]) -> None:
    for group in groups:
        cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(login)))


def _limit_web(cursor: Any) -> None:
    for setting, value in WEB_LIMITS.items():
        cursor.execute(sql.SQL(f"ALTER ROLE portal_web_login SET {setting} = %s"), [value])


def prepare(dsn: str, passwords: dict[str, str]) -> None:
    """Make or renew all roles of a cluster of our own. `dsn`: its superuser; `passwords` by kind of login."""
    with _cursor(dsn) as cursor:
        _make_missing_groups(cursor)
        existing = _existing(cursor)
        for kind, (name, rights, groups) in LOGINS.items():
            make = "ALTER" if name in existing else "CREATE"
            statement = sql.SQL(f"{make} ROLE {{}} LOGIN {rights} PASSWORD %s").format(sql.Identifier(name))
            cursor.execute(statement, [passwords[kind]])
            _join(cursor, name, groups)
        _join(cursor, "portal_owner", GROUPS)
        _limit_web(cursor)


def make_groups(dsn: str) -> None:
    """Make the groups that policies and grants name, where they are missing, in a cluster that is not ours.

    Raises RuntimeError, with what to run by hand, where the owner may not.
    """
    with _cursor(dsn) as cursor:
        _make_missing_groups(cursor)
        # Tests and tasks of the owner step down into the groups; whoever made them may let itself in.
        cursor.execute("SELECT g FROM unnest(%s) g WHERE NOT pg_has_role(g, 'SET')", [list(GROUPS)])
        missing = [group for (group,) in cursor.fetchall()]
        cursor.execute("SELECT current_user")
        _join(cursor, cursor.fetchone()[0], missing)


def make_login(dsn: str, kind: str, password: str) -> None:
    """Make one login in a cluster that is not ours.

    Raises RuntimeError where it exists already, since its password is not ours to change, or may not be made.
    """
    name, rights, groups = LOGINS[kind]
    with _cursor(dsn) as cursor:
        if name in _existing(cursor):
            variable = f"DATABASE_{kind.upper()}_URL"
            raise RuntimeError(f"The login {name} exists already; set {variable} to the same database under it.")
        statement = sql.SQL(f"CREATE ROLE {{}} LOGIN {rights} PASSWORD %s").format(sql.Identifier(name))
        cursor.execute(statement, [password])
        _join(cursor, name, groups)
        if kind == "web":
            _limit_web(cursor)


def make_database(dsn: str, name: str) -> None:
    """Create the portal's database, owned by its owner, where it does not exist yet."""
    with _cursor(dsn) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER portal_owner").format(sql.Identifier(name)))
