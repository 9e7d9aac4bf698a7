"""Where the dates that bind an account come from: one function a source, with the same arguments and one or two
statements, whatever the number of rows. What a person may not see gives no date.
"""

import datetime
from collections.abc import Callable

from django.db.models import OuterRef, Q, Subquery

from accounts.access import reach_now
from accounts.models import Account, Delegation, Enrollment, Person
from compliance.bonds.models import Bond
from compliance.programs.models import Done
from compliance.programs.obligations import KEPT_YEARS, LETTER_RULE, TESTS_RULE, kept_until, letters_due
from examinations import clocks, figures
from examinations.holding import Holding, Stage, holding_of
from examinations.models import CustomsRequest, Examination, Port
from examinations.models.detention import detention_of
from inquiries.models import FollowUp
from look.formats import container, entry_number, long_day, money, plural
from notices import telling
from notices.models import Notice
from notifications.models import Delivery
from portal.dates.bound import Bound, folded, in_order
from portal.dates.entries import closing_windows, reconciliations

Source = Callable[[Account, Person, datetime.date, datetime.date, datetime.date], list[Bound]]

HELD_PAGE = "/examinations/?result=held&start=2000-01-01"


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
