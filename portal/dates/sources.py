"""Where the dates that bind an account come from: one function a source, with the same arguments and one or two
statements, whatever the number of rows. What a person may not see gives no date.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.fields import CharField

from accounts.access import reach_now
from accounts.models import Account, Delegation, Enrollment, Person
from compliance.bonds.models import Bond
from compliance.programs.models import Done
from compliance.programs.obligations import KEPT_YEARS, LETTER_RULE, TESTS_RULE, kept_until, letters_due
from examinations import clocks, closing, figures
from examinations.holding import Holding, Stage, holding_of
from examinations.models import CustomsRequest, Entry, Examination, Port
from examinations.models.detention import detention_of
from inquiries.models import FollowUp
from look.formats import container, entry_number, long_day, money, plural
from notices import telling
from notices.models import Notice
from notifications.models import Delivery
from portal.dates.bound import Bound, folded, in_order

Source = Callable[[Account, Person, datetime.date, datetime.date, datetime.date], list[Bound]]

HELD_PAGE = "/examinations/?result=held&start=2000-01-01"
#: Entries with money in question that stand in a calendar by themselves, the most first; the others are counted.
MOST_ENTRIES = 100
CORRECTION_RULE = "300 days after entry, or 15 before liquidation"


# ---- examinations -------------------------------------------------------------------------------------------


def open_examinations(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The days by which CBP releases or detains, and decides on what it detained, of goods held now."""
    rows = figures.held_now(account, as_of).visible_to(person).filter(presented__isnull=False)
    rows = rows.filter(presented__gte=start - datetime.timedelta(days=clocks.ADMISSIBILITY_DAYS))
    names = Port.objects.filter(code=OuterRef("port")).values("name")
    found = []
    for one in rows.annotate(port_name=Subquery(names)).select_related("detention"):
        holding = holding_of(one, detention_of(one), as_of)
        found.append((_release(one, holding), _admission(one, holding)))
    release = [one for one, _ in found if one and start <= one.day <= end]
    admission = [one for _, one in found if one and start <= one.day <= end]
    return folded(release, _many_releases) + folded(admission, _many_admissions)


def _release(one: Examination, holding: Holding | None) -> Bound | None:
    """CBP's five business days: not for what is detained already, nor for what another agency holds."""
    if holding is None or holding.stage != Stage.DECIDING or holding.by is None:
        return None
    day = holding.by
    title = f"CBP’s last day to release or detain {_goods(one)} at {one.port_name or one.port}"
    short, page = f"Release or detain {_goods(one)}", f"/examinations/{one.pk}/"
    return Bound(day, f"release-{one.pk}", title, page, clocks.RELEASE_OR_DETAIN_RULE, in_short=short)


def _admission(one: Examination, holding: Holding | None) -> Bound | None:
    """CBP's thirty days, where its law binds the goods (examinations/holding.py)."""
    day = clocks.admissible_by(one.presented)
    if day is None or holding is None or holding.stage not in (Stage.DECIDING, Stage.DETAINED, Stage.EXCLUDED):
        return None
    title = f"CBP’s last day to decide on {_goods(one)} at {one.port_name or one.port}"
    note = "Undecided goods count as excluded after it, which may be protested"
    short, page = f"Decide on {_goods(one)}", f"/examinations/{one.pk}/"
    return Bound(day, f"admission-{one.pk}", title, page, clocks.ADMISSIBILITY_RULE, note, in_short=short)


def _goods(one: Examination) -> str:
    if one.container:
        return f"container {container(one.container)}"
    return f"entry {entry_number(one.entry_number)}" if one.entry_number else f"bill {one.bill}"


def _many_releases(day: datetime.date, count: int) -> Bound:
    title = f"CBP’s last day to release or detain {plural(count, 'shipment')}"
    return Bound(day, f"releases-{day}", title, HELD_PAGE, clocks.RELEASE_OR_DETAIN_RULE)


def _many_admissions(day: datetime.date, count: int) -> Bound:
    title = f"CBP’s last day to decide on {plural(count, 'shipment')}"
    return Bound(day, f"admissions-{day}", title, HELD_PAGE, clocks.ADMISSIBILITY_RULE)


# ---- requests -------------------------------------------------------------------------------------------------


def requests_to_answer(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The last days to answer what CBP asks; one that the account says it answered asks no more of it."""
    rows = CustomsRequest.objects.visible_to(person).of(account).to_answer()
    rows = rows.filter(answer_by__range=(start, end), said_on=None)
    return folded([_request(one) for one in rows], _many_requests)


def _request(one: CustomsRequest) -> Bound:
    form = one.get_form_display().partition(",")[0]
    title = f"Last day to answer {form} {one.number} on entry {entry_number(one.entry_number)}"
    rule = "As CBP extended it" if one.extended_to else f"{clocks.ANSWER_DAYS[one.form]} days from its issue"
    short, page = f"Answer {form} {one.number}", f"/requests/{one.pk}/"
    return Bound(one.answer_by, f"request-{one.pk}", title, page, rule, urgent=True, in_short=short)


def _many_requests(day: datetime.date, count: int) -> Bound:
    title = f"Last day to answer {plural(count, 'request')} of CBP"
    return Bound(day, f"requests-{day}", title, "/requests/?state=to_answer", urgent=True)


# ---- entries ------------------------------------------------------------------------------------------------


def closing_windows(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The last days to correct and to protest: entries with money in question each, the others as a count a day."""
    read = _closing_from_sums if closing.hold_all([account]) else _closing_from_rows
    groups = read(account, person, max(start, as_of), end, as_of)
    named, counted = [], {}
    for row in sorted(groups, key=lambda row: (-(row["at_stake"] or 0), row["named"])):
        if row["named"] and len(named) < MOST_ENTRIES:
            named.append(_entry(row))
            continue
        many = counted.setdefault((row["closes"], row["window"]), Closing())
        many.add(row)
    return named + [_entries(day, window, many, as_of) for (day, window), many in counted.items()]


WINDOW = Case(
    When(protest_by__isnull=False, then=Value(closing.PROTEST)),
    default=Value(closing.CORRECTION),
    output_field=CharField(),
)


def _closing_from_rows(
    account: Account, person: Person, first: datetime.date, end: datetime.date, as_of: datetime.date
) -> Iterable[dict[str, Any]]:
    """By day, window and, where money is in question, entry; one statement for both."""
    rows = closing.closing(closing.sides_of(account), person, as_of, end, first=first)
    number = Case(When(question__gt=0, then=F("number")), default=Value(""), output_field=CharField())
    return (
        closing.with_money(rows, person, account)
        .annotate(window=WINDOW, named=number)
        .order_by()
        .values("closes", "window", "named")
        .annotate(
            n=Count("id"),
            paid=Sum("duty"),
            more=Sum("owed"),
            less=Sum("overpaid"),
            asked=Sum("checked"),
            at_stake=Sum("question"),
        )
    )


def _closing_from_sums(
    account: Account, person: Person, first: datetime.date, end: datetime.date, as_of: datetime.date
) -> Iterable[dict[str, Any]]:
    """The same from sums by day, and the few entries with money in question, which these sums count too."""
    asked = (closing.sides_of(account), person, as_of, end)
    days = closing.closing_days(*asked, first=first).annotate(window=WINDOW)
    nothing = {"named": "", "at_stake": None}
    others = {
        (row["closes"], row["window"]): row | nothing
        for row in days.values("closes", "window").annotate(n=Sum("entries"), paid=Sum("duty"))
    }
    for one in closing.asked_about([account], *asked, first=first):
        window = closing.PROTEST if one.protest_by else closing.CORRECTION
        yield {
            "closes": one.closes,
            "window": window,
            "named": one.number,
            "n": 1,
            "paid": one.duty,
            "more": one.owed,
            "less": one.overpaid,
            "asked": one.checked,
            "at_stake": one.question,
        }
        rest = others[one.closes, window]
        rest["n"] -= 1
        rest["paid"] -= one.duty
    yield from (row for row in others.values() if row["n"] > 0)


@dataclass
class Closing:
    """What closes on one day for many entries."""

    entries: int = 0
    duty: Decimal = Decimal(0)
    question: Decimal = Decimal(0)

    def add(self, row: dict[str, Any]) -> None:
        self.entries += row["n"]
        self.duty += row["paid"]
        self.question += row["at_stake"] or 0


def _entry(row: dict[str, Any]) -> Bound:
    number, (verb, rule) = row["named"], _deed(row["window"])
    found = [f"{money(row['more'])} more owed"] if row["more"] else []
    found += [f"{money(row['less'])} overpaid"] if row["less"] else []
    return Bound(
        row["closes"],
        f"{row['window']}-{number}",
        f"Last day to {verb} entry {entry_number(number)}",
        f"/entries/{number}/",
        rule,
        "; ".join(
            ([f"An examination found {' and '.join(found)}"] if found else [])
            + ([f"Checks of its lines ask about {money(row['asked'])}"] if row["asked"] else [])
        ),
        row["at_stake"],
        row["paid"],
        urgent=True,
        in_short=f"{verb.capitalize()} {entry_number(number)}",
        does="Open the entry",
    )


def _entries(day: datetime.date, window: str, many: Closing, as_of: datetime.date) -> Bound:
    verb, rule = _deed(window)
    entries = plural(many.entries, "entry", "entries")
    ahead = next((days for days in (7, 30, 60, 90) if (day - as_of).days <= days), 90)
    asked = f"{money(many.question)} in question" if many.question else "nothing in question"
    return Bound(
        day,
        f"{window}s-{day}",
        f"Last day to {verb} {entries}",
        f"/dates/closing/?days={ahead}&window={window}&sort=closes",
        rule,
        f"{money(many.duty)} of duty deposited; {asked}",
        many.question or None,
        many.duty,
        urgent=bool(many.question),
        in_short=f"{verb.capitalize()} {entries}",
        does="Show the entries",
    )


def _deed(window: str) -> tuple[str, str]:
    return ("protest", clocks.PROTEST_RULE) if window == closing.PROTEST else ("correct", CORRECTION_RULE)


def reconciliations(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The days that CBP's file names for reconciliation, as a count a day."""
    wanted = Q(pk__in=())
    for side in closing.sides_of(account):
        wanted |= side & Q(reconciliation_due__range=(start, end))
    rows = Entry.objects.visible_to(person).filter(wanted).order_by().values("reconciliation_due")
    return [
        Bound(
            row["reconciliation_due"],
            f"reconciliation-{row['reconciliation_due']}",
            f"Reconciliation due for {plural(row['n'], 'entry', 'entries')}",
            note=f"{money(row['paid'])} of duty deposited; the day is the one in CBP’s file",
            duty=row["paid"],
        )
        for row in rows.annotate(n=Count("id"), paid=Sum("duty"))
    ]


# ---- bonds, notices, people ------------------------------------------------------------------------------------


def bond_terminations(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The last days of bonds that cover the account's numbers."""
    rows = Bond.objects.visible_to(person).covering(account)
    return [
        Bound(
            bond.terminates,
            f"bond-{bond.pk}",
            f"Bond {bond.number} ends",
            "",
            "19 CFR 113.27",
            f"{money(bond.amount)}; entries from the next day on need another bond",
            urgent=True,
        )
        for bond in rows.filter(terminates__range=(start, end)).order_by("terminates", "pk")
    ]


def notices_with_a_deed(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The days on which changes begin that ask something of the account."""
    told = Delivery.objects.visible_to(person).filter(message__topic=telling.TOPIC, told_for__contains=[account.pk])
    rows = Notice.objects.read_by(person).filter(pk__in=telling.notices_of(told), effective_date__range=(start, end))
    return [
        Bound(
            notice.effective_date,
            f"notice-{notice.pk}",
            f"In force from this day: {notice.title.rstrip('.')}",
            f"/notices/{notice.pk}/",
            f"{notice.get_kind_display()} {notice.number}",
            "It asks something of the account",
            of_account=False,
            in_short=notice.title.rstrip("."),
        )
        for notice in rows.exclude(to_do="").order_by("effective_date", "pk")
    ]


def delegations(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The last days on which a broker may look at what an importer delegated to it."""
    held = reach_now(person)
    rows = Delegation.objects.filter(
        Q(importer=account) | Q(broker=account), revoked_at=None, expires__range=(start, end)
    )
    of_delegate = account.pk in held.delegated  # whose own page shows it, and no other's
    if of_delegate:
        rows = rows.filter(broker__in=held.own)
    return [
        Bound(
            one.expires,
            f"delegation-{one.pk}",
            f"Last day of the delegation {f'from {one.importer.name}' if one.broker_id == account.pk else f'to {one.broker.name}'}",
            "/people/",
            note="After it the broker sees what it filed, and nothing more",
            does="Show the delegation",
            of_account=not of_delegate,
        )
        for one in rows.select_related("importer", "broker").order_by("expires", "pk")
    ]


def status_report(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The days between which a broker files its triennial status report."""
    if account.kind != Account.Kind.BROKER:
        return []
    begins, last = clocks.STATUS_REPORT
    found = [
        Bound(begins, "status-report-begins", "The triennial status report can be filed from today on"),
        Bound(last, "status-report", "Last day for the triennial status report", urgent=True),
    ]
    return [one for one in found if start <= one.day <= end]


def program_obligations(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """The days on which a member of ISA owes its annual letter, and the last days on which tests must be at hand."""
    held = reach_now(person)
    if not held.opens(account.pk):
        return []
    deeds = list(Done.objects.visible_to(person).filter(account=account))  # type: ignore[attr-defined]
    sent = {one.due for one in deeds}
    isa = Enrollment.objects.filter(account=account, program=Enrollment.Program.ISA, since__isnull=False).first()
    found = [
        Bound(
            day,
            f"isa-letter-{day}",
            "The annual notification letter under ISA (CTPAT Trade Compliance) is due",
            "/programs/",
            LETTER_RULE,
            urgent=day >= as_of,
            in_short="Annual ISA letter",
            does="Open the programs",
        )
        for day in (letters_due(isa.since, start, end) if isa else ())
        if day not in sent
    ]
    return found + [
        Bound(
            day,
            f"isa-test-{one.pk}",
            f"Last day on which the results of the test of {long_day(one.on)} must be at hand",
            "/programs/",
            TESTS_RULE,
            in_short=f"Test of {one.on.year}: {KEPT_YEARS} years over",
            does="Open the programs",
        )
        for one in deeds
        if one.kind == Done.Kind.TEST and start <= (day := kept_until(one.on)) <= end
    ]


def follow_ups(
    account: Account, person: Person, start: datetime.date, end: datetime.date, as_of: datetime.date
) -> list[Bound]:
    """What CBP's side wrote down as to be done; of the account nobody sees it."""
    if not reach_now(person).sees_law_enforcement_data(account.pk):
        return []
    rows = FollowUp.objects.visible_to(person).filter(account=account, due__range=(start, end)).open()  # type: ignore[attr-defined]
    return [
        Bound(
            one.due,
            f"follow-up-{one.pk}",
            f"Follow-up: {one.what}",
            "/contacts/",
            note="The account never sees this",
            does="Open the contacts",
        )
        for one in rows
    ]


SOURCES: tuple[Source, ...] = (
    open_examinations,
    requests_to_answer,
    closing_windows,
    reconciliations,
    bond_terminations,
    notices_with_a_deed,
    delegations,
    status_report,
    program_obligations,
    follow_ups,
)


def dates_that_bind(
    account: Account,
    person: Person,
    start: datetime.date,
    end: datetime.date,
    *,
    as_of: datetime.date,
    sources: tuple[Source, ...] = SOURCES,
) -> list[Bound]:
    """All dates of an account between two days, both included, that this person may see, in their order."""
    return in_order(one for source in sources for one in source(account, person, start, end, as_of))


#: What the first page says besides goods held, requests and notices, which stand there by themselves.
ON_THE_FIRST_PAGE: tuple[Source, ...] = (closing_windows, reconciliations, bond_terminations, status_report)
DAYS_OF_THE_FIRST_PAGE, MOST_ON_THE_FIRST_PAGE = 30, 3


def first_dates(account: Account, person: Person, as_of: datetime.date) -> tuple[list[Bound], int]:
    """The few dates that a first page names, urgent ones before others and none
    without money, and how many there are within thirty days."""
    last = as_of + datetime.timedelta(days=DAYS_OF_THE_FIRST_PAGE)
    found = dates_that_bind(account, person, as_of, last, as_of=as_of, sources=ON_THE_FIRST_PAGE)
    about_money = [one for one in found if one.urgent or one.duty != 0]
    named = sorted(about_money, key=lambda one: not one.urgent)[:MOST_ON_THE_FIRST_PAGE]
    return in_order(named), len(found)
