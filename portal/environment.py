"""Settings from the environment, by a reader that refuses nonsense with one clear line."""

import json
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from servers.external import mark_of

TRUE = {"1", "true", "on", "yes"}
FALSE = {"0", "false", "off", "no"}
LEAST_KEY, LEAST_VARIETY = 50, 10
THIS_MACHINE = {"127.0.0.1", "localhost", "[::1]", "testserver"}


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
    if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
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


def address(name: str, default: str, schemes: set[str]) -> SplitResult:
    """A URL of one of these schemes, split into its parts. What it holds is never repeated: it may be a password."""
    text = os.environ.get(name, "").strip() or default
    if not text:
        refuse(f"{name} is missing.")
    try:
        parts = urlsplit(text)
        fine = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        refuse(f"{name} must look like {sorted(schemes)[0]}://host:port/..., and does not.")
    return parts


#: Providers whose webhook django-anymail checks, and what it needs beside user and password: the key of the signature.
MAIL_PROVIDERS = {
    "brevo": "",
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailjet": "",
    "postmark": "",
    "sendgrid": "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
    "sparkpost": "",
}


#: Of these, the ones whose inbound mail the portal takes, and that say whether its sender is proved.
INBOUND_PROVIDERS = {"mailgun", "postmark", "sendgrid"}


def webhook(provider: str) -> dict[str, Any]:
    """What django-anymail has to know to believe a provider's reports: the key of its signature, or a user and password.

    A webhook that anybody could call is refused: a forged bounce would cut somebody off from mail.
    """
    if provider == "none":
        return {}
    password, key = os.environ.get("MAIL_WEBHOOK_PASSWORD", ""), os.environ.get("MAIL_WEBHOOK_KEY", "")
    signs = MAIL_PROVIDERS[provider]
    if key and not signs:
        refuse(f"MAIL_WEBHOOK_KEY: {provider} does not sign its reports; set MAIL_WEBHOOK_PASSWORD.")
    if not password and not key:
        refuse(f"MAIL_PROVIDER needs {'MAIL_WEBHOOK_KEY or ' if signs else ''}MAIL_WEBHOOK_PASSWORD (user:password).")
    if password and not re.fullmatch(r"[^:\s]+:[^:\s]{16,}", password):
        refuse("MAIL_WEBHOOK_PASSWORD must be user:password, the password 16 characters or longer.")
    return ({"WEBHOOK_SECRET": password} if password else {}) | ({signs: key} if key else {})


#: What a database URL may say behind its question mark. A pooler refuses `options`, so nothing here needs it.
CONNECTION_WORDS = {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name"}


def database(name: str, parts: SplitResult) -> dict[str, Any]:
    """Django's description of the database behind a postgres:// URL; what it does not understand it refuses."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - CONNECTION_WORDS)
    if unknown:
        refuse(
            f"{name} says {unknown[0]!r}, which no connection takes; known are {', '.join(sorted(CONNECTION_WORDS))}."
        )
    if not parts.path.strip("/"):
        refuse(f"{name} names no database: postgres://login:password@host:port/database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": parts.port or 5432,
        "OPTIONS": {"connect_timeout": "10"} | options,
    }


def broker(name: str, parts: SplitResult) -> tuple[str, str]:
    """The addresses of broker and cache, on two databases of one server: the one named, else 0, and the next."""
    text = parts.path.strip("/") or "0"
    if not re.fullmatch(r"[0-9]{1,4}", text):
        refuse(f"{name} must end in the number of a database, or in none.")
    first, second = (parts._replace(path=f"/{number}").geturl() for number in (int(text), int(text) + 1))
    return first, second


def scanner(name: str) -> SplitResult | None:
    """Where a clamd listens, tcp://host:port or unix:///path; None where nothing is set."""
    text = os.environ.get(name, "").strip()
    if not text.startswith("unix:"):
        return address(name, "", {"tcp"}) if text else None
    parts = urlsplit(text)
    if parts.netloc or not parts.path.startswith("/"):
        refuse(f"{name} must look like unix:///path/of/the/socket, and does not.")
    return parts


#: What an address of an object store may say behind its question mark.
STORE_WORDS = {"endpoint", "region"}


def storage(name: str) -> dict[str, Any]:
    """Django's description of where files lie: on disk, or in the object store at s3://bucket/prefix?endpoint=&region=.

    Who may use the store is asked of boto3's own settings (AWS_ACCESS_KEY_ID and so on, or the machine's role).
    """
    if not os.environ.get(name, "").strip():
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = address(name, "", {"s3"})
    words = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(words) - STORE_WORDS):
        refuse(f"{name} says {unknown[0]!r}, which no object store takes; known are {', '.join(sorted(STORE_WORDS))}.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        refuse(f"{name} names an object store: install what requirements-s3.txt lists.")
    options = {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "default_acl": None,  # as the bucket says, which must be closed to everybody
        "file_overwrite": False,
        "max_memory_size": 2 * 2**20,
        "endpoint_url": words.get("endpoint"),
        "region_name": words.get("region"),
    }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {key: one for key, one in options.items() if one != ""},
    }


def signing_key(text: str, *, lasting: bool) -> str:
    """A secret to sign with; where it has to last, one that is too short or too uniform is refused."""
    if not text:
        refuse("SECRET_KEY is missing. Set it to a long random text and keep it.")
    if lasting and (len(text) < LEAST_KEY or len(set(text)) < LEAST_VARIETY):
        refuse(f"SECRET_KEY is too easy to guess: take {LEAST_KEY} random characters or more.")
    return text


def embedded(home: Path) -> dict[str, str]:
    """The addresses of the embedded servers, as servers.json names them; empty where there are none."""
    return dict(_written(home).get("urls", {}))


def made_for(home: Path, url: str) -> dict[str, str]:
    """The logins that a start made for the database at this DATABASE_URL; empty where it was given them."""
    made = dict(_written(home).get("external", {}))
    return made if made.pop("of", "") == mark_of(url) else {}


def _written(home: Path) -> dict[str, Any]:
    try:
        found = json.loads((home / "servers.json").read_text())
    except (OSError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
