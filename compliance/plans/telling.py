"""Who hears of what became of a plan: the manager that one waits, the account what came of it; both of a verdict."""

from django.utils import timezone

from accounts.people import managers_of, members_of
from compliance.plans.models import PlanState, PlanStep
from examinations.telling.once import news_since, tell_once, untold

TOPIC = "plan"
#: Subject and text by the state that was entered. {name}: of the account.
TO_STAFF = {
    PlanState.REVIEW: ("A plan waits for you: {name}", "{name} hands you an improvement plan. Read it, and agree or say what is to be changed."),
    PlanState.CURED: ("Cured: a plan of {name}", "The examinations drawn by lot say that the problem of this plan is cured. The trend is over; it is looked for like any other from now on."),
    PlanState.NOT_CURED: ("Not cured: a plan of {name}", "The examinations drawn by lot say that the problem of this plan is not cured. The account should look for another cause, or do more."),
    PlanState.REOPENED: ("Open again: a plan of {name}", "The trend of a plan that was cured is back."),
}  # fmt: skip
TO_ACCOUNT = {
    PlanState.DRAFT: ("Your plan came back", "Your account manager asks for a change of your improvement plan. What, stands on its page."),
    PlanState.AGREED: ("Your plan is in work", "Your account manager agrees to your improvement plan. From the day named in it on, examinations drawn by lot say whether the problem is cured."),
    PlanState.CURED: ("Your plan: cured", "The examinations drawn by lot say that the problem of your plan is cured. It is looked for like any other from now on."),
    PlanState.NOT_CURED: ("Your plan: not cured", "The examinations drawn by lot say that the problem of your plan is not cured. Look for another cause, or do more, and hand the plan in again."),
    PlanState.REOPENED: ("Your plan is open again", "The problem of a plan that was cured is back. Write down what is done about it now, and hand the plan in again."),
    PlanState.CLOSED: ("Your plan is closed", "Your improvement plan is closed. Why, stands on its page."),
}  # fmt: skip


def tell_of_steps() -> int:
    """Tell of the steps of the last days, as far as nobody has. Returns how many messages."""
    steps = PlanStep.objects.filter(at__gte=news_since()).exclude(by=None, state=PlanState.DRAFT)
    rows = steps.select_related("plan__account")
    told = 0
    for words, what, staff in ((TO_STAFF, "plan step staff", True), (TO_ACCOUNT, "plan step", False)):
        told += sum(_tell(step, words, what, staff) for step in untold(rows.filter(state__in=list(words)), what))
    return told


def _tell(step: PlanStep, words: dict[PlanState, tuple[str, str]], what: str, staff: bool) -> bool:
    if step.state == PlanState.DRAFT and not step.words:  # a plan that begins is no news
        return False
    account = step.plan.account
    subject, text = words[PlanState(step.state)]
    people = managers_of([account.pk], timezone.localdate()) if staff else [members_of([account.pk])]
    return tell_once(
        f"{what}:{step.pk}", TOPIC, subject.format(name=account.name), text.format(name=account.name),
        path=f"/accounts/{account.pk}/plan/{step.plan_id}/", about=step.plan, people=people,
    )  # fmt: skip
