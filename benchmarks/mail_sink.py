"""A mail server that does nothing but take mail, as fast as Python can: for benchmarks, and for tests of sending.

python -m benchmarks.mail_sink PORT FILE. Each mail's recipient and Message-ID stand as a line in FILE before it is answered, so
that a killed sink has written down what it took. aiosmtpd takes some 700 mails a second and would be what is measured; this
takes many times that, and offers PIPELINING.
"""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable

MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)
END = b"\r\n.\r\n"
GREETING = b"250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n"


class Sink(asyncio.Protocol):
    """One connection. taken(recipient, mail) is called before a mail is answered; answer(step, recipient) says what else than
    yes: a reply, "" for silence for ever, or None for yes. steps: RCPT, BODY."""

    greeting = GREETING
    taken: Callable[[bytes, bytes], None]
    answer: Callable[[str, bytes], str | None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.pending, self.in_body, self.recipient = transport, b"", False, b""
        self.silent = self.closing = False
        transport.write(b"220 sink\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.pending += data
        replies: list[bytes] = []
        while not self.silent and self._step(replies):
            pass
        if replies:
            self.transport.write(b"".join(replies))  # type: ignore[attr-defined]
        if self.closing:
            self.transport.close()

    def _step(self, replies: list[bytes]) -> bool:
        """Take one command, or one body, off what has come; False where there is no whole one."""
        if self.in_body:
            return self._body(replies)
        line, found, rest = self.pending.partition(b"\r\n")
        if not found:
            return False
        self.pending = rest
        replies.append(self._command(line))
        return True

    def _body(self, replies: list[bytes]) -> bool:
        if self.pending.startswith(b".\r\n"):  # a mail for nobody
            body, rest = b"", self.pending[3:]
        else:
            body, found, rest = self.pending.partition(END)
            if not found:
                return False
        self.pending, self.in_body = rest, False
        if not self.recipient:
            replies.append(b"554 5.5.1 no valid recipients\r\n")
            return True
        said = self._says("BODY")
        if said is None:
            self.taken(self.recipient, body)
        replies.append(b"250 2.0.0 taken\r\n" if said is None else said)
        return True

    def _says(self, step: str) -> bytes | None:
        said = self.answer(step, self.recipient) if self.answer else None
        if said == "hang up":
            self.silent = self.closing = True
            return b""
        if said == "":
            self.silent = True
            return b""
        return said.encode() + b"\r\n" if said else None

    def _command(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"MAIL":
            self.recipient = b""
            return b"250 2.1.0 go on\r\n"
        if verb == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0]
            said = self._says("RCPT")
            if said is not None:
                self.recipient = b""
                return said
            return b"250 2.1.5 go on\r\n"
        if verb == b"DATA":
            if not self.recipient:
                return b"503 5.5.1 no valid recipients\r\n"
            self.in_body = True
            return b"354 send it\r\n"
        if verb == b"QUIT":
            self.transport.close()
            return b"221 2.0.0 bye\r\n"
        return self.greeting if verb == b"EHLO" else b"250 2.0.0 well\r\n"


def message_id(mail: bytes) -> bytes:
    """The Message-ID in a mail's header; empty where there is none."""
    found = MESSAGE_ID.search(mail)
    return found[1] if found else b""


async def serve(port: int, file: str) -> None:
    """Take mail on the loopback address until asked to end."""
    log = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    class Kept(Sink):
        def taken(self, recipient: bytes, mail: bytes) -> None:  # type: ignore[override]
            os.write(log, recipient + b" " + message_id(mail) + b"\n")

    loop = asyncio.get_running_loop()
    server = await loop.create_server(Kept, "127.0.0.1", port, reuse_address=True)
    done = loop.create_future()
    loop.add_signal_handler(signal.SIGTERM, done.set_result, None)
    print("ready", flush=True)
    await done
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
