"""The three logins, made once per cluster and outside migrations, since roles belong to the cluster.

owner: migrations and tests; web: what a scope opens; worker: every row, and may step down to web.
"""

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

BY_HAND = """Create these roles as a superuser, then start again:
  CREATE ROLE portal_web NOLOGIN; CREATE ROLE portal_worker NOLOGIN;
  CREATE ROLE portal_owner LOGIN CREATEDB PASSWORD '...'; GRANT portal_web, portal_worker TO portal_owner;
  CREATE ROLE portal_web_login LOGIN PASSWORD '...' IN ROLE portal_web;
  CREATE ROLE portal_worker_login LOGIN PASSWORD '...' IN ROLE portal_worker, portal_web;
  ALTER ROLE portal_web_login SET statement_timeout = '30s';
and set DATABASE_WEB_URL and DATABASE_WORKER_URL."""


def prepare(dsn: str, passwords: dict[str, str]) -> None:
    """Make or renew the roles. `dsn`: as one who may create roles; `passwords` by login.

    Raises RuntimeError, with what to run by hand, where the roles may not be created.
    """
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles")
            existing = {name for (name,) in cursor.fetchall()}
            for group in GROUPS:
                if group not in existing:
                    cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(group)))
            for kind, (name, rights, groups) in LOGINS.items():
                make = "ALTER" if name in existing else "CREATE"
                cursor.execute(
                    sql.SQL(f"{make} ROLE {{}} LOGIN {rights} PASSWORD %s").format(sql.Identifier(name)),
                    [passwords[kind]],
                )
                for group in groups:
                    cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(name)))
            for group in GROUPS:
                cursor.execute(sql.SQL("GRANT {} TO portal_owner").format(sql.Identifier(group)))
            for setting, value in WEB_LIMITS.items():
                cursor.execute(sql.SQL(f"ALTER ROLE portal_web_login SET {setting} = %s"), [value])
    except psycopg2.errors.InsufficientPrivilege as error:
        raise RuntimeError(BY_HAND) from error
    finally:
        connection.close()


def make_database(dsn: str, name: str) -> None:
    """Create the portal's database, owned by its owner, where it does not exist yet."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER portal_owner").format(sql.Identifier(name)))
    finally:
        connection.close()
