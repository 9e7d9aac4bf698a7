"""A database that is not ours: DATABASE_URL names its owner, the web's and the worker's logins beside it.

Where DATABASE_WEB_URL and DATABASE_WORKER_URL are not given, the logins are made if the owner may make roles;
else the start stops and says what to create. Nothing that exists already is changed.
"""

import hashlib
import os
import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2

from servers import roles, state
from servers.place import here

WANTED = {"web": "DATABASE_WEB_URL", "worker": "DATABASE_WORKER_URL"}


def given() -> bool:
    """Whether the environment names a database of its own."""
    return bool(os.environ.get("DATABASE_URL"))


def known(home: Path) -> bool:
    """Whether the environment names a server that is not ours, or a start under this home once knew such a database."""
    return given() or bool(os.environ.get("REDIS_URL")) or "external" in state.read(home)


def mark_of(url: str) -> str:
    """Tells one DATABASE_URL from another without keeping its password."""
    return hashlib.sha256(url.encode()).hexdigest()


def prepare() -> dict[str, str]:
    """Make sure of groups and logins. Returns the addresses of web and worker.

    Raises RuntimeError, with what to run by hand, where something is missing that the owner may not make.
    """
    url, home = os.environ["DATABASE_URL"], here().home
    own = {name: os.environ[name] for name in WANTED.values() if os.environ.get(name)}
    with state.locked(home):
        written = state.read(home)
        made = written.get("external", {})
        made = {name: made[name] for name in WANTED.values() if name in made} if made.get("of") == mark_of(url) else {}
        try:
            roles.make_groups(url)
            for kind, name in WANTED.items():
                if name not in own and name not in made:
                    login, password = roles.LOGINS[kind][0], secrets.token_urlsafe(24)
                    roles.make_login(url, kind, password)
                    made[name] = _as(url, login, password)
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[0].rpartition("failed: ")[2]
            raise RuntimeError(f"The database at DATABASE_URL cannot be reached: {reason}") from error
        # Written down without logins too: `clean` has to know whose the database is.
        if made or "external" not in written:
            state.write(home, written | {"external": made | {"of": mark_of(url)}})
    return made | own


def _as(url: str, login: str, password: str) -> str:
    """The same database under another login."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(login)}:{quote(password)}@{host}"))
