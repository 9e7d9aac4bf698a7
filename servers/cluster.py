"""Both servers together: start, stop, and the addresses under which the portal finds them."""

import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from servers import postgres, roles, state, valkey
from servers.place import here

DATABASE = "portal"


def secret_key(home: Path) -> str:
    """The key of a machine of one's own, made once; a production start brings its own."""
    file = home / "secret-key"
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(50))
    return file.read_text()


def start() -> dict[str, Any]:
    """Start what is not running yet, prepare roles and database, and write down where everything is."""
    place = here()
    with state.locked(place.home):
        place.prepare()
        known = state.read(place.home)
        known["postgres"] = postgres.start(place, known.get("postgres", {}))
        known["valkey"] = valkey.start(place, known.get("valkey", {}))
        known.setdefault("passwords", {kind: secrets.token_urlsafe(24) for kind in roles.LOGINS})
        port = known["postgres"]["port"]
        admin = f"host=127.0.0.1 port={port} user={postgres.ADMIN} password={postgres.admin_password(place)}"
        roles.prepare(admin + " dbname=postgres", known["passwords"])
        roles.make_database(admin + " dbname=postgres", DATABASE)
        known["urls"] = _addresses(known)
        state.write(place.home, known)
        secret_key(place.home)
    return known


def _addresses(known: dict[str, Any]) -> dict[str, str]:
    port, broker = known["postgres"]["port"], known["valkey"]
    names = {"owner": "DATABASE_URL", "web": "DATABASE_WEB_URL", "worker": "DATABASE_WORKER_URL"}
    urls = {
        names[kind]: f"postgres://{login}:{known['passwords'][kind]}@127.0.0.1:{port}/{DATABASE}"
        for kind, (login, _, _) in roles.LOGINS.items()
    }
    urls["REDIS_URL"] = f"redis://:{broker['password']}@127.0.0.1:{broker['port']}"
    return urls


def stop() -> bool:
    """End both servers; their data stay. True when nothing is left running."""
    place = here()
    with state.locked(place.home):
        return valkey.stop(place) & postgres.stop(place)


def running() -> bool:
    """Whether both servers of this home live."""
    place = here()
    return postgres.running(place) and valkey.running(place)


def remove() -> bool:
    """End both servers and forget everything under this home. True when it is gone."""
    if not stop():
        return False
    place = here()
    if place.user is not None:
        shutil.rmtree(place.state.parent, ignore_errors=True)
    shutil.rmtree(place.home, ignore_errors=True)
    return not place.home.exists() and not place.state.exists()
