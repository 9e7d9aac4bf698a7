"""The sender as it runs in life: a Celery worker and commands, as processes with the login of the worker."""

import mailbox
import signal
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Person
from notices.models import Notice
from notifications import sending
from notifications.models import Delivery, Suppression
from notifications.tasks import send_due
from tests.committed import at_once
from tests.mail_servers import Post
from tests.named_people import make_world
from tests.notifications.messages import let_leases_run_out, make_message, make_people, states
from tests.notifications.test_coming_back import report
from tests.workers import Processes, until

pytestmark = pytest.mark.processes


def everybody(count: int) -> list[str]:
    return [f"person{at:04}@people.example" for at in range(count)]


def test_what_is_published_in_the_admin_is_sent_by_the_worker(processes: Processes, post: Post) -> None:
    world = make_world()
    notice = Notice.objects.create(number="1", title="A change", body="It changes.")
    notice.submit(by=world.hq)
    processes.worker()
    client = Client()
    client.force_login(world.hq, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"/admin/notices/notice/{notice.pk}/publish/", {"version": 1}).status_code == 302
    until(lambda: len(post.mails) == 6)
    until(lambda: not Delivery.objects.exclude(state="sent").exists())
    assert post.to == sorted(
        Person.objects.exclude(role__in=["headquarters", "expert"]).values_list("email", flat=True)
    )


def test_a_worker_killed_in_the_middle_loses_nobody(processes: Processes, post: Post) -> None:
    post.seconds_a_mail = 0.02
    message = make_message(make_people(120))
    worker = processes.worker()
    send_due.delay()
    until(lambda: len(post.mails) >= 60)
    processes.kill(worker)
    before = states(message)
    assert before["claimed"] > 0
    assert sending.send_all() == before.get("queued", 0)  # what the dead one holds is its own until the lease ends
    let_leases_run_out()
    processes.worker()
    send_due.delay()
    until(lambda: states(message) == {"sent": 120})
    assert sorted(set(post.to)) == everybody(120)
    twice = [address for address in set(post.to) if len(post.of(address)) > 1]
    assert len(twice) <= 1  # the one in hand
    for address in twice:
        assert len({mail["Message-ID"] for mail in post.of(address)}) == 1


def test_a_worker_asked_to_end_gives_back_what_it_has_not_sent(processes: Processes, post: Post) -> None:
    post.seconds_a_mail = 0.2
    message = make_message(make_people(200))
    worker = processes.worker()
    send_due.delay()
    until(lambda: len(post.mails) >= 5)
    worker.send_signal(signal.SIGTERM)
    worker.wait(30)  # `make stop` insists after a while; a task is shorter
    found = states(message)
    assert "claimed" not in found
    assert found["sent"] == len(post.mails)
    assert found["queued"] == 200 - found["sent"]
    post.seconds_a_mail = 0
    processes.worker()  # what the first handed on waits in the broker
    until(lambda: states(message) == {"sent": 200})
    assert post.to == everybody(200)


def test_the_command_run_twice_at_once_sends_each_mail_once(processes: Processes, post: Post) -> None:
    message = make_message(make_people(150))
    running = [processes.manage("send_notices") for _ in range(2)]
    assert at_once(*[process.wait for process in running]) == [0, 0]
    assert processes.manage("send_notices").wait() == 0
    assert post.to == everybody(150)
    assert states(message) == {"sent": 150}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_command_asked_to_end_ends_after_a_mail(processes: Processes, post: Post, how: signal.Signals) -> None:
    post.seconds_a_mail = 0.1
    message = make_message(make_people(100))
    running = processes.manage("send_notices")
    until(lambda: len(post.mails) >= 3)
    running.send_signal(how)
    assert running.wait(30) == 0
    found = states(message)
    assert found == {"sent": len(post.mails), "queued": 100 - len(post.mails)}
    assert len(post.mails) < 100


def test_the_command_killed_and_run_again_reaches_everybody(processes: Processes, post: Post) -> None:
    post.seconds_a_mail = 0.05
    message = make_message(make_people(40))
    running = processes.manage("send_notices")
    until(lambda: len(post.mails) >= 10)
    processes.kill(running)
    let_leases_run_out()
    assert processes.manage("send_notices").wait() == 0
    assert states(message) == {"sent": 40}
    assert sorted(set(post.to)) == everybody(40)
    assert len(post.mails) <= 41


def test_what_comes_back_as_a_mail_is_taken_in_with_the_login_of_the_worker(
    processes: Processes, post: Post, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REPLY_DOMAIN", "reply.portal.example")
    message = make_message(make_people(2))
    assert processes.manage("send_notices").wait() == 0
    box = mailbox.Maildir(str(tmp_path / "box"), create=True)
    box.add(report(post.returns["person0000@people.example"]))
    assert processes.manage("read_maildir", str(tmp_path / "box")).wait() == 0
    assert states(message) == {"bounced": 1, "sent": 1}
    assert Suppression.objects.get().address == "person0000@people.example"
