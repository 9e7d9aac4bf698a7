"""Where the demonstration's mail server keeps whose mail: one Maildir a recipient below one folder."""

from urllib.parse import quote

PREFIX = "to-"


def folder_of(address: str) -> str:
    """The name of a recipient's Maildir; no address leads out of the folder."""
    return PREFIX + quote(address.strip().lower(), safe="@+")[:200]
