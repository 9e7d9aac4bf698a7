"""A large round is opened by a worker: followed on its page, whole or not at all, whatever becomes of the process."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.scope import acting_for
from compliance.selection.models import Candidate, Opening, Round
from compliance.selection.models import opening as openings
from compliance.selection.tasks import open_round, resume_openings
from tests.compliance.selection.rounds import candidate, draft, opened
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Processes, until


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever there is, is too much to wait for."""
    monkeypatch.setattr(openings, "AT_ONCE", 0)


@pytest.fixture
def hq(world: World) -> Client:
    candidate(1, "60")
    return signed_in(world, "hq")


def asked(world: World) -> tuple[Round, Opening]:
    chosen = draft(world.hq)
    return chosen, Opening.ask(chosen, by=world.hq)


@pytest.mark.django_db
@pytest.mark.usefixtures("large")
def test_a_large_round_is_asked_for_and_its_page_says_how_far_it_is(world: World, hq: Client) -> None:
    chosen = draft(world.hq)
    page = f"/selection/{chosen.pk}/"
    assert hq.post(f"{page}open/")["Location"] == page
    answer = hq.get(page).content.decode()
    assert "being opened" in answer
    assert "Waiting for a worker" in answer
    part = hq.get(page, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<div id=")
    assert open_round(str(Opening.objects.get().pk)) is True
    assert hq.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "candidates" in hq.get(page).content.decode()
    assert Opening.objects.get().state == "done"
    assert Candidate.objects.filter(round=chosen).count() == 4


@pytest.mark.django_db
def test_a_small_one_is_opened_while_one_waits(world: World, hq: Client) -> None:
    chosen = draft(world.hq)
    hq.post(f"/selection/{chosen.pk}/open/")
    chosen.refresh_from_db()
    assert (chosen.state, Opening.objects.count()) == (Round.State.OPEN, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("large")
def test_what_cannot_be_opened_stays_a_draft_and_its_page_says_why(world: World, hq: Client) -> None:
    chosen = draft(world.hq, capacities={"010": "0"})
    Opening.ask(chosen, by=world.hq)
    assert Opening.objects.get().do() is True
    chosen.refresh_from_db()
    assert (chosen.state, Candidate.objects.count()) == (Round.State.DRAFT, 0)
    page = hq.get(f"/selection/{chosen.pk}/").content.decode()
    assert "The round was not opened." in page
    assert "is below the present caseload" in page
    assert Opening.ask(chosen, by=world.hq).pk  # it may be asked for again


@pytest.mark.django_db
def test_nothing_is_done_with_it_meanwhile(world: World) -> None:
    candidate(1, "60")
    chosen, one = asked(world)
    for refused in (
        lambda: chosen.change(by=world.hq, enter_from=60),
        lambda: chosen.give_up("It was wrong", by=world.hq),
        lambda: chosen.open(by=world.hq),
        lambda: Opening.ask(chosen, by=world.hq),
    ):
        with pytest.raises(ValidationError, match="A worker opens this round just now"), transaction.atomic():
            refused()
    assert one.do() is True
    assert one.do() is False
    with pytest.raises(ValidationError, match="open already"):
        Opening.ask(chosen, by=world.hq)
    with pytest.raises(ValidationError, match="Another round is open"):
        Opening.ask(draft(world.hq), by=world.hq)


@pytest.mark.django_db
def test_a_fault_leaves_the_draft_and_three_dead_processes_give_it_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate(1, "60")
    _, one = asked(world)
    monkeypatch.setattr("compliance.selection.freezing.write", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        one.do()
    assert (one.state, Candidate.objects.count()) == ("failed", 0)
    _, dead = asked(world)
    dead.created_at = timezone.now() - datetime.timedelta(hours=1)
    dead.state, dead.attempts, dead.started_at = "running", 3, dead.created_at
    dead.save()
    assert resume_openings() == 1
    dead.refresh_from_db()
    assert (dead.state, dead.message[:11]) == ("failed", "The process")
    assert Round.objects.filter(state="draft").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["robin", "billie", "jordan", "expert", "nobody"])
def test_nobody_but_headquarters_sees_an_opening(world: World, name: str) -> None:
    candidate(1, "60")
    asked(world)
    person = world.people.get(name)
    assert not Opening.objects.visible_to(person).exists()
    with acting_for(person):
        assert not Opening.objects.exists()
    with acting_for(world.hq):
        assert Opening.objects.count() == 1


@pytest.mark.processes
@pytest.mark.usefixtures("large")
def test_a_worker_that_is_killed_half_way_leaves_a_draft_and_the_next_one_opens_it(
    processes: Processes, living: World
) -> None:
    candidate(1, "60")
    chosen = draft(living.hq)
    first: Any = None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE selection_candidate IN SHARE MODE")  # it gets as far as writing, and waits
        first = processes.worker()
        other = _ask_elsewhere(chosen, living)
        until(lambda: _waits_to_write(cursor), 30)
        processes.kill(first)
    assert (Round.objects.get(pk=chosen.pk).state, Candidate.objects.count()) == ("draft", 0)
    one = Opening.objects.get(pk=other)
    assert (one.state, one.attempts) == ("running", 1)
    Opening.objects.update(started_at=timezone.now() - datetime.timedelta(minutes=5))
    processes.worker()
    until(lambda: resume_openings.delay() and Round.objects.get(pk=chosen.pk).state == "open", 30)
    assert Candidate.objects.count() == 4
    assert Opening.objects.get(pk=other).state == "done"


def _ask_elsewhere(chosen: Round, living: World) -> Any:
    """From another connection, as a page does: this one holds the table."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    from django.db import connections  # noqa: PLC0415

    def ask() -> Any:
        try:
            return Opening.ask(chosen, by=living.hq).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(ask).result()


def _waits_to_write(cursor: Any) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'selection_candidate'::regclass AND NOT granted)"
    )
    return bool(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_others_of_headquarters_hear_that_a_round_waits_for_a_second_person(world: World) -> None:
    from notifications.models import Delivery, Message  # noqa: PLC0415
    from tests.compliance.selection.rounds import accept_all, approver  # noqa: PLC0415

    second = approver()
    candidate(1, "60")
    candidate(2, "61")
    chosen = opened(world.hq)
    rows = chosen.candidates.order_by("rank")
    chosen.decide(rows.filter(rank=1), "accepted", "As ranked", by=world.hq)
    assert not Message.objects.exists()
    accept_all(chosen, world.hq)
    message = Message.objects.get()
    assert message.path == f"/selection/{chosen.pk}/close/"
    assert "Importer" not in message.subject + message.text  # whom it is about stands in the portal alone
    assert [one.person for one in Delivery.objects.all()] == [second]
    accept_all(chosen, world.hq)
    assert Message.objects.count() == 1
