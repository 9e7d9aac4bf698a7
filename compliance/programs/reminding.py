"""Members of ISA and their managers are told of an annual letter that is due: twice before the day, and once after it."""

import datetime

from accounts.models import Account, Enrollment
from accounts.people import managers_of, members_of
from compliance.programs.models import Done
from compliance.programs.obligations import letters_due
from examinations.telling.once import tell_once
from look.formats import long_day
from notifications.models import Message

TOPIC = "program-letter"
#: Days before the day; after it one more. A stage that was missed is not told late: the next one says the same.
EARLY, SOON, STALE = datetime.timedelta(days=60), datetime.timedelta(days=14), datetime.timedelta(days=30)


def _stage(due: datetime.date, today: datetime.date) -> str:
    if due < today:
        return "late"
    return "soon" if due - today <= SOON else "early"


def remind(today: datetime.date) -> int:
    """Tell what is due and was not yet told. Run twice, or after days of standing still, it tells each stage once at most.

    today: in New York. Returns how many messages were made.
    """
    members = Enrollment.objects.filter(program=Enrollment.Program.ISA, since__lte=today)
    active = members.exclude(account__state=Account.State.WITHDRAWN).select_related("account")
    due = [(one.account, day) for one in active for day in letters_due(one.since, today - STALE, today + EARLY)]
    sent = set(Done.objects.filter(kind=Done.Kind.LETTER, due__gte=today - STALE).values_list("account", "due"))
    wanted = {
        f"{TOPIC}:{account.pk}:{day}:{_stage(day, today)}": (account, day)
        for account, day in due
        if (account.pk, day) not in sent
    }
    known = set(Message.objects.filter(key__in=list(wanted)).values_list("key", flat=True))
    return sum(_tell(key, account, day, today) for key, (account, day) in wanted.items() if key not in known)


def _tell(key: str, account: Account, due: datetime.date, today: datetime.date) -> bool:
    late = due < today
    text = (
        f"The annual notification letter of {account.name} under ISA (CTPAT Trade Compliance)"
        f" {'was' if late else 'is'} due on {long_day(due)}, and the portal knows of none that was sent.\n\n"
        "It goes to headquarters with a copy to the account manager. Record in the portal when it was sent."
    )
    subject = f"{'Late' if late else 'Due'}: annual ISA letter of {account.name}"
    return tell_once(
        key, TOPIC, subject, text, path=f"/accounts/{account.pk}/programs/", about=account,
        people=[members_of([account.pk]), *managers_of([account.pk], today)],
    )  # fmt: skip
