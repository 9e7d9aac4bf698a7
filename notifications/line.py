"""One SMTP connection on which mails follow each other without waiting for more answers than they must.

Where the server takes commands ahead (PIPELINING, RFC 2920), the envelope of the next mail rides with the body of this
one: one exchange a mail instead of four. The next body still waits until this mail is settled, so that a kill at any
moment finds one mail in hand, and never two.
"""

import re
import smtplib
from dataclasses import dataclass
from typing import NamedTuple

from django.core.mail.backends.smtp import EmailBackend

#: Answers: go on; send the body.
STEPS = ("MAIL", "RCPT", "DATA")
TAKEN, WANTS_BODY = (250, 251), 354
#: A server that says more than this without ending its line says nothing that we understand.
LONGEST_LINE = 8192
ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


class Envelope(NamedTuple):
    """Where a mail comes back to, and whom it is for. recipient: of `address_line`."""

    sender: str
    recipient: str


@dataclass
class Refused(Exception):
    """The server said no. step: MAIL, RCPT, DATA or BODY; enhanced: as RFC 3463 numbers it, or empty."""

    code: int
    step: str
    enhanced: str = ""


class Line:
    """A connection that is open and greeted. `step` says where it stood when something went wrong."""

    def __init__(self, over: EmailBackend) -> None:
        smtp = over.connection
        if smtp is None:
            raise smtplib.SMTPServerDisconnected("not open")
        smtp.ehlo_or_helo_if_needed()
        self.smtp = smtp
        self.ahead = bool(smtp.has_extn("pipelining"))
        self.carried = 0
        self.step = "MAIL"
        self.offered = False
        self._commands: list[str] = []
        self._come, self._read = b"", 0

    def offer(self, envelope: Envelope, *, after: bytes = b"") -> None:
        """Send the envelope of a mail, behind the body of the one before it (`after`)."""
        self.offered = True
        commands = [f"MAIL FROM:<{envelope.sender}>", f"RCPT TO:<{envelope.recipient}>", "DATA"]
        if self.ahead:
            self.smtp.send(after + "".join(f"{command}\r\n" for command in commands).encode("ascii"))
        else:
            self._commands = commands

    def accepted(self) -> None:
        """Wait until the server wants the body. Raises Refused."""
        self.offered = False
        if self.ahead:
            self._accepted_ahead()
            return
        for step, command in zip(STEPS, self._commands, strict=True):
            self.step = step
            self.smtp.putcmd(command)
            try:
                self._want(*self._reply())
            except Refused:
                self._reset()
                raise

    def _accepted_ahead(self) -> None:
        refused, code = None, 0
        for step in STEPS:
            self.step = step
            code, said = self._reply()
            try:
                self._want(code, said)
            except Refused as first:
                refused = refused or first
        if refused:
            if code == WANTS_BODY:  # all the same: a mail for nobody
                self.smtp.send(b".\r\n")
                self._reply()
            self._reset()
            raise refused

    def _reset(self) -> None:
        self.smtp.putcmd("RSET")
        self._reply()

    def _reply(self) -> tuple[int, bytes]:
        """The next answer. Raises TimeoutError where none comes in time, SMTPServerDisconnected where the server is gone.

        Read here and not by smtplib, which needs a third of the time that a mail has for its four answers, and calls a
        server that hangs disconnected.
        """
        said = b""
        while True:
            line = self._next_line()
            said += line[4:]
            if line[3:4] != b"-":
                break
        if not line[:3].isdigit():
            raise smtplib.SMTPServerDisconnected("no answer of SMTP")
        return int(line[:3]), said

    def _next_line(self) -> bytes:
        while (end := self._come.find(b"\n", self._read)) < 0:
            if self.smtp.sock is None:
                raise smtplib.SMTPServerDisconnected("closed")
            if len(self._come) - self._read > LONGEST_LINE:
                raise smtplib.SMTPServerDisconnected("a line without an end")
            more = self.smtp.sock.recv(LONGEST_LINE)
            if not more:
                raise smtplib.SMTPServerDisconnected("closed")
            self._come, self._read = self._come[self._read :] + more, 0
        line, self._read = self._come[self._read : end], end + 1
        return line

    def _want(self, code: int, said: bytes) -> None:
        if code not in ((WANTS_BODY,) if self.step == "DATA" else TAKEN):
            found = ENHANCED.search(said.decode("ascii", "replace"))
            raise Refused(code, self.step, found[1] if found else "")

    def hand_over(self, body: bytes, following: Envelope | None = None) -> None:
        """Send the body, its dots doubled already; and, where the server takes it, the envelope of the mail after it."""
        self.step = "BODY"
        if following and self.ahead:
            self.offer(following, after=body + b".\r\n")
        else:
            self.smtp.send(body + b".\r\n")

    def taken(self) -> None:
        """Wait until the server has taken the mail. Raises Refused."""
        self.step = "BODY"
        self._want(*self._reply())
        self.carried += 1
