"""Whose process is this, and how it ends. Nothing is signalled that is not known to be ours."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")


def command_line(pid: int) -> str | None:
    """The command line of a living process; None where there is none, or only a zombie."""
    if not (PROC / "self").exists():
        return _ask_ps(pid, "command=")
    fields = _stat(pid)
    if fields is None or fields[0] == "Z":
        return None
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return None


def _stat(pid: int) -> list[str] | None:
    """What /proc says of a process, from its state on: state, parent, group, ... start."""
    try:
        return (PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None


def _ask_ps(pid: int, what: str) -> str | None:
    """Without /proc (macOS) the `ps` of the system answers."""
    done = subprocess.run(["ps", "-o", what, "-p", str(int(pid))], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def born(pid: int) -> str | None:
    """When a process began, in the system's own words: a process id comes again, with its beginning it does not."""
    if not (PROC / "self").exists():
        return _ask_ps(pid, "lstart=")
    fields = _stat(pid)
    return fields[19] if fields else None


def is_ours(pid: int | None, *marks: str, since: str | None = None) -> bool:
    """Whether the process lives, its command line carries all marks and, where that is known, it began `since`.

    A stale id may be someone else's by now.
    """
    line = command_line(pid) if pid else None
    if line is None or not all(mark in line for mark in marks):
        return False
    return since is None or born(int(pid or 0)) == since


def end(
    pid: int | None,
    *marks: str,
    since: str | None = None,
    first: signal.Signals = signal.SIGTERM,
    seconds: float = 20,
) -> bool:
    """Ask our process to end, insist after `seconds`; True when it is gone."""
    if pid is None:
        return True
    for how in (first, signal.SIGKILL):
        if not is_ours(pid, *marks, since=since):
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        if _wait(lambda: not is_ours(pid, *marks, since=since), pid, seconds):
            return True
    return False


def ask(pid: int, mark: str, since: str | None = None) -> bool:
    """Ask our process to end, without waiting; whether there was one to ask."""
    if not is_ours(pid, mark, since=since):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    return True


def end_group(leader: int, mark: str, since: str | None = None, seconds: float = 20) -> bool:
    """End a process that leads a group of its own, and whatever of its group outlives it; True when all are gone.

    The leader is asked, and asks the others itself; after `seconds`, or where it died before them, the rest is killed.
    """
    if command_line(leader) is not None and not is_ours(leader, mark, since=since):
        return True  # the id is someone else's by now, and so would be its group
    if ask(leader, mark, since):
        _wait(lambda: not is_ours(leader, mark, since=since), leader, seconds)
    # A group's id is not given out again while one of the group lives: what is left is ours.
    if members(leader):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)
    return _wait(lambda: not members(leader), leader, seconds)


def members(group: int) -> list[int]:
    """The living processes of a group."""
    if not (PROC / "self").exists():
        said = subprocess.run(["pgrep", "-g", str(int(group))], capture_output=True, text=True, check=False).stdout
        return [int(word) for word in said.split()]
    found = []
    for folder in PROC.iterdir():
        fields = _stat(int(folder.name)) if folder.name.isdecimal() else None
        if fields and fields[0] != "Z" and fields[2] == str(group):
            found.append(int(folder.name))
    return found


def _wait(done: Callable[[], bool], pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reap(pid)
        if done():
            return True
        time.sleep(0.05)
    return False


def reap(pid: int) -> None:
    """Collect a child that has ended; other people's children are not ours to collect."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
