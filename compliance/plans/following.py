"""What other rooms announce, as far as it moves a plan: a trend that is back, a manager who hands over."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Person
from accounts.signals import left
from compliance.plans.models import Action, Plan, PlanState
from compliance.trends.models import TrendState
from compliance.trends.signals import crossed

BACK = "The trend is back: more of it is found again than is expected."


@receiver(crossed, dispatch_uid="compliance.plans.trend_is_back")
def reopen_cured(sender: object, trends: list[int], state: str, **kwargs: Any) -> None:
    """A cured plan whose trend is back opens again by itself."""
    if state == TrendState.BACK:
        for plan in Plan.objects.filter(trend__in=trends, state=PlanState.CURED):
            plan.reopen(on=timezone.localdate(), words=BACK)


@receiver(left, sender=Person, dispatch_uid="compliance.plans.hand_over")
def hand_over_actions(sender: object, person: Person, successors: dict[Any, Person], **kwargs: Any) -> None:
    """What a manager who leaves owns goes to who takes the account.

    A member's actions stay where they are: the account names somebody else, and its page says that it must.
    """
    mine = Action.objects.waiting().filter(owner=person, side=Action.Side.CBP)  # type: ignore[attr-defined]
    for successor in set(successors.values()):
        accounts = [account for account, whose in successors.items() if whose == successor]
        mine.filter(account__in=accounts).update(owner=successor)
