"""The small sources of dates: rooms in which an account has a handful of rows with a day each."""

import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast

from accounts.models import Account, Delegation, Enrollment
from compliance.bonds.models import Bond, BondReview
from compliance.bonds.states import State
from compliance.plans.models import OPEN, Action
from compliance.programs.models import Done
from compliance.programs.obligations import KEPT_YEARS, LETTER_RULE, TESTS_RULE, kept_until, letters_due
from examinations import clocks
from examinations.models import CustomsRequest
from examinations.models.request import Form
from inquiries.models import FollowUp
from look.formats import entry_number, long_day, money, plural
from notices import telling
from notices.models import Acknowledgement, Notice
from notifications.models import Delivery
from portal.dates.asked import Asked, Row, Small
from portal.dates.bound import Bound, folded

TEST_KEPT = datetime.timedelta(days=KEPT_YEARS * 366)

# ---- what CBP asks ---------------------------------------------------------------------------------------------


def _to_answer(asked: Asked) -> QuerySet[Any]:
    """The last days to answer what CBP asks; one that the account says it answered asks no more of it."""
    rows = CustomsRequest.objects.visible_to(asked.person).of(asked.account).to_answer()  # type: ignore[attr-defined]
    return rows.filter(answer_by__range=asked.span, said_on=None)


def _requests(asked: Asked, rows: list[Row]) -> list[Bound]:
    return folded([_request(row) for row in rows], _many_requests)


def _request(row: Row) -> Bound:
    form, number = Form(row.facts["form"]), row.facts["number"]
    name = form.label.partition(",")[0]
    title = f"Last day to answer {name} {number} on entry {entry_number(row.facts['entry'])}"
    rule = "As CBP extended it" if row.facts["extended"] else f"{clocks.ANSWER_DAYS[form]} days from its issue"
    short, page = f"Answer {name} {number}", f"/requests/{row.key}/"
    return Bound(row.day, f"request-{row.key}", title, page, rule, urgent=True, in_short=short)


def _many_requests(day: datetime.date, count: int) -> Bound:
    title = f"Last day to answer {plural(count, 'request')} of CBP"
    return Bound(day, f"requests-{day}", title, "/requests/?state=to_answer", urgent=True)


requests_to_answer = Small(
    "requests",
    _to_answer,
    "answer_by",
    {"form": "form", "number": "number", "entry": "entry_number", "extended": "extended_to"},
    _requests,
)

# ---- bonds and notices -----------------------------------------------------------------------------------------


def _ending_bonds(asked: Asked) -> QuerySet[Any]:
    """The last days of bonds that cover the account's numbers."""
    return Bond.objects.visible_to(asked.person).covering(asked.account).filter(terminates__range=asked.span)  # type: ignore[attr-defined]


def _bonds(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [
        Bound(
            row.day,
            f"bond-{row.key}",
            f"Bond {row.facts['number']} ends",
            "/bond/",
            "19 CFR 113.27",
            f"{money(Decimal(row.facts['amount']))}; entries from the next day on need another bond",
            urgent=True,
        )
        for row in rows
    ]


bond_terminations = Small(
    "bonds",
    _ending_bonds,
    "terminates",
    {"number": "number", "amount": Cast("amount", CharField())},
    _bonds,
)


def _running_letters(asked: Asked) -> QuerySet[Any]:
    """The days that CBP's letters about bonds give: until the request to end the bond, and until the new one is in force."""
    rows = BondReview.objects.visible_to(asked.person).filter(account=asked.account, state__in=LETTER_RUNS)  # type: ignore[attr-defined]
    last = Case(When(state=State.NOTIFIED, then="remedy_by"), default="in_force_by")
    return rows.annotate(binds=last).filter(binds__range=asked.span)


LETTER_RUNS = (State.NOTIFIED, State.TERMINATION_FILED)


def _letters_of_bonds(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [
        Bound(
            row.day,
            f"bond-letter-{row.key}-{row.facts['state']}",
            f"CBP must have received the request to end bond {row.facts['number']}"
            if row.facts["state"] == State.NOTIFIED
            else f"The bond in place of {row.facts['number']} must be in force",
            "/bond/",
            "19 CFR 113.13(c)",
            "After this day no new entry may use the bond",
            urgent=True,
            in_short=f"Bond {row.facts['number']}",
        )
        for row in rows
    ]


bond_letters = Small(
    "bond letters",
    _running_letters,
    "binds",
    {"state": "state", "number": "bond__number"},
    _letters_of_bonds,
)


def _told_notices(asked: Asked) -> QuerySet[Any]:
    """The notices that hold and that the account was told of."""
    told = Delivery.objects.visible_to(asked.person).filter(  # type: ignore[attr-defined]
        message__topic__in=telling.TOPICS, told_for__contains=[asked.account.pk]
    )
    return Notice.objects.read_by(asked.person).filter(pk__in=telling.notices_of(told))  # type: ignore[attr-defined]


def _changes(asked: Asked) -> QuerySet[Any]:
    """The days on which changes begin."""
    return _told_notices(asked).filter(effective_date__range=asked.span)


def _asking_notices(asked: Asked) -> QuerySet[Any]:
    """The days on which changes begin that ask something of the account."""
    return _changes(asked).exclude(to_do="")


def _notice(row: Row, key: str, words: str, note: str, *, urgent: bool = False) -> Bound:
    title = row.facts["title"].rstrip(".")
    source = f"{Notice.Kind(row.facts['kind']).label} {row.facts['number']}"
    path = f"/notices/{row.key}/"
    return Bound(
        row.day, f"{key}-{row.key}", f"{words}: {title}", path, source, note,
        urgent=urgent, of_account=False, in_short=title, does="Read the notice",
    )  # fmt: skip


def _notices(asked: Asked, rows: list[Row]) -> list[Bound]:
    words = "In force from this day"
    asks = "It asks something of the account"
    return [_notice(row, "notice", words, asks if row.facts["to_do"] else "Nothing is asked for") for row in rows]


_OF_NOTICE = {"title": "title", "kind": "kind", "number": "number"}
notices_with_a_deed = Small("notices", _asking_notices, "effective_date", _OF_NOTICE | {"to_do": "to_do"}, _notices)
notices_in_force = Small("notices", _changes, "effective_date", _OF_NOTICE | {"to_do": "to_do"}, _notices)


def _unconfirmed(asked: Asked) -> QuerySet[Any]:
    """The last days to confirm notices that ask for action; those that the account confirmed ask no more."""
    mine = Acknowledgement.objects.visible_to(asked.person).filter(account=asked.account)  # type: ignore[attr-defined]
    rows = _told_notices(asked).filter(respond_by__range=asked.span).exclude(to_do="")
    return rows.exclude(pk__in=mine.values("notice"))


def _confirmations(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [_notice(row, "confirm", "Last day to confirm or act", "", urgent=True) for row in rows]


notices_to_confirm = Small("confirmations", _unconfirmed, "respond_by", _OF_NOTICE, _confirmations)


def _comments(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [
        _notice(row, "comments", "Comments are due", "Whoever wants to say something about it does so by then")
        for row in rows
    ]


def _open_to_comments(asked: Asked) -> QuerySet[Any]:
    """The last days on which comments are taken."""
    return _told_notices(asked).filter(comments_due__range=asked.span)


comments_due = Small("comments", _open_to_comments, "comments_due", _OF_NOTICE, _comments)

# ---- people ----------------------------------------------------------------------------------------------------


def _ending_delegations(asked: Asked) -> QuerySet[Any]:
    """The last days on which a broker may look at what an importer delegated to it."""
    of_account = Q(importer=asked.account) | Q(broker=asked.account)
    rows = Delegation.objects.filter(of_account, revoked_at=None, expires__range=asked.span)
    # Whose own page shows it, and no other's:
    return rows.filter(broker__in=asked.held.own) if asked.account.pk in asked.held.delegated else rows


def _delegations(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [
        Bound(
            row.day,
            f"delegation-{row.key}",
            f"Last day of the delegation {_between(row, asked.account)}",
            "/people/",
            note="After it the broker sees what it filed, and nothing more",
            does="Show the delegation",
            of_account=asked.account.pk not in asked.held.delegated,
        )
        for row in rows
    ]


def _between(row: Row, account: Account) -> str:
    if row.facts["broker"] == str(account.pk):
        return f"from {row.facts['importer_name']}"
    return f"to {row.facts['broker_name']}"


delegations = Small(
    "delegations",
    _ending_delegations,
    "expires",
    {"broker": "broker_id", "importer_name": "importer__name", "broker_name": "broker__name"},
    _delegations,
)

# ---- programs and plans ----------------------------------------------------------------------------------------


def _in_isa(asked: Asked) -> QuerySet[Any] | None:
    """Whether the account is a member of ISA, which owes a letter each year."""
    if not asked.held.opens(asked.account.pk):
        return None
    return Enrollment.objects.filter(
        account=asked.account, program=Enrollment.Program.ISA, since__isnull=False, since__lte=asked.end
    )


def _letters(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [
        Bound(
            day,
            f"isa-letter-{day}",
            "The annual notification letter under ISA (CTPAT Trade Compliance) is due",
            "/programs/",
            LETTER_RULE,
            urgent=day >= asked.as_of,
            in_short="Annual ISA letter",
            does="Open the programs",
        )
        for row in rows
        for day in letters_due(row.day, *asked.span)
        if day.isoformat() not in row.facts["sent"]
    ]


SENT = Done.objects.filter(account=OuterRef("account"), kind=Done.Kind.LETTER).order_by()
isa_letters = Small("isa", _in_isa, "since", {"sent": ArraySubquery(SENT.values("due"))}, _letters)


def _kept_tests(asked: Asked) -> QuerySet[Any] | None:
    """The last days on which the results of tests must be at hand."""
    if not asked.held.opens(asked.account.pk):
        return None
    rows = Done.objects.visible_to(asked.person).filter(account=asked.account, kind=Done.Kind.TEST)  # type: ignore[attr-defined]
    return rows.filter(on__range=(asked.start - TEST_KEPT, asked.end))


def _tests(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [
        Bound(
            day,
            f"isa-test-{row.key}",
            f"Last day on which the results of the test of {long_day(row.day)} must be at hand",
            "/programs/",
            TESTS_RULE,
            in_short=f"Test of {row.day.year}: {KEPT_YEARS} years over",
            does="Open the programs",
        )
        for row in rows
        if asked.spans(day := kept_until(row.day))
    ]


isa_tests = Small("tests", _kept_tests, "on", {}, _tests)


def _waiting_actions(asked: Asked) -> QuerySet[Any]:
    """The days by which the actions of plans are to be done, on either side."""
    rows = Action.objects.visible_to(asked.person).waiting()  # type: ignore[attr-defined]
    return rows.filter(account=asked.account, due__range=asked.span).filter(plan__state__in=OPEN)


def _actions(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [
        Bound(
            row.day,
            f"action-{row.key}",
            f"Plan: {row.facts['what'].rstrip('.')}",
            f"/plan/{row.facts['plan']}/",
            note=f"{row.facts['owner']}, for {Action.Side(row.facts['side']).label}",
            in_short=row.facts["what"].rstrip("."),
            does="Open the plan",
        )
        for row in rows
    ]


plan_actions = Small(
    "actions",
    _waiting_actions,
    "due",
    {"what": "what", "plan": "plan_id", "owner": "owner__name", "side": "side"},
    _actions,
)

# ---- contacts --------------------------------------------------------------------------------------------------


def _open_follow_ups(asked: Asked) -> QuerySet[Any] | None:
    """What CBP's side wrote down as to be done; of the account nobody sees it."""
    if not asked.held.sees_law_enforcement_data(asked.account.pk):
        return None
    return FollowUp.objects.visible_to(asked.person).filter(account=asked.account, due__range=asked.span).open()  # type: ignore[attr-defined]


def _follow_ups(asked: Asked, rows: list[Row]) -> list[Bound]:
    return [
        Bound(
            row.day,
            f"follow-up-{row.key}",
            f"Follow-up: {row.facts['what']}",
            "/contacts/",
            note="The account never sees this",
            does="Open the contacts",
        )
        for row in rows
    ]


follow_ups = Small("follow-ups", _open_follow_ups, "due", {"what": F("what")}, _follow_ups)
