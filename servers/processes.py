"""Whose process is this, and how it ends. Nothing is signalled that is not known to be ours."""

import contextlib
import os
import signal
import time
from pathlib import Path


def command_line(pid: int) -> str | None:
    """The command line of a living process; None where there is none, or only a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state == "Z":
            return None
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return _command_line_elsewhere(pid)


def _command_line_elsewhere(pid: int) -> str | None:
    """Without /proc (macOS) the `ps` of the system answers."""
    if Path("/proc/self").exists():
        return None
    text = os.popen(f"ps -o command= -p {int(pid)}").read().strip()
    return text or None


def is_ours(pid: int | None, *marks: str) -> bool:
    """Whether the process lives and its command line carries all marks: a stale id may be someone else's."""
    line = command_line(pid) if pid else None
    return line is not None and all(mark in line for mark in marks)


def end(pid: int | None, *marks: str, first: signal.Signals = signal.SIGTERM, seconds: float = 20) -> bool:
    """Ask our process to end, insist after `seconds`; True when it is gone."""
    if pid is None or not is_ours(pid, *marks):
        return True
    for how in (first, signal.SIGKILL):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            reap(pid)
            if not is_ours(pid, *marks):
                return True
            time.sleep(0.05)
    return False


def reap(pid: int) -> None:
    """Collect a child that has ended; other people's children are not ours to collect."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
