"""The mailbox of the demonstration: the real sink keeps, and each sees their own mail alone."""

import re
import signal
import smtplib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Person
from demonstration import mailbox
from demonstration.tasks import fetch_replies
from documents.models import Document
from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.reading import CUT
from servers.mailboxes import REPLY_DOMAIN, folder_of
from servers.place import CHECKOUT
from tests.inquiries.threads import asked
from tests.mail_servers import free_port
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(tmp_path: Path, settings: Any) -> Iterator[int]:
    """The demonstration's own mail server, as a process of its own; the port on which it listens."""
    settings.DEMONSTRATION, settings.DEMO_MAILDIR = True, tmp_path / "mail"
    port = free_port()
    command = [sys.executable, "-m", "servers.mail_sink", str(port), str(settings.DEMO_MAILDIR), REPLY_DOMAIN]
    process = subprocess.Popen(command, cwd=CHECKOUT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            smtplib.SMTP("127.0.0.1", port).quit()
            break
        except OSError:
            time.sleep(0.1)
    yield port
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def send(
    port: int, to: str, subject: str, html: str = "", date: str = "Tue, 24 Nov 2026 14:00:00 -0000", reply_to: str = ""
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "portal@portal.example", to, subject
    mail["Date"] = date
    if reply_to:
        mail["Reply-To"] = reply_to
    line = f"{CUT}\n\n" if reply_to else ""
    mail.set_content(f"{line}{subject}: look at http://127.0.0.1:8000/notices/ now.\n<script>alert(1)</script>")
    if html:
        mail.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(mail)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def links(client: Client) -> list[str]:
    return re.findall(r'href="(/mailbox/[^"]+/)"', client.get("/mailbox/").content.decode())


def test_each_sees_the_mails_to_their_own_address_and_headquarters_all(world: World, sink: int) -> None:
    send(sink, "Robin@people.example", "For Robin")
    send(sink, world.sam.email, "For Sam")
    robin, sam, hq = (signed_in(one) for one in (world.robin, world.sam, world.hq))
    assert "For Robin" in robin.get("/mailbox/").content.decode()
    assert "For Sam" not in robin.get("/mailbox/").content.decode()
    (own,), (foreign,) = links(robin), links(sam)
    page = robin.get(own).content.decode()
    assert '<a href="http://127.0.0.1:8000/notices/"' in page
    assert "<script>alert" not in page
    assert "9:00 a.m." in page  # the mail's own hour, in Eastern time
    assert robin.get(foreign).status_code == 404
    assert robin.get(foreign + "as-sent/").status_code == 404
    assert len(links(hq)) == 2
    assert hq.get(foreign).status_code == 200


def test_many_mails_to_others_hide_nobodys_own(world: World, sink: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "NEWEST_SHOWN", 5)
    send(sink, world.robin.email, "For Robin")
    for number in range(8):
        send(sink, f"other{number}@people.example", "For others")
    assert len(links(signed_in(world.robin))) == 1
    assert len(links(signed_in(world.hq))) == 5


def test_a_mail_is_shown_as_sent_and_can_load_and_run_nothing(world: World, sink: int) -> None:
    send(sink, world.robin.email, "Plain")
    robin = signed_in(world.robin)
    (plain,) = links(robin)
    assert robin.get(plain + "as-sent/").status_code == 404
    send(sink, world.robin.email, "Drawn", html="<h1>Drawn</h1><script>alert(1)</script>")
    drawn = next(link for link in links(robin) if link != plain)
    answer = robin.get(drawn + "as-sent/")
    assert "<h1>Drawn</h1>" in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "date", ["Tue, 24 Nov 2026 14:00:00 -0000", "Tue, 24 Nov 2026 14:00:00 +0000", "Tue, 24 Nov 2026 09:00:00 -0500"]
)
def test_the_hour_is_eastern_however_the_mail_gives_it(date: str) -> None:
    at = mailbox._sent_at(date)
    assert at
    assert f"{at:%H:%M %Z}" == "09:00 EST"


def test_a_mail_without_a_usable_date_is_shown_all_the_same(world: World, sink: int) -> None:
    send(sink, world.robin.email, "Undated", date="some day")
    assert "Undated" in signed_in(world.robin).get("/mailbox/").content.decode()


@pytest.mark.parametrize("name", ["none", "..", "..%2F..%2Fsecret-key", "%2Fetc%2Fpasswd", "*", "[a]", "a b"])
def test_no_name_leads_out_of_the_folder(world: World, sink: int, settings: Any, name: str) -> None:
    send(sink, world.robin.email, "For Robin")
    (Path(settings.DEMO_MAILDIR) / "secret-key").write_text("secret")
    for person in (world.robin, world.hq):
        assert signed_in(person).get(f"/mailbox/{name}/").status_code == 404


def test_no_address_leads_out_of_the_folder() -> None:
    for address in ("../../x@people.example", "/etc@people.example", "..", "", "a\0b@c"):
        name = folder_of(address)
        assert "/" not in name
        assert "\0" not in name
        assert name.startswith("to-")


def test_outside_the_demonstration_there_is_no_mailbox(world: World, sink: int, settings: Any) -> None:
    send(sink, world.hq.email, "For headquarters")
    client = signed_in(world.hq)
    (link,) = links(client)
    settings.DEMONSTRATION = False
    for address in ("/mailbox/", link, link + "as-sent/"):
        assert client.get(address).status_code == 404


def test_a_name_longer_than_a_file_can_have_is_no_mail(world: World, tmp_path: Path, settings: Any) -> None:
    settings.DEMONSTRATION, settings.DEMO_MAILDIR = True, tmp_path
    client = Client()
    client.force_login(world.people["hq"], backend="allauth.account.auth_backends.AuthenticationBackend")
    (tmp_path / folder_of("a@b.example") / "new").mkdir(parents=True)
    assert client.get(f"/mailbox/{'a' * 300}/").status_code == 404


def test_a_reply_from_the_mailbox_goes_by_real_smtp_and_lands_in_the_thread(
    world: World, sink: int, settings: Any
) -> None:
    settings.REPLY_DOMAIN, settings.EMAIL_HOST, settings.EMAIL_PORT = REPLY_DOMAIN, "127.0.0.1", sink
    settings.EMAIL_BACKEND, settings.MEDIA_ROOT = "django.core.mail.backends.smtp.EmailBackend", settings.DEMO_MAILDIR
    one = asked(world)
    send(sink, world.robin.email, "Answered", reply_to=reply_address(Addressee(one.pk, world.robin.pk)))
    robin = signed_in(world.robin)
    (link,) = links(robin)
    assert "Reply by mail" in robin.get(link).content.decode()
    assert robin.post(link, {"text": ""}).status_code == 400
    sent = {"text": "It is one machine.", "number": str(uuid.uuid4())}
    for _ in range(2):  # clicked twice
        file = SimpleUploadedFile("drawing.txt", b"As drawn.", "text/plain")
        assert robin.post(link, sent | {"file": file}).status_code == 302
    before = one.messages.count()
    fetch_replies()
    assert (one.messages.count(), fetch_replies()) == (before + 1, 0)
    last = one.messages.latest("pk")
    assert (last.text, last.via, last.by) == ("It is one machine.", "mail", world.robin)
    assert [paper.name for paper in Document.objects.of_many(type(last), [last.pk])] == ["drawing.txt"]


def test_words_are_kept_where_the_mail_server_is_gone(world: World, sink: int, settings: Any) -> None:
    settings.REPLY_DOMAIN, settings.EMAIL_HOST, settings.EMAIL_PORT = REPLY_DOMAIN, "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    send(sink, world.robin.email, "Answered", reply_to=reply_address(Addressee(asked(world).pk, world.robin.pk)))
    robin = signed_in(world.robin)
    (link,) = links(robin)
    answer = robin.post(link, {"text": "It is one machine."})
    assert answer.status_code == 400
    assert "did not take this mail" in answer.content.decode()
    assert "It is one machine." in answer.content.decode()


@pytest.mark.parametrize("reply_to", ["", "evil@evil.example", "inquiry-1-x-y@reply.demo.example"])
def test_no_other_mail_is_replied_to_and_none_of_another(world: World, sink: int, settings: Any, reply_to: str) -> None:
    settings.REPLY_DOMAIN = REPLY_DOMAIN
    send(sink, world.robin.email, "A notice", reply_to=reply_to)
    send(sink, world.sam.email, "Answered", reply_to="inquiry-1-x-y@reply.demo.example")
    robin, hq = signed_in(world.robin), signed_in(world.hq)
    (link,) = links(robin)
    (other,) = links(signed_in(world.sam))
    assert "Reply by mail" not in robin.get(link).content.decode()
    assert robin.post(link, {"text": "x"}).status_code == 404
    assert "Reply by mail" not in hq.get(other).content.decode()
    assert hq.post(other, {"text": "x"}).status_code == robin.post(other, {"text": "x"}).status_code == 404
