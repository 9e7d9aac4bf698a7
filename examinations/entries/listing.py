"""Which entries of an account a list shows: whose, filtered by what, in which order, with which sums."""

import contextlib
import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import BooleanField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value

from accounts.identifiers import parse_entry_number
from accounts.models import Account, Person
from examinations import figures
from examinations.entries.names import TYPES
from examinations.entry_dates import ADCVD_TYPES, SUSPENDED
from examinations.entry_dates import EXTENDED as EXTENDED_WORD
from examinations.entry_dates import LIQUIDATED as SAID_LIQUIDATED
from examinations.filters import NO_DAY, NOT_GIVEN, narrowed_by, of_party, offer_parties
from examinations.headings import in_heading
from examinations.models import EarlierEntry, Entry, EntryLine, Examination, Port
from examinations.models.entry import COUNTED_TYPES, Source
from examinations.working_days import SummaryDeadline
from look.downloads import MOST_ROWS
from look.periods import InPeriod

DEFAULT_DAYS = 90
FIRST_DAY = datetime.date(2000, 1, 1)

OPEN, LIQUIDATED, EXTENDED = "open", "liquidated", "extended"
STATES = [
    (OPEN, "Not liquidated yet"),
    (LIQUIDATED, "Liquidated"),
    (EXTENDED, "Extended or suspended"),
]
MARKED = [
    ("corrected", "Corrected after filing"),
    ("late", "Summary filed late"),
    ("revised", "Changed by a later file"),
    ("refunded", "Liquidated lower than deposited"),
    ("own", "From you"),
]
CARGO_EXAMINED = "cargo"
YES_NO = [("yes", "Examined"), (CARGO_EXAMINED, "Cargo examined"), ("no", "Not examined")]
OF_LINES = ("heading", "chapter", "origin", "manufacturer")
#: Filters that figures lead to; the form carries them along.
NARROWING = (*OF_LINES, "counted")
SORTS = {
    "date": ("entry_date", "id"),
    "port": ("port", "-entry_date", "-id"),
    "value": ("value", "-entry_date", "-id"),
    "duty": ("duty", "-entry_date", "-id"),
    "lines": ("lines", "-entry_date", "-id"),
}


def last_days(as_of: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The period that a list of entries shows unless asked otherwise."""
    return as_of - datetime.timedelta(days=DEFAULT_DAYS), as_of


def entries_of(account: Account) -> QuerySet[Entry]:
    """Entries that the account imported; for a broker those that it filed, and what it imported itself, if anything.

    A broker seldom imports: asking for both sides at once would read every row of either to put them in order.
    """
    if account.kind != Account.Kind.BROKER:
        return Entry.objects.filter(account=account)
    if Entry.objects.filter(account=account, source=Source.CBP).exists():
        return Entry.objects.filter(Q(account=account) | Q(filer=account))
    return Entry.objects.filter(filer=account)


def visible_entries(account: Account, person: Person) -> QuerySet[Entry]:
    """Of these, what this person may see."""
    if account.kind == Account.Kind.BROKER:
        return entries_of(account).visible_to(person)
    return Entry.objects.visible_of(account.pk, person)


def ordered(rows: QuerySet[Entry], asked: str) -> tuple[QuerySet[Entry], str]:
    """Order by a known column; a minus before its name turns it around. Newest first otherwise."""
    name = asked.removeprefix("-")
    if name not in SORTS:
        name, asked = "date", "-date"
    down = asked.startswith("-")
    first, *rest = SORTS[name]
    order = [F(first).desc() if down else F(first).asc()]
    order += [F(part.lstrip("-")).desc() if down or part.startswith("-") else F(part).asc() for part in rest]
    return rows.order_by(*order), asked


def whole(page: QuerySet[Entry]) -> list[Entry]:
    """The entries of a page, in its order, with account and filer.

    The page itself is cut by keys alone: put beside each entry before it is known which 25 are shown, the two names of
    all entries of a large importer would be sorted with them.
    """
    keys = list(page.values_list("pk", flat=True))
    rows = Entry.objects.select_related("account", "filer").in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def sums(rows: QuerySet[Entry], person: Person, asked: str = "") -> dict[str, Any]:
    """How many entries, examined by an examination that this person may see, and their money, of up to one row more
    than a list counts: above that there are no sums, only "more than". asked: the filter by examination (`YES_NO`)
    that the rows have passed: then each need not be asked again."""
    seen = Exists(Examination.objects.visible_to(person).filter(entry=OuterRef("pk")))
    known = Value(asked != "no", BooleanField())
    within = rows.order_by().annotate(was_examined=known if asked else seen)[: MOST_ROWS + 1]
    money = {f"sum_{name}": Sum(name) for name in ("lines", "value", "duty", "mpf", "hmf", "tax", "other_fees")}
    found = within.aggregate(
        count=Count("pk"),
        examined=Count("pk", filter=Q(was_examined=True)),
        own=Count("pk", filter=Q(source=Source.OWN)),
        estimated=Count("pk", filter=Q(fees_estimated=True)),
        hmf_unknown=Count("pk", filter=Q(hmf=None)),
        **money,
    )
    fees = [found[f"sum_{name}"] or 0 for name in ("mpf", "hmf", "tax", "other_fees")]
    return found | {"fees": sum(fees), "capped": found["count"] > MOST_ROWS}


def in_standing(asked: str, as_of: datetime.date) -> Q:
    """Entries that stand so on their way to liquidation, as examinations.entry_dates says of one of them."""
    undated = Q(liquidation_date=None)
    said = Q(liquidation_status__iexact=SAID_LIQUIDATED)
    if asked == LIQUIDATED:
        return Q(liquidation_date__lte=as_of) | undated & said
    if asked == OPEN:
        return Q(liquidation_date__gt=as_of) | undated & ~said
    words = Q(entry_type__in=ADCVD_TYPES)
    for word in (SUSPENDED, EXTENDED_WORD):
        words |= Q(extension_status__icontains=word) | Q(liquidation_status__icontains=word)
    return undated & ~said & words


class NarrowedEntries(InPeriod):
    """How entries are narrowed, on the page of one account and in the API over all that one sees.

    Each declares its own filters, which call these; `start`, `end` and `OF_LINES` are names of both.
    """

    class Meta:
        model = Entry
        fields: list[str] = []

    def __init__(self, *args: Any, person: Person, as_of: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.as_of = person, as_of

    def find_exactly(self, rows: QuerySet[Entry], name: str, text: str) -> QuerySet[Entry]:
        """By equality: LIKE is not leakproof, and slow under row-level security."""
        plain = text.strip().upper().replace("-", "").replace(" ", "")
        with contextlib.suppress(ValueError):  # no entry number: finds nothing
            plain = parse_entry_number(text).value
        return rows.filter(number=plain)

    def _with_cargo_examined(self) -> Exists:
        """As figures count it: an examination of one line is of that line's heading, origin and supplier alone."""
        seen = Examination.objects.visible_to(self.person).filter(figures.CARGO, entry=OuterRef("pk"))
        asked = {name: value for name in OF_LINES if (value := self.form.cleaned_data.get(name))}
        if asked:
            line = EntryLine.objects.filter(entry=OuterRef("entry"), line=OuterRef("line"), stands_for_line=True)
            for name, value in asked.items():
                line = line.filter(self._of_line(name, value))
            seen = seen.filter(Q(line=None) | Exists(line))
        return Exists(seen)

    def with_line(self, rows: QuerySet[Entry], name: str, asked: str) -> QuerySet[Entry]:
        """Entries with a line of that heading, origin or supplier: of the row that stands for it."""
        wanted = self._of_line(name, asked)
        return rows.filter(Exists(EntryLine.objects.filter(wanted, entry=OuterRef("pk"), stands_for_line=True)))

    @staticmethod
    def _of_line(name: str, asked: str) -> Q:
        if name in ("heading", "chapter"):
            return in_heading(asked) if asked.isdecimal() else Q(pk=None)
        if name == "origin":
            return Q(origin=asked)
        return Q(manufacturer_id="" if asked == NOT_GIVEN else asked)

    def in_state(self, rows: QuerySet[Entry], name: str, asked: str) -> QuerySet[Entry]:
        return rows.filter(in_standing(asked, self.as_of))

    def with_examination(self, rows: QuerySet[Entry], name: str, asked: str) -> QuerySet[Entry]:
        if asked == CARGO_EXAMINED:
            return rows.filter(self._with_cargo_examined())
        seen = Exists(Examination.objects.visible_to(self.person).filter(entry=OuterRef("pk")))
        return rows.filter(seen if asked == "yes" else ~seen)

    def with_mark(self, rows: QuerySet[Entry], name: str, asked: list[str]) -> QuerySet[Entry]:
        if "corrected" in asked:
            rows = rows.filter(corrected=True)
        if "refunded" in asked:
            rows = rows.filter(liquidated_duty__lt=F("duty"), source=Source.CBP)
        if "revised" in asked:
            past = EarlierEntry.objects.visible_to(self.person).filter(number=OuterRef("number"))
            rows = rows.filter(Exists(past.filter(account=OuterRef("account"))), source=Source.CBP)
        if "own" in asked:
            rows = rows.filter(source=Source.OWN)
        if "late" in asked:
            start = max(self.form.cleaned_data.get("start") or FIRST_DAY, FIRST_DAY)
            end = min(self.form.cleaned_data.get("end") or self.as_of, self.as_of)
            rows = rows.filter(summary_date__gt=SummaryDeadline(start, end)) if start <= end else rows.none()
        return rows


class EntryFilter(NarrowedEntries):
    """Which entries of an account a list shows."""

    find = django_filters.CharFilter(method="find_exactly", label="Entry number")
    start = django_filters.DateFilter("entry_date", "gte", label="From", error_messages=NO_DAY)
    end = django_filters.DateFilter("entry_date", "lte", label="To", error_messages=NO_DAY)
    port = django_filters.ChoiceFilter(label="Port", empty_label="All ports")
    party = django_filters.ChoiceFilter(method="of_party")
    type = django_filters.ChoiceFilter("entry_type", choices=[], label="Type of entry", empty_label="All types")
    liquidation = django_filters.ChoiceFilter(
        choices=STATES, method="in_state", label="Liquidation", empty_label="All entries"
    )
    examined = django_filters.ChoiceFilter(
        choices=YES_NO, method="with_examination", label="Examination", empty_label="All entries"
    )
    marked = django_filters.MultipleChoiceFilter(
        choices=MARKED, method="with_mark", label="Only those", widget=forms.CheckboxSelectMultiple
    )

    heading = django_filters.CharFilter(method="with_line", label="With goods of heading", max_length=4)
    chapter = django_filters.CharFilter(method="with_line", label="With goods of chapter", max_length=2)
    origin = django_filters.CharFilter(method="with_line", label="With goods from", max_length=2)
    manufacturer = django_filters.CharFilter(method="with_line", label="With goods of supplier", max_length=15)
    counted = django_filters.ChoiceFilter(
        choices=[("1", "that an examination can meet")], method="that_count", label="Entries"
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_choices(account)

    def _offer_choices(self, account: Account) -> None:
        """What this account and this person can choose from."""
        person = self.person
        self.is_broker = account.kind == Account.Kind.BROKER
        self.port_names = dict(Port.objects.values_list("code", "name"))
        asked_port = str(self.data.get("port", ""))
        codes = dict(self.port_names)
        if len(asked_port) == 4 and asked_port.isdecimal():
            codes.setdefault(asked_port, asked_port)  # a code that no table names is loaded all the same
        self._offer("port", codes.items(), "This is no port.")
        self._offer("type", [(code, f"{code}, {name}") for code, name in TYPES.items()], "There is no such type.")
        self.party_column = offer_parties(self.filters["party"], account)
        if person.is_government:
            self.filters["marked"].extra["choices"] = [one for one in MARKED if one[0] != "own"]

    def _offer(self, name: str, choices: Any, refusal: str) -> None:
        self.filters[name].extra |= {"choices": list(choices), "error_messages": {"invalid_choice": refusal}}

    def of_party(self, rows: QuerySet[Entry], name: str, asked: str) -> QuerySet[Entry]:
        return rows.filter(of_party(self.party_column, asked))

    def that_count(self, rows: QuerySet[Entry], name: str, asked: str) -> QuerySet[Entry]:
        """What figures count as entries (domain 2.7): what an account uploaded itself only where nothing else is asked for."""
        source = Source.OWN if "own" in self.form.cleaned_data["marked"] else Source.CBP
        return rows.filter(entry_type__in=COUNTED_TYPES, source=source)

    @property
    def narrowed(self) -> list[tuple[str, str, str]]:
        """What narrows the list beside the fields that its form shows."""
        return narrowed_by(self, NARROWING)
