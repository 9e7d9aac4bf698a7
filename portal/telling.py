"""Who hears of an appeal about a Center, and of its decision: once each, by mail; the words stay in the portal."""

from django.db.models import UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import CenterAppeal, Person
from accounts.people import managers_of, members_of
from examinations.telling.once import news_since, tell_once, untold

ASKED, DECIDED = "center-appeal", "center-decision"


def tell_of_appeals() -> int:
    """Tell of appeals and of decisions, as far as nobody has. Returns how many messages were made."""
    rows = CenterAppeal.objects.select_related("account", "wished", "asked_by")
    since = news_since().date()
    open_ones = rows.filter(state=CenterAppeal.State.OPEN, asked_on__gte=since)
    decided = rows.filter(state__in=[CenterAppeal.State.GRANTED, CenterAppeal.State.REFUSED], decided_on__gte=since)
    return (
        sum(_tell_headquarters(one) for one in untold(open_ones, ASKED))
        + sum(_tell_manager(one) for one in untold(open_ones, f"{ASKED}-manager"))
        + sum(_tell_account(one) for one in untold(decided, DECIDED))
    )


def _asked(appeal: CenterAppeal) -> str:
    return f"{appeal.asked_by.name} of {appeal.account.name} asks that the {appeal.wished.name} Center answer for it."


def _tell_headquarters(appeal: CenterAppeal) -> bool:
    nowhere = Cast(Value(None), UUIDField())
    people = Person.objects.filter(role=Person.Role.HEADQUARTERS, is_active=True).values_list("pk", nowhere)
    text = f"{_asked(appeal)}\n\nRead the reasons and decide in the portal."
    return tell_once(
        f"{ASKED}:{appeal.pk}", ASKED, f"Appeal about a Center: {appeal.account.name}", text,
        path=f"/center-appeals/{appeal.pk}/", about=appeal, people=[people],
    )  # fmt: skip


def _tell_manager(appeal: CenterAppeal) -> bool:
    text = f"{_asked(appeal)} Headquarters decides.\n\nRead the reasons in the portal."
    return tell_once(
        f"{ASKED}-manager:{appeal.pk}", ASKED, f"Appeal about a Center: {appeal.account.name}", text,
        path=f"/accounts/{appeal.account_id}/center/", about=appeal,
        people=managers_of([appeal.account_id], timezone.localdate()),
    )  # fmt: skip


def _tell_account(appeal: CenterAppeal) -> bool:
    """Members and manager alike."""
    text = (
        f"The appeal of {appeal.account.name} to the {appeal.wished.name} Center is"
        f" {appeal.get_state_display().lower()}.\n\nRead the decision in the portal."
    )
    people = [members_of([appeal.account_id]), *managers_of([appeal.account_id], timezone.localdate())]
    subject = f"Decided: your appeal about the Center of {appeal.account.name}"
    path = f"/accounts/{appeal.account_id}/center/"
    return tell_once(f"{DECIDED}:{appeal.pk}", DECIDED, subject, text, path=path, about=appeal, people=people)
