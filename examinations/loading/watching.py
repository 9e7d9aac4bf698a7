"""Load what arrives in a folder: each settled file once, then moved to `done` or `failed` with its rejects beside it.

By asking again and again, not by the kernel's notices: folders that others write to are often mounted from elsewhere,
where no notice arrives. A file is held by a lock on itself while it is loaded. The lock ends with the process, so a
killed watcher leaves the file where it was, for the next one; the same rows again change nothing.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from examinations.loading import rejects
from examinations.loading.kinds import kind_named, names
from examinations.loading.load import load_file
from examinations.loading.reading import UnusableFile, open_table
from examinations.models import Load

#: What tells one state of a file from another: device, inode, bytes, time of the last change.
State = tuple[int, int, int, int]


def _state(found: os.stat_result) -> State:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def kind_of(name: str, path: Path) -> str:
    """What a file holds: by the beginning of its name, else by its header. Raises UnusableFile."""
    known = names()
    for kind in known:
        rest = name.lower().removeprefix(kind)
        if rest != name.lower() and not rest[:1].isalpha():
            return kind
    fits, why = [], ""
    for kind in known:
        try:
            open_table(path, kind_named(kind).columns, timezone.localdate(), key=kind_named(kind).key)
        except UnusableFile as error:
            why = str(error)
        else:
            fits.append(kind)
    if len(fits) == 1:
        return fits[0]
    if why.startswith(("The header lacks", "The file has no header")) or not why:
        why = f"Neither its name nor its header says what the file holds ({', '.join(known)})."
    raise UnusableFile(why)


@dataclass
class Folder:
    """One watched folder. Subfolders, links and hidden files in it are never touched."""

    path: Path
    seen: dict[str, State] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("done", "failed"):
            (self.path / name).mkdir(exist_ok=True)

    def settled(self) -> list[Path]:
        """The files that are as they were when this was asked last."""
        now = {}
        with os.scandir(self.path) as found:
            for one in found:
                if one.is_file(follow_symlinks=False) and not one.name.startswith("."):
                    now[one.name] = _state(one.stat(follow_symlinks=False))
        ready = [self.path / name for name, state in sorted(now.items()) if self.seen.get(name) == state]
        self.seen = now
        return ready

    def look(self) -> Iterator[str]:
        """Load the settled files, one after another; says a line for each."""
        for path in self.settled():
            said = self._take(path)
            if said:
                yield said

    def _take(self, path: Path) -> str:
        try:
            held = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return ""  # gone meanwhile, or not ours to read: seen again at the next look
        with os.fdopen(held, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return ""  # another watcher has it
            before = os.fstat(file.fileno())
            # The other may have moved it away just before we held it, and a new one come in its place.
            if _now(path) != _state(before) or not stat.S_ISREG(before.st_mode):
                return ""
            return self._load(path, file, _state(before))

    def _load(self, path: Path, file: BinaryIO, before: State) -> str:
        with tempfile.TemporaryDirectory(prefix="watch-") as folder:
            # A copy: who writes into the file while it is loaded would else be loaded half.
            copy = Path(folder) / "file"
            with copy.open("wb") as to:
                shutil.copyfileobj(file, to, 2**20)
            if _state(os.fstat(file.fileno())) != before:
                return ""
            load, where, said = _bring_in(path.name, copy)
        replaced = _now(path) != before
        to_path = self._free(where, path.name, load)
        if load and load.rejected:
            with (to_path.parent / f"{to_path.name}.rejects.csv").open("w", newline="", encoding="utf-8") as out:
                rejects.write(load, load.header, out)
        if where == "failed":
            (to_path.parent / f"{to_path.name}.reason.txt").write_text(f"{said}\n", encoding="utf-8")
        if replaced:  # what stands there now is another file, to be loaded by itself
            return f"{path.name}: {said} It was replaced meanwhile; the new one follows."
        path.rename(to_path)
        return f"{path.name}: {said}"

    def _free(self, where: str, name: str, load: Load | None) -> Path:
        """A place in `done` or `failed` that writes over no earlier file of that name."""
        to = self.path / where / name
        mark = str(load.pk)[:8] if load else timezone.now().strftime("%Y%m%d%H%M%S%f")
        return to.with_name(f"{mark}-{name}") if to.exists() else to


def _now(path: Path) -> State | None:
    try:
        return _state(path.lstat())
    except FileNotFoundError:
        return None


def _bring_in(name: str, copy: Path) -> tuple[Load | None, str, str]:
    """The load's record, the folder where the file belongs now, and what to say. Raises where the database is away."""
    load = None
    try:
        load = Load.objects.take(kind_of(name, copy), name, by=None)
        outcome = load_file(load, copy)
    except UnusableFile as error:
        return load, "failed", str(error)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # an error of ours must not hold up the files behind it; the record and the log have it
        return load, "failed", "An error inside the portal stopped it; nothing was changed."
    used = outcome.loaded + outcome.unchanged
    said = (
        f"loaded={outcome.loaded} unchanged={outcome.unchanged} rejected={outcome.rejected} "
        f"withdrawn={outcome.withdrawn}"
    )
    return load, "done" if used or not outcome.rejected else "failed", said
