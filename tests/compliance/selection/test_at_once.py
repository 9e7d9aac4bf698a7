"""Two people at once, on connections of their own: one round is opened, once, and an account gets one manager."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Assignment, Person
from compliance.selection.models import Candidate, Round
from tests.committed import at_once
from tests.compliance.selection.rounds import accept_all, approver, candidate, draft, opened
from tests.named_people import make_person

pytestmark = pytest.mark.usefixtures("committed")


def said(work: Any) -> Any:
    """What came of it, or why it was refused."""

    def tried() -> Any:
        try:
            return work()
        except ValidationError as refused:
            return refused.messages[0]

    return tried


def headquarters() -> Person:
    return make_person("Hollis Quarter", Person.Role.HEADQUARTERS)


def test_one_round_opened_by_two_is_opened_once() -> None:
    by = headquarters()
    candidate(1, "60")
    made = draft(by)
    came = at_once(*[said(lambda: Round.objects.get(pk=made.pk).open(by=by))] * 3)
    assert sorted(map(str, came)) == ["1", *["This round is open already: go on with its list."] * 2]
    assert Candidate.objects.count() == 1


def test_of_two_rounds_opened_at_once_one_is() -> None:
    by = headquarters()
    candidate(1, "60")
    rounds = [draft(by), draft(by)]
    came = at_once(*[said(lambda pk=one.pk: Round.objects.get(pk=pk).open(by=by)) for one in rounds])
    assert 1 in came
    assert any("Another round is open" in str(one) for one in came)
    assert Candidate.objects.count() == Round.objects.filter(state="open").count() == 1


def test_a_round_approved_by_two_is_closed_once() -> None:
    by = headquarters()
    candidate(1, "60")
    chosen = opened(by)
    accept_all(chosen, by)
    second = approver()
    came = at_once(*[said(lambda: Round.objects.get(pk=chosen.pk).close(by=second)["entered"])] * 2)
    assert 1 in came
    assert any("closed, and its record stands" in str(one) for one in came)


def test_an_account_given_to_two_gets_one_manager() -> None:
    by = headquarters()
    account = candidate(1, "60", active=True)
    managers = [make_person(f"{name} Manager", Person.Role.MANAGER) for name in ("Ada", "Bea")]
    today = timezone.localdate()
    came = at_once(
        *[said(lambda one=one: Assignment.objects.give({account.pk: one}, by=by, starts=today)) for one in managers]
    )
    assert 1 in came
    assert any("assigned meanwhile" in str(one) for one in came)
    assert Assignment.objects.filter(account=account).count() == 1
