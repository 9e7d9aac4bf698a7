"""A Maildir of the mail server, read where mail comes in without a provider.

Each file is kept as a row first and moved to `cur` then: killed between the two, the same bytes are kept once. Two that read
at once move each file once, and the one that comes second finds it gone.
"""

import contextlib
import os
from pathlib import Path

from inquiries.by_mail.reading import MOST_BYTES, READ_OF_HEADERS
from inquiries.by_mail.taking_in import MAILDIR
from inquiries.models import InboundMail
from notifications import coming_back


def read_maildir(folder: Path) -> tuple[int, int]:
    """Keep every mail in `new`. Returns how many were kept, and how many were here already.

    Raises ValueError for a folder that is no Maildir.
    """
    if not all((folder / name).is_dir() for name in ("new", "cur", "tmp")):
        raise ValueError(f"{folder} is no Maildir: it has no new, cur and tmp.")
    kept = known = 0
    for file in sorted((folder / "new").iterdir()):
        found = _content(file)
        if found is None:
            continue
        raw, size = found
        if coming_back.keep(raw) or InboundMail.keep(raw, via=MAILDIR, size=size):
            kept += 1
        else:
            known += 1
        with contextlib.suppress(FileNotFoundError):
            os.replace(file, folder / "cur" / f"{file.name}:2,S")
    return kept, known


def _content(file: Path) -> tuple[bytes, int] | None:
    """The bytes of a mail, of one that is too large the beginning alone, and how many it has; None where another reader has
    it, or it is no file of its own."""
    if file.is_symlink() or not file.is_file():
        return None
    try:
        with file.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            return opened.read(READ_OF_HEADERS if size > MOST_BYTES else MOST_BYTES), size
    except FileNotFoundError:
        return None
