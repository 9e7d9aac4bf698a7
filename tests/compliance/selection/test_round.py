"""A round from draft to record, by its verbs; and what each of them refuses."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Assignment, Membership
from accounts.scope import acting_for
from compliance.risk.models import Assessment
from compliance.selection.models import Candidate, Round
from notifications.models import Delivery, Message
from tests.compliance.selection.rounds import (
    CAPACITIES,
    REASON,
    accept_all,
    approver,
    candidate,
    draft,
    opened,
    replayed,
    score,
)
from tests.named_people import World, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(world: World) -> World:
    """Quillard and Lindale stay, Stranger leaves, 001 enters, 002 does not, 003 was never scored, 004 is of ISA."""
    score(world.quillard, "70")
    score(world.stranger, "30")
    score(world.lindale, "50")
    candidate(1, "62")
    candidate(2, "55.9")
    candidate(3, None)
    candidate(4, "12", isa=True)
    return world


def marks(chosen: Round) -> dict[str, str]:
    return dict(chosen.candidates.values_list("name", "mark"))


def refused(action: Callable[[], Any]) -> str:
    with pytest.raises(ValidationError) as error, transaction.atomic():
        action()
    return " ".join(error.value.messages)


def test_everybody_is_a_candidate_and_is_marked(scored: World) -> None:
    chosen = opened(scored.hq)
    assert marks(chosen) == {
        "Quillard Electric": "stays",
        "Stranger Goods": "leaves",
        "Lindale Customs Brokers": "stays",
        "Importer 001": "enters",
        "Importer 002": "not_yet",
        "Importer 003": "not_yet",
        "Importer 004": "enters",
    }
    ranked = list(chosen.candidates.order_by("rank").values_list("name", flat=True))
    assert ranked[:3] == ["Quillard Electric", "Importer 001", "Importer 002"]
    assert ranked[-1] == "Importer 003"
    assert chosen.counted["marks"] == {"stays": 2, "leaves": 1, "enters": 2, "not_yet": 2}


def test_what_is_frozen_stays_when_the_score_is_another(scored: World) -> None:
    chosen = opened(scored.hq)
    then = Assessment.objects.get(account=scored.quillard)
    Assessment.objects.filter(account=scored.quillard).update(
        duty_at_stake=1, likelihood=0, severity=0, score=1, value12=5, duty12=9
    )
    frozen = chosen.candidates.get(account=scored.quillard)
    assert (frozen.score, frozen.band, frozen.value12, frozen.weight) == (
        Decimal(70),
        "high",
        Decimal(1_000_000),
        Decimal("2.0"),
    )
    assert sum(frozen.parts.values()) == 70
    assert frozen.parts["duty_at_stake"] == float(then.duty_at_stake) > 1
    assert frozen.inputs["duty12"] == float(then.duty12) > 9
    assert frozen.programs == ["CTPAT 2"]
    assert frozen.managed
    assert "id" not in frozen.inputs


def test_the_newest_score_of_the_model_by_the_day_counts(scored: World) -> None:
    today = timezone.localdate()
    score(scored.quillard, "10", on=today - datetime.timedelta(days=40))
    chosen = opened(scored.hq, as_of=today - datetime.timedelta(days=1), capacities=CAPACITIES)
    assert chosen.candidates.get(account=scored.quillard).score == 10
    assert chosen.candidates.get(account=scored.stranger).score is None


def test_freezing_is_one_statement_however_many(scored: World) -> None:
    made = draft(scored.hq)
    with CaptureQueriesContext(connection) as asked:
        made.open(by=scored.hq)
    few = len(asked)
    made.give_up("To count again.", by=scored.hq)
    for number in range(10, 40):
        candidate(number, "20")
    more = draft(scored.hq)
    with CaptureQueriesContext(connection) as asked:
        more.open(by=scored.hq)
    assert len(asked) == few
    inserts = [query["sql"] for query in asked if "INSERT INTO selection_candidate (" in query["sql"]]
    assert len(inserts) == 1


def test_closing_changes_the_accounts_tells_them_once_and_writes_the_record(scored: World) -> None:
    one = Account.objects.get(name="Importer 001")
    Membership.objects.create(account=one, person=make_person("Nell Newcomer"))
    chosen = opened(scored.hq)
    assert accept_all(chosen, scored.hq) == 3
    outcomes = chosen.close(by=approver())
    assert outcomes == {"entered": 2, "left": 1, "remained": 2, "outside": 2}
    one.refresh_from_db()
    scored.stranger.refresh_from_db()
    assert (one.state, scored.stranger.state) == ("active", "withdrawn")
    assert not Assignment.objects.on(timezone.localdate()).filter(account=scored.stranger).exists()
    assert Assignment.objects.filter(account=scored.stranger, ends=timezone.localdate()).exists()
    told = Delivery.objects.filter(message__topic="selection").values_list("person__name", "account__name")
    assert set(told) == {("Nell Newcomer", "Importer 001"), ("Sam Stranger", "Stranger Goods")}
    said = " ".join(Message.objects.filter(topic="selection").values_list("text", flat=True)).lower()
    assert not any(word in said for word in ("score", "rank", "risk", "candidate", "selected"))
    assert chosen.replay().same
    assert set(Account.pgh_event_model.objects.filter(pgh_context__verb="activate").values_list("pgh_obj_id")) == {
        (account.pk,) for account in Account.objects.filter(name__in=["Importer 001", "Importer 004"])
    }


def test_who_is_declined_or_deferred_stays_as_it_was(scored: World) -> None:
    chosen = opened(scored.hq)
    chosen.decide(chosen.candidates.filter(name="Importer 001"), "declined", "Known to another agency", by=scored.hq)
    chosen.decide(chosen.candidates.filter(name="Stranger Goods"), "deferred", "Its plan runs", by=scored.hq)
    chosen.decide(chosen.candidates.filter(isa=True), "accepted", REASON, by=scored.hq)
    assert chosen.close(by=approver())["entered"] == 1
    states = dict(Account.objects.values_list("name", "state"))
    assert (states["Importer 001"], states["Stranger Goods"]) == ("prospective", "active")


def test_one_or_many_are_decided_by_one_statement_and_the_history_keeps_who(scored: World) -> None:
    chosen = opened(scored.hq)
    with CaptureQueriesContext(connection) as asked:
        accept_all(chosen, scored.hq)
    assert sum('UPDATE "selection_candidate"' in query["sql"] for query in asked) == 1
    events = Candidate.pgh_event_model.objects.filter(round_id=chosen.pk)
    assert {(one.decision, one.reason, one.pgh_context["by"]) for one in events} == {
        ("accepted", REASON, str(scored.hq.pk))
    }


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"stay_from": Decimal(60)}, "Choose a lower one"),
        ({"enter_from": Decimal(101)}, "less than or equal to 100"),
        ({"capacities": {"010": "-1"}}, "a capacity is zero or more"),
        ({"capacities": {"010": "NaN"}}, "write a capacity of"),
        ({"capacities": {"010": "many"}}, "write the capacity as a number"),
        ({"capacities": {"999": "1"}}, "There is no Center 999"),
        ({"model_version": 7}, "There is no model 7: choose one that was activated"),
        ({"as_of": datetime.date(2001, 1, 1)}, "has scored no account by that day"),
        ({"as_of": datetime.date(2999, 1, 1)}, "lies ahead"),
        ({"lottery_width": Decimal(-1)}, "greater than or equal to 0"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_what_to_do(scored: World, fields: dict[str, Any], said: str) -> None:
    assert said in refused(lambda: draft(scored.hq, **fields))
    assert not Round.objects.exists()


def test_a_capacity_below_the_present_caseload_is_refused_and_nothing_is_frozen(scored: World) -> None:
    made = draft(scored.hq, capacities=CAPACITIES | {"010": "1.9"})
    assert "capacity of 1.9 is below the present caseload of 2.0. Set at least 2.0" in refused(
        lambda: made.open(by=scored.hq)
    )
    made.refresh_from_db()
    assert (made.state, made.candidates.count()) == ("draft", 0)


def test_a_round_is_opened_once_and_one_at_a_time(scored: World) -> None:
    first, second = draft(scored.hq), draft(scored.hq)
    first.open(by=scored.hq)
    assert "open already" in refused(lambda: first.open(by=scored.hq))
    assert "Another round is open: close it or give it up" in refused(lambda: second.open(by=scored.hq))
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=second.pk).update(state="open")
    first.give_up("Wrong day", by=scored.hq)
    assert second.open(by=scored.hq) == 7


def test_whoever_opened_it_does_not_close_it_not_even_in_the_database(scored: World) -> None:
    chosen = opened(scored.hq)
    accept_all(chosen, scored.hq)
    assert "another person of headquarters approves it" in refused(lambda: chosen.close(by=scored.hq))
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=chosen.pk).update(closed_by=scored.hq)


def test_what_is_undecided_or_changed_meanwhile_is_not_closed(scored: World) -> None:
    chosen, second = opened(scored.hq), approver()
    assert "3 proposals wait for a decision" in refused(lambda: chosen.close(by=second))
    accept_all(chosen, scored.hq)
    assert "Decisions changed since you looked" in refused(lambda: chosen.close(by=second, seen="0" * 32))
    assert Account.objects.get(name="Importer 001").state == "prospective"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_decision_needs_a_reason(scored: World, reason: str) -> None:
    chosen = opened(scored.hq)
    assert "reason" in refused(lambda: chosen.decide(chosen.candidates.all(), "accepted", reason, by=scored.hq)).lower()
    assert (
        "reason"
        in refused(lambda: chosen.take_in(chosen.candidates.get(name="Importer 002"), reason, by=scored.hq)).lower()
    )


def test_who_stays_needs_no_decision_and_isa_cannot_be_declined(scored: World) -> None:
    chosen = opened(scored.hq)
    staying = chosen.candidates.filter(mark="stays")
    assert "nothing to decide" in refused(lambda: chosen.decide(staying, "accepted", REASON, by=scored.hq))
    isa = chosen.candidates.filter(name="Importer 004")
    assert "always has a manager" in refused(lambda: chosen.decide(isa, "declined", REASON, by=scored.hq))
    assert "Accept, decline or defer" in refused(lambda: chosen.decide(isa, "burned", REASON, by=scored.hq))


def test_candidates_of_another_round_are_not_decided_here(scored: World) -> None:
    first = opened(scored.hq)
    first.give_up("Again", by=scored.hq)
    second = opened(scored.hq)
    assert "nothing to decide" in refused(
        lambda: second.decide(first.candidates.all(), "accepted", REASON, by=scored.hq)
    )


def test_one_is_taken_in_out_of_turn_where_there_is_room(scored: World) -> None:
    chosen = opened(scored.hq, capacities=CAPACITIES | {"010": "7.0"})
    one = chosen.candidates.get(name="Importer 002")
    # Quillard 2.0 stays, 001 of 2.0 and the ISA participant of 1.5 enter: 1.5 are left, and 002 weighs 1.5.
    chosen.take_in(one, "Asked for help", by=scored.hq)
    accept_all(chosen, scored.hq)
    one.refresh_from_db()
    assert one.decision == "taken_in"
    chosen.close(by=approver())
    assert Account.objects.get(name="Importer 002").state == "active"
    assert chosen.replay().same


def test_more_than_fit_are_neither_taken_in_nor_closed(scored: World) -> None:
    chosen = opened(scored.hq, capacities=CAPACITIES | {"010": "6.9"})
    one = chosen.candidates.get(name="Importer 002")
    assert "has room for 1.4 more and this account weighs 1.5" in refused(
        lambda: chosen.take_in(one, "x", by=scored.hq)
    )
    accept_all(chosen, scored.hq)
    Candidate.objects.filter(pk=one.pk).update(decision="taken_in", reason="behind its back")
    assert "would carry 7.0 of 6.9: decline or defer one that enters" in refused(lambda: chosen.close(by=approver()))


def test_after_it_was_closed_nothing_is_decided_any_more(scored: World) -> None:
    chosen = opened(scored.hq)
    accept_all(chosen, scored.hq)
    chosen.close(by=approver())
    for action in (
        lambda: chosen.decide(chosen.candidates.all(), "declined", REASON, by=scored.hq),
        lambda: chosen.take_in(chosen.candidates.get(name="Importer 002"), REASON, by=scored.hq),
        lambda: chosen.close(by=approver()),
        lambda: chosen.give_up("No", by=scored.hq),
        lambda: chosen.change(by=scored.hq, stay_from=Decimal(1)),
        lambda: chosen.open(by=scored.hq),
    ):
        assert "closed, and its record stands" in refused(action)


def test_an_importer_without_a_center_is_placed_by_what_it_imports_most(scored: World) -> None:
    from examinations.models import EntryBreakdown  # noqa: PLC0415

    one = Account.objects.get(name="Importer 001")
    Account.objects.filter(pk=one.pk).update(center=None)
    month = timezone.localdate().replace(day=1)
    for code, value in (("61", 900), ("85", 100)):
        EntryBreakdown.objects.create(account=one, dimension="chapter", code=code, month=month, value=value, duty=1)
    chosen = opened(scored.hq, capacities=CAPACITIES | {"004": "5"})
    frozen = chosen.candidates.get(account=one)
    assert (frozen.center_id, frozen.pool, frozen.center_presumed) == ("004", "004", True)
    accept_all(chosen, scored.hq)
    chosen.close(by=approver())
    one.refresh_from_db()
    assert one.center_id == "004"


# ---- the record ----------------------------------------------------------------------------------------------------


@pytest.fixture
def closed_round(scored: World) -> Round:
    chosen = opened(scored.hq, lottery_width=Decimal(5))
    accept_all(chosen, scored.hq)
    chosen.close(by=approver())
    return chosen


def test_the_command_computes_the_same_list_again(closed_round: Round, capsys: pytest.CaptureFixture[str]) -> None:
    Assessment.objects.all().delete()  # what is known today plays no part
    code, said = replayed(closed_round, capsys)
    assert code == 0
    assert "the same byte for byte" in said
    assert said.endswith("lines=7 differing=0\n")


@pytest.mark.parametrize(
    ("table", "change", "differing"),
    [
        (Candidate, {"score": Decimal(99)}, 3),  # an input: its own line and those that it passes
        (Candidate, {"mark": "enters"}, 1),
        (Candidate, {"value12": 7}, 0),  # the list goes with it, its checksum does not
        (Candidate, {"inputs": {"duty12": 1}}, 0),
        (Candidate, {"outcome": "entered"}, 1),
        (Round, {"checksum": "0" * 64}, 0),
    ],
)
def test_whoever_changes_a_row_afterwards_is_found_out(
    closed_round: Round, capsys: pytest.CaptureFixture[str], table: Any, change: dict[str, Any], differing: int
) -> None:
    rows = table.objects.filter(pk=closed_round.pk) if table is Round else Candidate.objects.filter(name="Importer 002")
    rows.update(**change)
    code, said = replayed(closed_round, capsys)
    assert code == 1
    assert "NOT the same" in said
    assert f"differing={differing}\n" in said


def test_the_record_itself_changed_is_found_out(closed_round: Round, capsys: pytest.CaptureFixture[str]) -> None:
    Round.objects.filter(pk=closed_round.pk).update(record=closed_round.record | {"enter": "10"})
    code, said = replayed(closed_round, capsys)
    assert code == 1
    assert "the checksum of the record does not fit" in said


def test_a_round_that_is_not_there_or_was_never_opened_is_said_to_be(world: World) -> None:
    with pytest.raises(CommandError, match="There is no selection round 77"):
        call_command("replay_selection", "77")
    score(world.quillard, "50")
    with pytest.raises(CommandError, match="never opened"):
        call_command("replay_selection", str(draft(world.hq).pk))


# ---- who sees it ---------------------------------------------------------------------------------------------------


def test_nobody_but_headquarters_sees_a_round_or_a_rank(closed_round: Round, scored: World) -> None:
    for name, person in scored.people.items():
        many = (1, 7) if name == "hq" else (0, 0)
        assert (Round.objects.visible_to(person).count(), Candidate.objects.visible_to(person).count()) == many
        with acting_for(person):
            assert (Round.objects.count(), Candidate.objects.count()) == many
            assert (
                Candidate.pgh_event_model.objects.exists() == Round.pgh_event_model.objects.exists() == (name == "hq")
            )


def test_headquarters_does_all_of_it_with_the_rights_of_the_web(scored: World) -> None:
    second = approver()
    with acting_for(scored.hq):
        chosen = opened(scored.hq)
        accept_all(chosen, scored.hq)
    with acting_for(second):
        Round.objects.get(pk=chosen.pk).close(by=second)
        assert Round.objects.get(pk=chosen.pk).replay().same
