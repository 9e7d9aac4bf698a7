"""Several senders: each mail goes out once, and who lost a claim changes nothing any more."""

import pytest
from django.utils import timezone

from notifications import claims, sending
from notifications.claims import Outcome
from notifications.models import Delivery
from tests.committed import at_once
from tests.mail_servers import Post
from tests.notifications.messages import let_leases_run_out, make_message, make_people, states


def test_senders_at_once_send_each_mail_once(committed: None, post: Post) -> None:
    message = make_message(make_people(230))
    sent = at_once(*[sending.send_all] * 4)
    assert sum(sent) == 230
    assert post.to == sorted(f"person{at:04}@people.example" for at in range(230))
    assert states(message) == {"sent": 230}


def test_what_one_holds_another_neither_takes_nor_waits_for(committed: None) -> None:
    make_message(make_people(3))
    assert claims.claim()
    assert at_once(claims.claim) == [None]


@pytest.mark.django_db
def test_when_a_lease_runs_out_another_takes_over_and_the_first_changes_nothing() -> None:
    message = make_message(make_people(1))
    first = claims.claim()
    let_leases_run_out()
    second = claims.claim()
    assert first
    assert second
    assert first != second
    pk = message.deliveries.get().pk
    assert claims.look([pk], first) == {}
    assert not claims.settle(pk, first, Outcome("failed", "SMTP 550"))
    assert states(message) == {"claimed": 1}
    assert claims.look([pk], second) == {pk: ""}
    assert claims.settle(pk, second, Outcome("sent"))
    assert not claims.settle(pk, first, Outcome("queued", "late"))
    assert states(message) == {"sent": 1}
    assert message.deliveries.get().last_error == ""


@pytest.mark.django_db
def test_who_lost_its_claim_sends_nothing(post: Post) -> None:
    message = make_message(make_people(2))
    first = claims.claim()
    let_leases_run_out()
    second = claims.claim()
    assert first
    assert second
    assert sending.send_claimed(first) == 0
    assert states(message) == {"claimed": 2}
    assert sending.send_claimed(second) == 2


@pytest.mark.django_db
def test_a_lease_begins_anew_while_its_sender_lives() -> None:
    message = make_message(make_people(1))
    number = claims.claim()
    assert number
    Delivery.objects.update(claimed_until=timezone.now())
    claims.renew(number)
    assert message.deliveries.get().claimed_until > timezone.now()


@pytest.mark.django_db
def test_a_mail_that_went_out_while_its_message_was_stopped_is_called_sent() -> None:
    message = make_message(make_people(1))
    number = claims.claim()
    assert number
    pk = message.deliveries.get().pk
    assert claims.look([pk], number) == {pk: ""}
    message.deliveries.update(state="stopped", claimed_until=None)
    assert claims.settle(pk, number, Outcome("sent"))
    assert states(message) == {"sent": 1}


@pytest.mark.django_db
def test_what_was_stopped_while_it_was_refused_stays_stopped() -> None:
    message = make_message(make_people(1))
    number = claims.claim()
    assert number
    message.deliveries.update(state="stopped", claimed_until=None)
    assert not claims.settle(message.deliveries.get().pk, number, Outcome("queued", "SMTP 451"))
    assert states(message) == {"stopped": 1}
