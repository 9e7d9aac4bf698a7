"""Both servers together: start, stop, and the addresses under which the portal finds them."""

import os
import secrets
from pathlib import Path
from typing import Any

from servers import postgres, roles, state, valkey
from servers.place import Place, here

DATABASE = "portal"


def _prepare_folders(place: Place) -> None:
    place.state.parent.mkdir(parents=True, exist_ok=True)
    place.state.mkdir(exist_ok=True, mode=0o700)
    place.own(place.state)


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
        _prepare_folders(place)
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
        known = state.read(place.home)
        return valkey.stop(known.get("valkey", {})) & postgres.stop(known.get("postgres", {}))


def running() -> bool:
    """Whether both servers of this home answer to their process ids."""
    known = state.read(here().home)
    return all(part in known and os.path.exists(f"/proc/{known[part].get('pid')}") for part in ("postgres", "valkey"))
