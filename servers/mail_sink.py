"""The demonstration's mail server: takes every mail on the loopback address and keeps it in a Maildir.

python -m servers.mail_sink PORT FOLDER. Sends nothing on to anybody.
"""

import mailbox
import signal
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage


class Keep(AsyncMessage):
    """Keeps each mail as one file."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.box = mailbox.Maildir(folder, create=True)

    async def handle_message(self, message: object) -> None:
        self.box.add(message)  # type: ignore[arg-type]


def main(port: int, folder: str) -> None:
    """Serve until asked to end."""
    controller = Controller(Keep(folder), hostname="127.0.0.1", port=port)
    controller.start()
    done = threading.Event()
    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, lambda *_: done.set())
    done.wait()
    controller.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
