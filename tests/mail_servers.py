"""Real SMTP servers for tests: one that keeps what it gets, and takes, puts off, refuses or hangs up as told."""

import email
import email.policy
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Post:
    """What arrived. `answer(address, nth)` decides about the nth try for an address: a reply, or "hang up"."""

    answer: Callable[[str, int], str] = lambda address, nth: "250 OK"
    seconds_a_mail: float = 0
    mails: list[EmailMessage] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    returns: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, replies: list[str]) -> list[str]:
        self.connections += 1
        session.host_name = name
        return replies

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.tries[address] += 1
        reply = self.answer(address, self.tries[address])
        if reply.startswith(("4", "5")):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        address = envelope.rcpt_tos[0]
        if self.answer(address, self.tries[address]) == "hang up":
            server.transport.abort()
            return "250 nobody hears this"
        if self.seconds_a_mail:
            time.sleep(self.seconds_a_mail)
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        with self.lock:
            self.mails.append(parsed)
            self.returns[address] = envelope.mail_from
        return "250 OK"

    @property
    def to(self) -> list[str]:
        return sorted(str(mail["To"]) for mail in self.mails)

    def of(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """A mail server on a free port, to which the portal sends in this test over the backend that it uses in life."""
    kept = Post()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "notifications.mail.FromHere"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield kept
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


__all__ = ["Post", "free_port", "post", "text_of"]
