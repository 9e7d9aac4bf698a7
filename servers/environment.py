"""The environment in .venv, made and renewed only when what it is made from changed.

python3 -m servers.environment [--tests]. Runs before anything is installed: standard library alone.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
RUNNING = ("requirements.txt", "constraints.txt")
TESTING = (*RUNNING, "requirements-test.txt")
BROWSER = "/usr/bin/chromium"


def _fingerprint(files: tuple[str, ...]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in files:
        digest.update((CHECKOUT / name).read_bytes())
    return digest.hexdigest()


def _is_of_this_python(python: Path) -> bool:
    """Whether the environment is there, and made with the very Python that asks."""
    try:
        said = subprocess.run(
            [python, "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return said.stdout.strip() == sys.version.strip()


def install(files: tuple[str, ...], stamp: Path) -> None:
    """Install the pinned packages unless the stamp says that they are there."""
    wanted = _fingerprint(files)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    python = VENV / "bin" / "python"
    if not _is_of_this_python(python):
        print("Making the environment in .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    print("Installing packages ...", flush=True)
    # What is used is compiled when it is used first; of all that packages bring that is a third.
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["-c", "constraints.txt"]
    for name in files:
        if name.startswith("requirements"):
            command += ["-r", name]
    subprocess.run(command, check=True, cwd=CHECKOUT)
    stamp.write_text(wanted)


def chromium() -> str:
    """Where the Chromium of the browser tests lies: CHROMIUM, else the first of PATH, else where Debian puts it."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or BROWSER


def browser() -> None:
    """Debian's Chromium for the browser tests: installed where that is allowed, else asked for plainly."""
    if os.environ.get("CHROMIUM") or Path(chromium()).exists():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, env=environment)
    else:
        sys.exit("The browser tests need Chromium: install Debian's package `chromium`, or set CHROMIUM to its path.")


def main() -> None:
    """Make ready for running, and with --tests for testing too."""
    if sys.version_info < (3, 11):  # noqa: UP036  the machine's Python runs this, before anything is pinned
        sys.exit("The portal needs Python 3.11 or newer.")
    testing = "--tests" in sys.argv
    install(TESTING if testing else RUNNING, VENV / ("tests.stamp" if testing else "run.stamp"))
    if testing:
        # What tests need holds all that running needs.
        (VENV / "run.stamp").write_text(_fingerprint(RUNNING))
        browser()


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"Set-up stopped: {error.cmd[0]} ended with code {error.returncode}.")
