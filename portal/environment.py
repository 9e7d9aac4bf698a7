"""Settings from the environment, by a reader that refuses nonsense with one clear line."""

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

TRUE = {"1", "true", "on", "yes"}
FALSE = {"0", "false", "off", "no"}


class Nonsense(SystemExit):
    """A value that no setting can take. Ends the start with one line and no traceback."""

    def __init__(self, text: str) -> None:
        print(f"Settings: {text}", file=sys.stderr)
        super().__init__(2)
        self.text = text


def refuse(text: str) -> NoReturn:
    raise Nonsense(text)


def flag(name: str, default: bool = False) -> bool:
    """A yes or no; anything but 1, true, on, yes, 0, false, off, no is refused."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text not in TRUE | FALSE:
        refuse(f"{name} must be true or false, not {os.environ[name]!r}.")
    return text in TRUE


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number between `least` and `most`."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.lstrip("-").isdigit() or not least <= int(text) <= most:
        refuse(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def words(name: str, default: list[str]) -> list[str]:
    """A list with commas between; empty parts are refused."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        refuse(f"{name} has an empty part: {text!r}.")
    return parts


def choice(name: str, default: str, allowed: set[str]) -> str:
    """One of a few words."""
    text = os.environ.get(name, "").strip() or default
    if text not in allowed:
        refuse(f"{name} must be one of {', '.join(sorted(allowed))}, not {text!r}.")
    return text


def address(name: str, default: str, schemes: set[str]) -> Any:
    """A URL of one of these schemes, split into its parts."""
    text = os.environ.get(name, "").strip() or default
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in schemes or not parts.hostname or port == -1:
        refuse(f"{name} must look like {sorted(schemes)[0]}://host:port/..., and does not.")
    return parts


def database(parts: Any) -> dict[str, Any]:
    """Django's description of the database behind a postgres:// URL."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": parts.port or 5432,
    }


def embedded(home: Path) -> dict[str, str]:
    """The addresses of the embedded servers, as servers.json names them; empty where there are none."""
    try:
        return dict(json.loads((home / "servers.json").read_text())["urls"])
    except (FileNotFoundError, KeyError, json.JSONDecodeError):
        return {}
