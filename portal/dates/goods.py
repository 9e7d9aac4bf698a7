"""The dates of goods that were chosen for an examination: CBP's days, the proofs and papers that the account owes, the
last days to protest, and the ends of conditional releases."""

import datetime
from collections.abc import Callable

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from examinations import clocks, figures
from examinations.deadlines import OF_ACCOUNT, Deadline, Kind, deadlines_of
from examinations.holding import holding_of
from examinations.models import Examination, Port
from examinations.models.detention import detention_of
from examinations.models.examination import HELD, REFUSED, RELEASED_OPEN, WRONG
from examinations.textiles import with_textiles
from examinations.waiting import papers_asked
from look.formats import container, entry_number, plural
from portal.dates.asked import Asked
from portal.dates.bound import Bound, folded

HELD_PAGE = "/examinations/?result=held&start=2000-01-01"
PENDING_PAGE = "/examinations/?result=PENDING&start=2000-01-01"
#: Nothing that happens to goods sets a day later than this.
LONGEST = datetime.timedelta(days=max(clocks.PROTEST_DAYS, clocks.TEXTILE_DAYS))
#: Days of CBP, of which a line says how many there are; what the account itself must do stands by itself.
MANY: dict[Kind, tuple[str, str]] = {
    Kind.RELEASE: ("CBP’s last day to release or detain {}", HELD_PAGE),
    Kind.DECISION: ("CBP’s last day to decide on {}", HELD_PAGE),
    Kind.NOTICE: ("CBP’s last day to give notice of the detention of {}", HELD_PAGE),
    Kind.CONDITIONAL: ("End of the conditional release of {}", PENDING_PAGE),
    Kind.ORIGIN: ("End of the conditional release of {}, for their origin", PENDING_PAGE),
}


def dates_of_goods(asked: Asked) -> list[Bound]:
    """Every day that the examinations' own pages name (examinations/deadlines.py), and those of papers asked for."""
    rows = list(_rows(asked))
    found: dict[Kind, list[Bound]] = {}
    for one in rows:
        detention = detention_of(one)
        holding = holding_of(one, detention, asked.as_of)
        for deadline in deadlines_of(one, holding, detention, textiles=one.textiles):  # type: ignore[attr-defined]
            if asked.spans(deadline.day):
                found.setdefault(deadline.kind, []).append(_bound(one, deadline, asked.as_of))
    dates = [date for kind, each in found.items() for date in _together(kind, each)]
    return dates + _papers(asked, rows)


def _rows(asked: Asked) -> QuerySet[Examination]:
    """The examinations that can give a date: goods held now, those refused, and those released on condition. One
    statement; each part is found by an index of its own."""
    since = asked.start - LONGEST
    rows = figures.examinations_of(asked.account).visible_to(asked.person)
    last = Greatest("selected", "notified", "presented", "examined", "detention__outcome_date")
    refused = rows.filter(WRONG, REFUSED).alias(last=last).filter(last__gte=since)
    # On condition, by the file; what staff released so is held by the file, and among these.
    on_condition = rows.filter(RELEASED_OPEN, released__range=(since, asked.end))
    parts = [part.order_by().values("pk") for part in (rows.filter(HELD), refused, on_condition)]
    names = Port.objects.filter(code=OuterRef("port")).values("name")
    chosen = with_textiles(rows.filter(pk__in=parts[0].union(*parts[1:])), asked.person)
    return chosen.annotate(port_name=Subquery(names)).select_related("detention").order_by("pk")


def _bound(one: Examination, deadline: Deadline, as_of: datetime.date) -> Bound:
    goods, port = _goods(one), one.port_name or one.port  # type: ignore[attr-defined]
    title, short, note = _words(deadline, goods)
    return Bound(
        deadline.day, f"{deadline.kind}-{one.pk}", f"{title} at {port}", f"/examinations/{one.pk}/", deadline.rule, note,
        urgent=deadline.of_account and deadline.day >= as_of, in_short=short, does="Open the examination",
    )  # fmt: skip


def _words(deadline: Deadline, goods: str) -> tuple[str, str, str]:
    """The title, the same in short, and what else to know."""
    kind = deadline.kind
    if kind == Kind.DECISION:
        note = "Undecided goods count as excluded after it, which may be protested"
        return MANY[kind][0].format(goods), f"Decide on {goods}", note
    if kind == Kind.RELEASE:
        return MANY[kind][0].format(goods), f"Release or detain {goods}", ""
    if kind == Kind.NOTICE:
        return MANY[kind][0].format(goods), f"Notice of {goods}", deadline.note
    if kind == Kind.PROOF:
        return f"Last day to prove that {goods} may come in", f"Prove {goods}", deadline.note
    return f"{deadline.title}: {goods}", f"{'Protest' if kind == Kind.PROTEST else 'Condition'}: {goods}", deadline.note


def _together(kind: Kind, dates: list[Bound]) -> list[Bound]:
    return dates if kind in OF_ACCOUNT else folded(dates, _many(kind, dates[0].rule))


def _many(kind: Kind, rule: str) -> Callable[[datetime.date, int], Bound]:
    title, page = MANY[kind]
    return lambda day, count: Bound(day, f"{kind}s-{day}", title.format(plural(count, "shipment")), page, rule)


def _papers(asked: Asked, rows: list[Examination]) -> list[Bound]:
    """What the account was asked to send by a day while its goods are detained; what it sent asks no more of it."""
    items_of = papers_asked([one for one in rows if one.holds_goods], asked.person)
    return [
        Bound(
            item.due, f"paper-{item.pk}", f"Last day to send “{item.text}” for {_goods(one)}",
            f"/examinations/{one.pk}/detention/", note="Asked for while the goods are detained",
            urgent=item.due >= asked.as_of, in_short=f"Send “{item.text}”", does="Open the detention",
        )
        for one in rows
        for item in items_of.get(one.pk, ())
        if item.due and asked.spans(item.due)
    ]  # fmt: skip


def _goods(one: Examination) -> str:
    if one.container:
        return f"container {container(one.container)}"
    return f"entry {entry_number(one.entry_number)}" if one.entry_number else f"bill {one.bill}"
