"""Mail servers that refuse, are full, hang or hang up, with commands ahead (PIPELINING) and without: the others get theirs."""

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.models import Person
from benchmarks import mail_sink
from notifications import claims, sending
from notifications.models import Delivery, Suppression
from tests.mail_servers import free_port
from tests.notifications.messages import let_waits_run_out, make_message, make_people, send_held, states

pytestmark = pytest.mark.django_db
WITHOUT = mail_sink.GREETING.replace(b"250-8BITMIME\r\n250 PIPELINING\r\n", b"250 8BITMIME\r\n")


@dataclass
class Server:
    """A server that runs in a thread. wild: by the first part of an address what it answers, and at which step."""

    ahead: bool
    wild: dict[str, tuple[str, str]] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    connections: int = 0

    def answer(self, step: str, recipient: bytes) -> str | None:
        name = recipient.decode().partition("@")[0]
        if step == "RCPT":
            self.asked.append(name)
        when, said = self.wild.get(name, ("", ""))
        return said if when == step else None

    @property
    def to(self) -> list[str]:
        return sorted(who.partition("@")[0] for who, _ in self.taken)


@pytest.fixture(params=[True, False], ids=["ahead", "one by one"])
def server(request: pytest.FixtureRequest, settings: Any) -> Iterator[Server]:
    kept, port, loop = Server(ahead=request.param), free_port(), asyncio.new_event_loop()

    class Wild(mail_sink.Sink):
        greeting = mail_sink.GREETING if kept.ahead else WITHOUT

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            kept.connections += 1
            super().connection_made(transport)

        def taken(self, recipient: bytes, mail: bytes) -> None:  # type: ignore[override]
            kept.taken.append((recipient.decode(), mail))

        def answer(self, step: str, recipient: bytes) -> str | None:  # type: ignore[override]
            return kept.answer(step, recipient)

    listening = loop.run_until_complete(loop.create_server(Wild, "127.0.0.1", port))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    settings.EMAIL_BACKEND = "notifications.mail.FromHere"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield kept
    loop.call_soon_threadsafe(listening.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


def names(*numbers: int) -> list[str]:
    return [f"person{at:04}" for at in numbers]


def test_every_mail_arrives_whole_over_one_connection(server: Server) -> None:
    message = make_message(make_people(120))
    message.text = "Lead.\n\n.a line that begins with a dot\n..and one with two"
    message.save()
    assert sending.send_all() == 120
    assert server.to == names(*range(120))
    assert server.connections == 1
    assert all(b"\r\n..a line that begins with a dot" in mail for _, mail in server.taken)  # doubled on the wire
    for who, mail in server.taken:
        assert f"To: {who}\r\n".encode() in mail
    assert len({mail_sink.message_id(mail) for _, mail in server.taken}) == 120


@pytest.mark.parametrize("step", ["RCPT", "BODY"])
@pytest.mark.parametrize(
    ("said", "state", "error", "suppressed"),
    [
        ("550 5.1.1 no such mailbox", "failed", "SMTP 550 5.1.1", 1),
        ("550 5.7.1 we do not like this", "failed", "SMTP 550 5.7.1", 0),
        ("550 no", "failed", "SMTP 550", 0),
        ("452 4.2.2 mailbox full", "queued", "SMTP 452 4.2.2", 0),
        ("451 later", "queued", "SMTP 451", 0),
    ],
)
def test_what_one_recipient_is_refused_concerns_no_other(
    server: Server, step: str, said: str, state: str, error: str, suppressed: int
) -> None:
    server.wild = {"person0001": (step, said)}
    message = make_message(make_people(4))
    assert sending.send_all() == 3
    assert server.to == names(0, 2, 3)
    one = message.deliveries.get(person__email="person0001@people.example")
    assert (one.state, one.last_error) == (state, error)
    assert Suppression.objects.count() == suppressed
    assert server.connections == 1


def test_a_full_mailbox_is_tried_again_later_and_later_up_to_a_limit(server: Server) -> None:
    server.wild = {"person0000": ("RCPT", "452 4.2.2 full")}
    message = make_message(make_people(1))
    for _ in range(claims.MOST_ATTEMPTS + 2):
        sending.send_all()
        let_waits_run_out()
    assert states(message) == {"failed": 1}
    assert len(server.asked) == claims.MOST_ATTEMPTS


@pytest.mark.parametrize("step", ["RCPT", "BODY"])
def test_a_domain_that_hangs_stops_no_other_and_is_waited_for_once(server: Server, step: str) -> None:
    people = make_people(8)
    hanging = [1, 3, 4, 6]
    for at in hanging:
        Person.objects.filter(pk=people[at].pk).update(email=f"hangs{at}@hanging.example")
    server.wild = {f"hangs{at}": (step, "") for at in hanging}
    message = make_message(people)
    start = time.monotonic()
    assert sending.send_all() == 4
    assert time.monotonic() - start < 3  # half a second for the one that was tried, and not for each
    assert server.to == names(0, 2, 5, 7)
    assert [name for name in server.asked if name.startswith("hangs")] in (["hangs1"], ["hangs1", "hangs3"])
    waiting = message.deliveries.filter(state="queued")
    assert waiting.count() == 4
    assert sorted(waiting.values_list("attempts", flat=True)) == [0, 0, 0, 1]
    server.wild = {}
    let_waits_run_out()
    assert sending.send_all() == 4
    assert states(message) == {"sent": 8}


@pytest.mark.parametrize("step", ["RCPT", "BODY"])
def test_a_server_that_hangs_up_loses_nobody(server: Server, step: str) -> None:
    server.wild = {"person0002": (step, "hang up")}
    message = make_message(make_people(6))
    assert sending.send_all() >= 4
    assert states(message)["sent"] >= 4
    server.wild = {}
    let_waits_run_out()
    sending.send_all()
    assert states(message) == {"sent": 6}
    assert server.to == names(*range(6))


@pytest.mark.parametrize(
    "address",
    [
        "a@people.example\r\nbcc: victim@else.example",
        "a@people.example\nrcpt to:<victim@else.example>",
        "a@people.example>\r\ndata",
        "a b@people.example",
        "a@people.example, victim@else.example",
        "<a@people.example",
        "no address",
        "",
    ],
)
def test_an_address_that_carries_more_than_an_address_reaches_nobody(server: Server, address: str) -> None:
    people = make_people(3)
    message = make_message(people)
    Person.objects.filter(pk=people[1].pk).update(email=address)
    assert sending.send_all() == 2
    assert server.to == names(0, 2)
    assert states(message) == {"sent": 2, "failed": 1}
    assert not any(b"victim" in mail for _, mail in server.taken)
    assert not any("victim" in name for name in server.asked)


def test_who_leaves_between_queueing_and_sending_gets_nothing(server: Server) -> None:
    people = make_people(5)
    message = make_message(people)
    Person.objects.filter(pk=people[2].pk).update(is_active=False)
    number = claims.claim()
    assert number
    Person.objects.filter(pk=people[3].pk).update(is_active=False)
    assert send_held(number) == 3
    assert server.to == names(0, 1, 4)
    assert states(message) == {"sent": 3, "stopped": 2}
    assert Delivery.objects.filter(state="stopped", sent_at=None).count() == 2
