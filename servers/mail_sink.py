"""The demonstration's mail server: takes every mail on the loopback address and keeps it, a Maildir a recipient.

python -m servers.mail_sink PORT FOLDER [REPLY_DOMAIN]. Sends nothing on to anybody; what is for that domain lies in one Maildir,
where the portal fetches it.
"""

import mailbox
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from servers.mailboxes import folder_of

#: More than the portal takes, so that it is the portal that says what is too large.
MOST_BYTES = 64 * 2**20


class Keep:
    """Keeps each mail as one file in the folder of each who was to get it."""

    def __init__(self, folder: str, reply_domain: str = "") -> None:
        self.folder, self.reply_domain = Path(folder), reply_domain
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by aiosmtpd for each mail; says yes once it lies on the disk."""
        for address in envelope.rcpt_tos:
            folder = self.folder / folder_of(address, self.reply_domain)
            mailbox.Maildir(str(folder), create=True).add(envelope.content)
        return "250 OK"


def main(port: int, folder: str, reply_domain: str = "") -> None:
    """Serve until asked to end."""
    controller = Controller(Keep(folder, reply_domain), hostname="127.0.0.1", port=port, data_size_limit=MOST_BYTES)
    controller.start()
    done = threading.Event()
    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, lambda *_: done.set())
    done.wait()
    controller.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:4])
