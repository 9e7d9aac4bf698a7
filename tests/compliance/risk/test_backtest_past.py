"""The score as known on a past day: by the time of loading, with today's statements on the rows of then; nothing is kept."""

import datetime
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Account
from compliance.measurement.own_rates import recomputing as own_rates
from compliance.risk.backtest import computing
from compliance.risk.backtest.judging import judged
from compliance.risk.backtest.past import SHADOWS, as_known_on
from compliance.risk.models import Backtest, RiskModel
from compliance.risk.reading import as_rated_then, read_inputs
from compliance.risk.recompute import recompute
from compliance.risk.tasks import compute_backtest, resume_backtests
from compliance.risk.trade import count_missing
from examinations.breakdowns.counting import recount as recount_breakdowns
from examinations.duty.months import recount as recount_duty
from examinations.models import Entry, Load
from tests.committed import at_once
from tests.compliance.risk.test_backtest_judging import world as invented
from tests.examinations.loading.files import days_ago, entry_number, entry_row, examination_row, load
from tests.named_people import World, make_person
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until

#: Drawn at random and reviewed with all lines of its entry.
WHOLE = "a whole entry"


def backdate(days: int) -> None:
    """Everything loaded so far came in so many days ago."""
    at = timezone.now() - datetime.timedelta(days=days)
    Load.objects.filter(finished_at__gt=at).update(created_at=at, finished_at=at)


def inputs_on(day: datetime.date) -> dict[str, list[float]]:
    ids, given = read_inputs(None, day)
    given = as_rated_then(ids, given, day)
    return {
        pk: [float(getattr(given, name)[n]) for name in type(given).__dataclass_fields__] for n, pk in enumerate(ids)
    }


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in SHADOWS:
            cursor.execute(f"SELECT count(*) FROM public.{table}")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db
def test_the_past_is_what_had_come_in_then_and_corrections_of_later_do_not_reach_it(
    small_world: None, tmp_path: Any
) -> None:
    day = timezone.localdate() - datetime.timedelta(days=20)
    backdate(40)
    own_rates.recompute(None, day)
    count_missing(None, day)
    before = inputs_on(day)
    stored = counts()
    # Since then: an entry corrected, an examination that found something after all, new entries of older dates.
    corrected = Entry.objects.filter(source="cbp", entry_date__lt=day - datetime.timedelta(days=60)).first()
    assert corrected is not None
    row = {"Entry Summary Number": corrected.number, "Importer Number": corrected.identifier.value, "Importer Name": ""}
    row |= {
        "Entry Date": corrected.entry_date.strftime("%m/%d/%Y"),
        "Entry Summary Date": "",
        "Port of Entry Code": "2704",
    }
    row |= {
        "Entry Type Code": corrected.entry_type,
        "Line Tariff Duty Amount": "77777.77",
        "Manufacturer ID": "TWNEWMAK12TAI",
    }
    assert load("entries", tmp_path, [entry_row(1, **row)]).rejected == 0
    assert load("entries", tmp_path, [entry_row(900, **{"Entry Date": days_ago(90), "Entry Summary Date": ""})]).loaded
    found = {"Selected Date": days_ago(95), "Examined Date": days_ago(93), "Disposition Code": "DISCREPANCY_MTD"}
    found |= {"Examination Type Code": "ESR", "Selection Reason Code": "RANDOM", "Entry Summary Line Number": "001"}
    found |= {
        "Entry Summary Number": entry_number(900),
        "Discrepancy Type Code": "CLASS",
        "Revenue Difference Amount": "500",
    }
    assert load("examinations", tmp_path, [examination_row("LATE", **found)]).rejected == 0
    recount_breakdowns(None)
    recount_duty(None)
    assert inputs_on(day) != before
    changed = counts()
    with as_known_on(day):
        count_missing(None, day)
        assert inputs_on(day) == before
    assert changed == counts() != stored
    assert inputs_on(day) != before


@pytest.mark.django_db
def test_before_anything_was_loaded_nothing_was_known(small_world: None) -> None:
    backdate(40)
    day = timezone.localdate() - datetime.timedelta(days=60)
    with as_known_on(day):
        count_missing(None, day)
        _, given = read_inputs(None, day)
        assert not given.value12.any()
        assert not given.reviews.any()
        assert not given.bond_amount.any()


@pytest.mark.django_db
def test_an_error_inside_leaves_nothing_behind(small_world: None) -> None:
    before = counts()
    with pytest.raises(ZeroDivisionError), as_known_on(timezone.localdate()):
        1 / 0  # noqa: B018
    assert counts() == before
    recompute(None, timezone.localdate())


@pytest.mark.django_db
def test_what_is_judged_is_what_was_selected_later_at_random_and_closed(
    small_world: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = timezone.localdate() - datetime.timedelta(days=60)
    backdate(70)
    handed: dict[str, Any] = {}
    monkeypatch.setattr(
        computing, "judged", lambda rate, rankings, outcome: handed.update(outcome=outcome, rate=rate) or {}
    )
    for number, (reason, disposition, ago) in enumerate(
        [
            ("RANDOM", "DISCREPANCY_MTD", 30),
            ("RANDOM", "NO_DISCREPANCY", 30),
            ("TARGETED", "DISCREPANCY_MTD", 30),
            ("RANDOM", "PENDING", 30),
            ("RANDOM", "DISCREPANCY_MTD", 65),
            ("RANDOM", "DISCREPANCY_MTD", 2),
            (WHOLE, "DISCREPANCY_MTD", 30),  # a cluster of lines, and no line
        ]
    ):
        found = {"Examination Type Code": "ESR", "Selection Reason Code": reason, "Selected Date": days_ago(ago)}
        found |= {"Disposition Code": disposition, "Entry Summary Line Number": "001"}
        if reason == WHOLE:
            found |= {"Selection Reason Code": "RANDOM", "Entry Summary Line Number": ""}
        if disposition == "DISCREPANCY_MTD":
            found |= {"Discrepancy Type Code": "CLASS", "Revenue Difference Amount": "500"}
        if disposition != "PENDING":
            found |= {"Examined Date": days_ago(ago - 1)}
        load("examinations", tmp_path, [examination_row(f"L{number}", **found)])
    model = RiskModel.active().weights
    computing.backtested(model, day, timezone.localdate() - datetime.timedelta(days=10))
    outcome = handed["outcome"]
    assert (outcome.reviews.sum(), outcome.wrong.sum(), outcome.owed.sum()) == (2, 1, 500)
    assert len(handed["rate"]) == Account.objects.filter(kind="importer").count()
    assert ((handed["rate"] > 0) & (handed["rate"] < 1)).all()


@pytest.mark.django_db
def test_a_backtest_is_asked_for_computed_once_and_shown(world: World) -> None:
    today = timezone.localdate()
    client = signed_in(world, "hq")
    form = {"as_of": f"{today - datetime.timedelta(days=90):%m/%d/%Y}", "until": f"{today:%m/%d/%Y}"}
    page = client.post("/risk/backtest/", form, follow=True).content.decode()
    assert "A worker computes it" in page
    (test,) = Backtest.objects.all()
    assert "One is being computed already" in client.post("/risk/backtest/", form).content.decode()
    assert compute_backtest(str(test.pk)) is True
    assert compute_backtest(str(test.pk)) is False  # handed out twice
    test.refresh_from_db()
    assert (test.state, test.found["enough"]) == ("done", False)
    assert "Too few to judge" in client.get("/risk/backtest/").content.decode()
    for name in set(world.people) - {"hq"}:
        assert signed_in(world, name).get("/risk/backtest/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("as_of", "until", "said"),
    [(10, 0, "Leave 30 days at least"), (90, -1, "Nothing is known yet"), (20, 20, "Leave 30 days at least")],
)
def test_days_that_make_no_backtest_are_refused(db: None, as_of: int, until: int, said: str) -> None:
    today, day = timezone.localdate(), datetime.timedelta(days=1)
    with pytest.raises(ValidationError) as refused:
        Backtest.ask(
            by=make_person("Hollis Quarter", "headquarters"), as_of=today - as_of * day, until=today - until * day
        )
    assert said in " ".join(refused.value.messages)


@pytest.mark.django_db
def test_a_backtest_that_fails_says_so_and_gives_way_to_the_next(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    by = make_person("Hollis Quarter", "headquarters")
    asked = Backtest.ask(by=by, as_of=timezone.localdate() - datetime.timedelta(days=90))
    monkeypatch.setattr("compliance.risk.models.backtest.backtested", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        asked.do()
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert asked.finished_at is not None
    assert "Ask again" in asked.message
    Backtest.ask(by=by, as_of=timezone.localdate() - datetime.timedelta(days=90))


@pytest.mark.django_db
def test_one_whose_process_died_is_taken_up_and_given_up_after_the_third_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []
    monkeypatch.setattr(compute_backtest, "delay", handed.append)
    test = Backtest.ask(by=world.hq, as_of=timezone.localdate() - datetime.timedelta(days=90))
    dead = {"state": "running", "started_at": test.created_at - datetime.timedelta(hours=1)}
    Backtest.objects.filter(pk=test.pk).update(attempts=1, **dead)
    assert resume_backtests() == 1
    assert handed == [str(test.pk)]
    Backtest.objects.filter(pk=test.pk).update(attempts=3, **dead)
    assert resume_backtests() == 1
    test.refresh_from_db()
    assert (test.state, len(handed)) == ("failed", 1)
    assert "ended three times" in signed_in(world, "hq").get("/risk/backtest/").content.decode()
    taken_up = Backtest.ask(by=world.hq, as_of=timezone.localdate() - datetime.timedelta(days=90))
    Backtest.objects.filter(pk=taken_up.pk).update(attempts=1, **dead)
    assert compute_backtest(str(taken_up.pk)) is True
    taken_up.refresh_from_db()
    assert (taken_up.state, taken_up.attempts, taken_up.found["enough"]) == ("done", 2, False)


def test_two_who_ask_at_once_ask_once(living: World) -> None:
    day = timezone.localdate() - datetime.timedelta(days=90)
    found = at_once(*(lambda: Backtest.ask(by=living.hq, as_of=day) for _ in range(2)))
    assert Backtest.objects.count() == 1
    assert sorted(type(one).__name__ for one in found) == ["Backtest", "ValidationError"]


@pytest.mark.django_db
def test_a_page_shows_shares_calibration_and_groups(world: World) -> None:
    rate, outcome = invented()
    found = judged(rate, {"score": outcome.owed, "duty": rate, "raw": rate}, outcome) | {"outside": 2}
    today = timezone.localdate()
    Backtest.objects.create(
        as_of=today - datetime.timedelta(days=90),
        until=today,
        model=RiskModel.active(),
        by=world.hq,
        state="done",
        finished_at=timezone.now(),
        found=found,
    )
    page = signed_in(world, "hq").get("/risk/backtest/?id=nonsense").content.decode()
    for said in ("Were the rates right?", "Raw rate", "that had not traded", "slope"):
        assert said in page
    assert np.isfinite(found["calibration"]["slope"][0])


@pytest.mark.processes
def test_a_real_worker_computes_it_with_its_own_login(living: World, worker: Worker) -> None:
    today = timezone.localdate()
    recompute(None, today)
    test = Backtest.ask(by=living.hq, as_of=today - datetime.timedelta(days=90))
    until(lambda: Backtest.objects.get(pk=test.pk).state in ("done", "failed"))
    test.refresh_from_db()
    assert (test.state, test.found["enough"]) == ("done", False)
    assert "permission denied" not in worker.said
