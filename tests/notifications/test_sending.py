"""One sender and a real mail server: taken, put off, refused, hung up."""

import datetime
import logging

import pytest
from django.utils import timezone

from accounts.models import Person
from notifications import claims, queue, sending
from notifications.letters import PERSONAL, blocks_of, message_id
from notifications.models import Delivery
from tests.mail_servers import Post, free_port, text_of
from tests.notifications.messages import let_waits_run_out, make_message, make_people, send_held, states

pytestmark = pytest.mark.django_db


def test_each_person_gets_one_mail_over_one_connection(post: Post) -> None:
    message = make_message(make_people(60))
    assert sending.send_all() == 60
    assert post.to == [f"person{at:04}@people.example" for at in range(60)]
    assert states(message) == {"sent": 60}
    assert post.connections <= 2  # a batch is fifty
    assert sending.send_all() == 0
    assert len(post.mails) == 60


def test_a_mail_has_text_and_html_and_names_itself_the_same_at_every_try(post: Post) -> None:
    post.answer = lambda address, nth: "hang up" if nth == 1 else "250 OK"
    message = make_message(make_people(1))
    delivery = message.deliveries.get()
    first = message_id(delivery)
    assert sending.send_all() == 0
    let_waits_run_out()
    assert sending.send_all() == 1
    mail = post.mails[0]
    assert mail["Message-ID"] == first
    assert mail["Auto-Submitted"] == "auto-generated"
    assert text_of(mail).startswith("The lead.\n")
    assert "<h1>The lead.</h1>" in text_of(mail, "html")


def test_what_is_put_off_is_tried_again_later_and_later(post: Post) -> None:
    post.answer = lambda address, nth: "451 try later" if nth < 4 else "250 OK"
    message = make_message(make_people(1))
    waits = []
    for _ in range(3):
        before = timezone.now()
        assert sending.send_all() == 0
        assert sending.send_all() == 0  # not due yet, so not tried
        delivery = message.deliveries.get()
        assert (delivery.state, delivery.last_error) == ("queued", "SMTP 451")
        waits.append(round((delivery.due_at - before).total_seconds() / 60))
        let_waits_run_out()
    assert waits == [2, 4, 8]
    assert sending.send_all() == 1
    assert post.tries["person0000@people.example"] == 4


def test_what_is_put_off_for_ever_is_given_up_and_says_why(post: Post) -> None:
    post.answer = lambda address, nth: "451 try later"
    message = make_message(make_people(1))
    for _ in range(claims.MOST_ATTEMPTS + 2):
        sending.send_all()
        let_waits_run_out()
    assert states(message) == {"failed": 1}
    assert message.deliveries.get().last_error == "SMTP 451"
    assert post.tries["person0000@people.example"] == claims.MOST_ATTEMPTS


def test_what_is_refused_fails_for_good_and_stops_nobody_else(post: Post) -> None:
    post.answer = lambda address, nth: "550 no such mailbox" if address.startswith("person0001") else "250 OK"
    message = make_message(make_people(4))
    assert sending.send_all() == 3
    let_waits_run_out()
    assert sending.send_all() == 0
    refused = message.deliveries.get(state="failed")
    assert refused.person.email == "person0001@people.example"
    assert refused.last_error == "SMTP 550"
    assert post.tries["person0001@people.example"] == 1


def test_a_connection_that_drops_in_the_middle_loses_nobody(post: Post) -> None:
    post.answer = lambda address, nth: "hang up" if address.split("@")[0][-1] in "37" and nth == 1 else "250 OK"
    message = make_message(make_people(10))
    assert sending.send_all() == 8
    assert states(message) == {"sent": 8, "queued": 2}
    let_waits_run_out()
    assert sending.send_all() == 2
    assert post.to == [f"person{at:04}@people.example" for at in range(10)]


def test_a_server_that_is_away_costs_no_mail_a_try(settings: object) -> None:
    settings.EMAIL_BACKEND = "notifications.mail.FromHere"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()  # type: ignore[attr-defined]
    message = make_message(make_people(3))
    for _ in range(claims.MOST_ATTEMPTS + 1):
        with pytest.raises(sending.ServerAway):
            sending.send_all()
        assert states(message) == {"queued": 3}
        assert set(message.deliveries.values_list("attempts", flat=True)) == {0}
        assert message.deliveries.filter(due_at__gt=timezone.now()).count() == 3
        let_waits_run_out()
    assert message.deliveries.first().last_error == "mail server away: ConnectionRefusedError"


def test_a_message_that_cannot_be_drawn_holds_up_no_other(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(delivery: Delivery) -> tuple[str, str]:
        raise KeyError("a fault of ours")

    monkeypatch.setitem(PERSONAL, "broken", broken)
    people = make_people(2)
    bad = make_message(people, "Bad")
    bad.topic = "broken"
    bad.save()
    make_message(people, "Good")
    with caplog.at_level(logging.CRITICAL):
        assert sending.send_all() == 2
    assert states(bad) == {"queued": 2}
    assert [mail["Subject"] for mail in post.mails] == ["Good", "Good"]


@pytest.mark.parametrize(
    "subject",
    ["A\r\nBcc: victim@else.example", "A\nBcc: victim@else.example", "A\rBcc: v@else.example", "A\u2028\x85\x0bBcc: v"],
)
def test_a_subject_can_carry_no_second_header(post: Post, subject: str) -> None:
    make_message(make_people(1), subject)
    assert sending.send_all() == 1
    mail = post.mails[0]
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("A Bcc: v")
    assert post.tries == {"person0000@people.example": 1}


def test_a_person_who_may_not_sign_in_any_more_gets_nothing(post: Post) -> None:
    people = make_people(2)
    message = make_message(people)
    Person.objects.filter(pk=people[0].pk).update(is_active=False)
    assert sending.send_all() == 1
    assert post.to == [people[1].email]
    assert states(message) == {"sent": 1, "stopped": 1}


def test_after_its_last_moment_nothing_is_sent(post: Post) -> None:
    now = timezone.now()
    stale = make_message(make_people(2), "Stale", stop_after=now - datetime.timedelta(hours=1))
    fresh = make_message(list(Person.objects.all()), "Fresh", stop_after=now + datetime.timedelta(hours=1))
    assert sending.send_all() == 2
    assert states(stale) == {"stopped": 2}
    assert states(fresh) == {"sent": 2}


def test_what_is_stopped_between_claim_and_sending_is_not_sent(post: Post) -> None:
    message = make_message(make_people(3))
    number = claims.claim()
    assert number
    assert queue.stop(message) == 3
    assert send_held(number) == 0
    assert post.mails == []
    assert states(message) == {"stopped": 3}


def test_who_is_closed_out_between_claim_and_sending_gets_nothing(post: Post) -> None:
    people = make_people(3)
    message = make_message(people)
    number = claims.claim()
    assert number
    Person.objects.filter(pk=people[1].pk).update(is_active=False)
    assert send_held(number) == 2
    assert states(message) == {"sent": 2, "stopped": 1}


def test_a_sender_that_has_done_enough_gives_the_rest_back_untouched(post: Post) -> None:
    message = make_message(make_people(5))
    assert sending.send_all(lambda: len(post.mails) >= 2) == 2
    assert states(message) == {"sent": 2, "queued": 3}
    assert set(message.deliveries.filter(state="queued").values_list("attempts", flat=True)) == {0}
    assert sending.send_all() == 3


def test_no_log_line_names_an_address(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    post.answer = lambda address, nth: f"550 {address} is unknown here"
    make_message(make_people(2))
    with caplog.at_level(logging.DEBUG):
        sending.send_all()
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # the test's own server
    assert any("550" in line for line in ours)
    assert not [line for line in ours if "@" in line]


def test_headings_stand_out_in_html_and_sentences_do_not() -> None:
    text = "What you must do\nCheck your bond.\n\nOne sentence,\nbroken in two.\n\n\nSource: CSMS 1"
    assert blocks_of(text) == [
        ("What you must do", "Check your bond."),
        ("", "One sentence,\nbroken in two."),
        ("", "Source: CSMS 1"),
    ]
