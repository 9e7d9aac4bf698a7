"""Counting and drawing by a worker: once, whole, and by the same seed however often its process dies."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.measurement import tasks
from compliance.measurement.models import MeasurementPlan, PlanWork
from compliance.measurement.tasks import resume_plan_work, run_plan_work
from examinations.locks import is_in_hand
from examinations.models import Entry
from tests.committed import at_once
from tests.compliance.measurement.lines import PERIOD, import_lines, plan_of
from tests.named_people import World
from tests.workers import Processes, until

FIELDS: dict[str, Any] = {"name": "FY25", "starts": PERIOD[0], "ends": PERIOD[1], "lines": 40, "floor": 5}


@pytest.fixture
def lines(world: World) -> World:
    import_lines(world, 120)
    return world


def _drawn(plan: MeasurementPlan) -> set[tuple[str, int]]:
    return set(plan.drawn.values_list("entry_number", "line"))


class Died(BaseException):
    """As a process dies: nothing of ours hears of it."""


@pytest.mark.django_db
def test_a_worker_counts_what_was_written_and_draws_what_was_asked_for(lines: World) -> None:
    plan = MeasurementPlan.write(by=lines.hq, **FIELDS)
    work = plan.work.get()
    assert (work.verb, work.state, plan.strata.exists()) == ("count", "waiting", False)
    assert run_plan_work(str(work.pk)) is True
    assert sum(plan.strata.values_list("to_draw", flat=True)) == 40
    work = plan.ask_to_freeze(by=lines.hq)
    assert run_plan_work(str(work.pk)) is True
    plan.refresh_from_db()
    assert (plan.state, plan.frozen_by, len(_drawn(plan))) == ("frozen", lines.hq, 40)
    assert run_plan_work(str(work.pk)) is False  # handed out twice
    assert [one.state for one in plan.work.all()] == ["done", "done"]


@pytest.mark.django_db
def test_a_process_that_dies_in_the_middle_leaves_a_draft_and_the_next_draws_the_same_lines(
    lines: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(lines)
    work = plan.ask_to_freeze(by=lines.hq)
    kept = MeasurementPlan.objects.get(pk=plan.pk).seed
    assert len(kept) == 32
    drew: list[set[tuple[str, int]]] = []

    def die(self: PlanWork, state: str, message: str = "") -> None:
        drew.append(_drawn(plan))
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(PlanWork, "finish", die)
        with pytest.raises(Died), transaction.atomic():
            work.do()
    plan.refresh_from_db()
    assert (plan.state, _drawn(plan), plan.seed) == ("draft", set(), kept)
    assert len(drew[0]) == 40
    assert work.do() is True
    plan.refresh_from_db()
    assert (plan.state, plan.seed, _drawn(plan)) == ("frozen", kept, drew[0])


@pytest.mark.django_db
def test_a_refused_draw_keeps_its_seed_and_says_what_to_do(lines: World) -> None:
    plan = plan_of(lines)
    work = plan.ask_to_freeze(by=lines.hq)
    Entry.objects.filter(number__startswith="9XZ2").order_by("pk").first().delete()  # type: ignore[union-attr]
    assert work.do() is True
    work.refresh_from_db()
    assert (work.state, "count again" in work.message, plan.drawn.exists()) == ("refused", True, False)
    seed = MeasurementPlan.objects.get(pk=plan.pk).seed
    plan.count(by=lines.hq)
    plan.ask_to_freeze(by=lines.hq).do()
    plan.refresh_from_db()
    assert (plan.state, plan.seed) == ("frozen", seed)


@pytest.mark.django_db
def test_two_clicks_ask_once_and_nothing_changes_under_a_worker(lines: World) -> None:
    plan = plan_of(lines)
    assert plan.ask_to_freeze(by=lines.hq) == plan.ask_to_freeze(by=lines.hq)
    assert plan.work.count() == 1
    for verb in (
        lambda: plan.rewrite(by=lines.hq, lines=50),
        lambda: plan.change(by=lines.hq, lines=50),
        lambda: plan.set_sizes({plan.strata.all()[0].key: 3}, by=lines.hq),
    ):
        with pytest.raises(ValidationError, match=PlanWork.BUSY[:30]):
            verb()


@pytest.mark.django_db
def test_a_fault_is_kept_and_asked_for_again(lines: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(lines)
    work = plan.ask_to_freeze(by=lines.hq)
    with monkeypatch.context() as patch:
        patch.setattr("compliance.measurement.population.draw", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work.do()
    assert (work.state, "Ask again" in work.message) == ("failed", True)
    assert plan.ask_to_freeze(by=lines.hq).do() is True


@pytest.mark.django_db
def test_work_whose_process_died_is_taken_up_and_given_up_after_the_third_time(
    lines: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []
    monkeypatch.setattr(tasks.run_plan_work, "delay", handed.append)
    work = plan_of(lines).ask_to_freeze(by=lines.hq)
    dead = {"state": "running", "started_at": work.created_at.replace(year=2020)}
    PlanWork.objects.filter(pk=work.pk).update(attempts=1, **dead)
    assert resume_plan_work() == 1
    assert handed == [str(work.pk)]
    PlanWork.objects.filter(pk=work.pk).update(attempts=3, **dead)
    assert resume_plan_work() == 1
    work.refresh_from_db()
    assert (work.state, "three times" in work.message, len(handed)) == ("failed", True, 1)


def test_two_who_ask_at_once_ask_once(living: World) -> None:
    import_lines(living, 120)
    plan = plan_of(living)
    found = at_once(*(lambda: MeasurementPlan.objects.get(pk=plan.pk).ask_to_freeze(by=living.hq) for _ in range(2)))
    assert plan.work.count() == 1
    assert all(isinstance(one, PlanWork | ValidationError) for one in found)


@pytest.mark.processes
def test_a_real_worker_counts_and_draws_and_another_ends_what_one_died_over(
    processes: Processes, living: World
) -> None:
    import_lines(living, 120)
    worker = processes.worker()
    plan = MeasurementPlan.write(by=living.hq, **FIELDS)
    until(lambda: plan.strata.exists())
    seed = "kept before anything is drawn"
    MeasurementPlan.objects.filter(pk=plan.pk).update(seed=seed)
    work = PlanWork.objects.create(plan=plan, verb=PlanWork.Verb.FREEZE, by=living.hq)
    # The row of the plan is held, so that the draw waits in its transaction while its process is killed.
    with transaction.atomic():
        MeasurementPlan.objects.select_for_update().get(pk=plan.pk)
        run_plan_work.delay(str(work.pk))
        until(lambda: is_in_hand(PlanWork.LOCK, work.pk))
        processes.kill(worker)
    until(lambda: not is_in_hand(PlanWork.LOCK, work.pk))
    assert not plan.drawn.exists()
    assert PlanWork.objects.get(pk=work.pk).state == "running"
    processes.worker()
    run_plan_work.delay(str(work.pk))
    until(lambda: PlanWork.objects.get(pk=work.pk).state == "done")
    plan.refresh_from_db()
    assert (plan.state, plan.seed, plan.drawn.count()) == ("frozen", seed, 40)
