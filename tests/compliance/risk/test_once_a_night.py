"""At night each account is counted, rated and scored once, and a task that was lost is made good."""

from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from accounts.models import Account
from compliance.bonds import tasks as bonds
from compliance.measurement.models import AccountYear
from compliance.risk import tasks
from compliance.risk.models import Assessment, TradeFacts
from compliance.risk.recompute import recompute
from examinations.breakdowns import tasks as breakdowns
from examinations.breakdowns.uncounted import note
from examinations.duty import tasks as duty
from examinations.models import DutyMonth, EntryBreakdown, Uncounted

pytestmark = pytest.mark.django_db
Handed = dict[str, list[list[str]]]


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Handed:
    """Which accounts were to be scored and whose bonds reviewed; counting is done at once."""
    found: Handed = {"scored": [], "reviewed": []}
    monkeypatch.setattr(tasks.recompute_summed, "delay", lambda accounts, as_of: found["scored"].append(accounts))
    monkeypatch.setattr(bonds.review_touched, "delay", lambda accounts, as_of: found["reviewed"].append(accounts))
    for task in (breakdowns.recount_breakdowns_again, duty.recount_duty_again, breakdowns.recount_breakdowns):
        monkeypatch.setattr(task, "delay", task)
    return found


def count_tonight() -> None:
    breakdowns.recount_all_breakdowns()
    duty.recount_all_duty()
    tasks.recount_facts()


def test_what_was_counted_already_is_handed_to_no_other_score_or_review(small_world: None, handed: Handed) -> None:
    sums = EntryBreakdown.objects.count(), DutyMonth.objects.count()
    EntryBreakdown.objects.all().delete()
    DutyMonth.objects.all().delete()
    count_tonight()
    assert (EntryBreakdown.objects.count(), DutyMonth.objects.count()) == sums
    assert handed == {"scored": [], "reviewed": []}


def test_an_account_whose_task_was_lost_is_announced_alone_and_once(small_world: None, handed: Handed) -> None:
    lost = Account.objects.get(name="Stranger Goods").pk
    note([lost, lost])
    count_tonight()
    assert handed == {"scored": [[str(lost)]], "reviewed": [[str(lost)]]}
    assert not Uncounted.objects.exists()
    count_tonight()
    assert len(handed["scored"]) == 1


def test_what_a_load_counts_is_announced_as_ever(small_world: None, handed: Handed) -> None:
    one = str(Account.objects.get(name="Stranger Goods").pk)
    breakdowns.recount_breakdowns([one])
    duty.recount_duty([one])
    assert handed == {"scored": [[one], [one]], "reviewed": [[one], [one]]}


def test_what_scores_read_of_sums_is_right_by_the_scores_of_the_night(small_world: None, handed: Handed) -> None:
    today = timezone.localdate()
    recompute(None, today)

    def kept() -> list[list[Any]]:
        return [
            list(model.objects.order_by("account", "month").values(*names(model)))
            for model in (TradeFacts, AccountYear)
        ]

    right, scores = kept(), list(Assessment.objects.order_by("account").values_list("account", "score"))
    assert all(right)
    TradeFacts.objects.update(textiles12=1, new_suppliers=77)
    AccountYear.objects.update(duty12=1)
    count_tonight()
    assert kept() == right
    recompute(None, today)
    assert list(Assessment.objects.filter(stands=True).order_by("account").values_list("account", "score")) == scores


def names(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.fields if field.name != "id"]
