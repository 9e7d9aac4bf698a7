"""Several senders: each mail goes out once, and who lost a claim changes nothing any more."""

import threading
from concurrent.futures import wait
from contextlib import closing

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from notifications import batches, claims, gone, sending
from notifications.aside import Aside
from notifications.beside import Beside
from notifications.claims import Outcome
from notifications.models import Delivery, WentOut
from notifications.queue import stop
from tests.committed import at_once
from tests.mail_servers import Post
from tests.notifications.messages import let_leases_run_out, make_message, make_people, send_held, states


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
    assert send_held(first) == 0
    assert states(message) == {"claimed": 2}
    assert send_held(second) == 2


@pytest.mark.django_db
def test_a_lease_begins_anew_while_its_sender_lives() -> None:
    message = make_message(make_people(1))
    number = claims.claim()
    assert number
    Delivery.objects.update(claimed_until=timezone.now())
    claims.renew(number)
    assert message.deliveries.get().claimed_until > timezone.now()


def test_a_lease_that_begins_anew_waits_for_nothing_that_is_just_being_written_up(committed: None) -> None:
    """Two that lock the same rows in different orders would wait for each other."""
    message = make_message(make_people(3))
    number = claims.claim()
    assert number
    first, *others = message.deliveries.order_by("pk").values_list("pk", flat=True)
    gone.mark(first)
    Delivery.objects.update(claimed_until=timezone.now())
    written, renewed = threading.Event(), threading.Event()

    def write_up() -> int:
        with transaction.atomic():
            count = gone.write_up([first])
            written.set()
            renewed.wait(20)
        return count

    def renew() -> None:
        try:
            assert written.wait(20)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            claims.renew(number)
        finally:
            renewed.set()

    assert at_once(write_up, renew) == [1, None]
    assert states(message) == {"sent": 1, "claimed": 2}
    left = Delivery.objects.filter(pk__in=others).values_list("claimed_until", flat=True)
    assert all(until and until > timezone.now() for until in left)


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


def test_a_database_that_is_gone_for_a_moment_is_told_again_and_nobody_gets_two(committed: None, post: Post) -> None:
    """The server hangs up on the sender after the tenth mail: what was settled without waiting for the disk is in hand."""
    message = make_message(make_people(20))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (sender,) = cursor.fetchone()
    known = connection.settings_dict
    other = psycopg2.connect(
        host=known["HOST"], port=known["PORT"], dbname=known["NAME"], user=known["USER"], password=known["PASSWORD"]
    )

    def answer(address: str, nth: int) -> str:
        if address.startswith("person0010"):
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [sender])
        return "250 OK"

    post.answer = answer
    assert sending.send_all() == 20
    other.close()
    assert post.to == sorted(f"person{at:04}@people.example" for at in range(20))
    assert states(message) == {"sent": 20}
    assert not message.deliveries.filter(sent_at=None).exists()


def test_marks_go_over_a_connection_of_their_own_and_it_does_not_break(committed: None) -> None:
    message = make_message(make_people(3))
    assert claims.claim()
    aside = Aside()
    pks = set(message.deliveries.values_list("pk", flat=True))
    for pk in [*pks, *pks]:  # said twice it stands once
        aside.mark(pk)
    aside.wait()
    aside.close()
    assert set(WentOut.objects.values_list("delivery", flat=True)) == pks


def test_a_connection_for_marks_that_breaks_loses_no_mark_and_nobody_gets_two(committed: None, post: Post) -> None:
    message = make_message(make_people(30))
    known = connection.settings_dict
    other = psycopg2.connect(
        host=known["HOST"], port=known["PORT"], dbname=known["NAME"], user=known["USER"], password=known["PASSWORD"]
    )
    ended = []

    def answer(address: str, nth: int) -> str:
        if int(address[6:10]) % 7 == 5:
            with other.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND query LIKE '%INTO notifications\\_wentout%'"
                    " AND pid <> pg_backend_pid()"
                )
                ended.extend(cursor.fetchall())
                other.rollback()
        return "250 OK"

    post.answer = answer
    assert sending.send_all() == 30
    other.close()
    assert ended
    assert post.to == sorted(f"person{at:04}@people.example" for at in range(30))
    assert states(message) == {"sent": 30}


@pytest.mark.django_db
def test_what_is_not_on_the_disk_yet_is_kept_in_hand_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    message = make_message(make_people(3))
    number = claims.claim()
    assert number
    ledger = claims.Ledger()
    first, second, third = message.deliveries.order_by("pk").values_list("pk", flat=True)
    ledger.write(first, number, Outcome("sent"))
    ledger.write(second, number, Outcome("sent"))
    assert [pk for pk, _, _, _ in ledger.in_hand] == [first, second]
    ledger.flushed_at -= 1
    ledger.write(third, number, Outcome("sent"))
    assert ledger.in_hand == []
    assert states(message) == {"sent": 3}


@pytest.mark.django_db
def test_what_a_killed_sender_marked_is_called_sent_and_goes_out_to_nobody_again(post: Post) -> None:
    """Killed between a mail and the next commit that waits for the disk: the mark alone tells."""
    message = make_message(make_people(3))
    assert claims.claim()
    first = message.deliveries.order_by("pk").values_list("pk", flat=True)[0]
    gone.mark(first)
    gone.mark(first)
    assert states(message) == {"claimed": 3}
    let_leases_run_out()
    second = claims.claim()
    assert second
    assert message.deliveries.get(claim=second, pk__gt=first, pk__lt=first + 2)
    assert not message.deliveries.filter(claim=second, pk=first).exists(), "what went out is claimed by nobody"
    let_leases_run_out()
    assert sending.send_all() == 2
    assert states(message) == {"sent": 3}
    assert len(post.to) == 2
    assert not WentOut.objects.exists()
    assert not message.deliveries.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_a_message_that_is_stopped_stops_nothing_that_went_out(post: Post) -> None:
    message = make_message(make_people(3))
    assert claims.claim()
    first, second, _ = message.deliveries.order_by("pk").values_list("pk", flat=True)
    gone.mark(first)
    stop(message)
    gone.mark(second)  # its body was on the way just then
    assert gone.write_up([first, second]) == 2
    assert states(message) == {"sent": 2, "stopped": 1}


@pytest.mark.django_db
def test_what_went_out_over_a_claim_that_ran_out_is_sent_by_nobody_else(post: Post) -> None:
    message = make_message(make_people(2))
    assert claims.claim()
    let_leases_run_out()
    second = claims.claim()
    assert second
    pk = message.deliveries.order_by("pk").values_list("pk", flat=True)[0]
    gone.mark(pk)  # by the first, late
    assert send_held(second) == 1
    gone.write_up()
    assert states(message) == {"sent": 2}
    assert len(post.to) == 1


def test_a_domain_that_hangs_makes_nobody_wait_who_has_a_mail(committed: None) -> None:
    message = make_message(make_people(2))
    number = claims.claim()
    assert number
    batch = batches.Batch(batches.Held(number), sending.never)
    first, second = batch.next(), batch.next()
    assert first
    assert second
    batch.settle(first, Outcome("sent"))
    batch.put_off(second, "TimeoutError")
    batch.let_go()
    assert states(message) == {"sent": 1, "queued": 1}


def test_what_goes_to_the_disk_beside_the_mails_is_in_hand_until_it_is_there(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make_message(make_people(4))
    number = claims.claim()
    assert number
    pks = list(message.deliveries.order_by("pk").values_list("pk", flat=True))
    with closing(Aside()) as aside, closing(Beside()) as beside:
        ledger = claims.Ledger(aside, beside)

        def write(pk: int) -> None:
            ledger.flushed_at -= 1
            ledger.write(pk, number, Outcome("sent"))
            if ledger.flushing:
                wait([ledger.flushing])

        def broken(_: object) -> int:
            raise OperationalError("away")

        write(pks[0])
        with monkeypatch.context() as away:
            away.setattr(gone, "write_up", broken)
            write(pks[1])
        write(pks[2])
        assert [row[0] for row in ledger.in_hand] == pks[:3], (
            "what failed, what was tried beside just now, and the last"
        )
        write(pks[3])
        assert [row[0] for row in ledger.in_hand] == pks[2:]
        assert states(message) == {"sent": 3, "claimed": 1}
        ledger.flush()
        assert ledger.in_hand == []
    assert states(message) == {"sent": 4}
    assert not WentOut.objects.exists()


def test_what_is_told_again_while_it_goes_to_the_disk_takes_nothing_later_out_of_hand(committed: None) -> None:
    message = make_message(make_people(3))
    number = claims.claim()
    assert number
    first, second, third = message.deliveries.order_by("pk").values_list("pk", flat=True)
    with closing(Beside()) as beside:
        ledger = claims.Ledger(Aside(), beside)
        ledger.write(first, number, Outcome("sent"))
        ledger.flushed_at -= 1
        ledger.write(second, number, Outcome("sent"))  # the first is on its way to the disk
        ledger._again()  # and the database is away for a moment: both are told again
        ledger.write(third, number, Outcome("sent"))
        ledger._flushed()
        assert [row[0] for row in ledger.in_hand] == [third]
        ledger.flush()
    assert states(message) == {"sent": 3}


def test_what_was_claimed_ahead_is_given_back_as_if_it_had_not_been(
    committed: None, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims.claim, "__defaults__", (20,))
    monkeypatch.setattr(batches, "FEW", 15)
    post.seconds_a_mail = 0.02
    message = make_message(make_people(50))
    asked: list[int] = []

    def enough() -> bool:
        asked.append(Delivery.objects.filter(state="claimed").count())
        return len(post.mails) >= 12

    assert sending.send_all(enough) == 12
    assert max(asked) > 20, "the next were claimed before the first were sent"
    assert states(message) == {"sent": 12, "queued": 38}
    assert set(message.deliveries.filter(state="queued").values_list("attempts", flat=True)) == {0}
    assert sending.send_all() == 38
    assert post.to == sorted(f"person{at:04}@people.example" for at in range(50))


@pytest.mark.django_db
def test_a_database_that_is_away_at_the_very_end_undoes_nothing_of_what_was_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away() -> None:
        raise OperationalError("away")

    with closing(Beside()) as beside:
        at_the_end = batches.Batches(sending.never, claims.Ledger())
        at_the_end.coming = beside.ask(away)
        at_the_end.close()
        assert at_the_end.coming is None
    assert "OperationalError" in caplog.text
