"""Which tariff rows of an account one person asks for: the same for the page and for its file."""

import datetime
import re
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from accounts.models import Account
from examinations.breakdowns.uncounted import all_counted
from examinations.duty.months import NO_CLAIM
from examinations.duty.programs import FEES, Program, rows_of
from examinations.exports.kinds import Asked
from examinations.figures import of_account
from examinations.filters import NO_DAY, NOT_GIVEN, american, narrowed_by, of_party, offer_parties, this_year
from examinations.headings import CHAPTER_99, WHOLE_HTS, in_heading
from examinations.models import EntryLine, LineCode
from examinations.models.entry import COUNTED_TYPES, NO_DUTY_TYPES, Source
from look.downloads import MOST_ROWS
from look.periods import InPeriod

#: A claim to a preference, as duty by program counts it.
CLAIMED = Q(stands_for_line=True, counts_value=True) & ~Q(spi__in=NO_CLAIM)
#: Filters that figures lead to; the form carries them along.
NARROWING = ("heading", "chapter", "manufacturer", "entry_type", "counted", "claimed", "rows")
WITH_99 = [("only", "Only chapter 99 rows"), ("without", "Without chapter 99 rows")]
#: Filters by what is on a row, and the column that says it.
CODES = {
    "port": "port",
    "origin": "origin",
    "hts": "hts",
    "manufacturer_id": "manufacturer_id",
    "spi": "spi",
    "heading": "hts",
    "chapter": "hts",
    "manufacturer": "manufacturer_id",
}
CURSOR = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})")


def code(label: str, pattern: str, message: str, longest: int, **more: Any) -> dict[str, Any]:
    """Arguments of a filter by a code, in letters of either case."""
    check = forms.fields.RegexField(pattern, required=False).validators[-1]
    check.message = message
    return {"label": label, "max_length": longest, "validators": [check], **more}


class EntryLineFilter(InPeriod):
    """Tariff rows by what is on them. Everything by equality or range: patterns are slow under row security."""

    start = django_filters.DateFilter("entry_date", "gte", label="From", error_messages=NO_DAY)
    end = django_filters.DateFilter("entry_date", "lte", label="To", error_messages=NO_DAY)
    port = django_filters.CharFilter(
        **code(
            "Port", r"^\d{4}$", "A port is a code of four digits.", 4, field_name="port", help_text="Four digits: 2704"
        )
    )
    origin = django_filters.CharFilter(
        method="in_capitals",
        **code("Origin", r"^[A-Za-z]{2}$", "A country is a code of two letters.", 2, help_text="Two letters: CN"),
    )
    hts = django_filters.CharFilter(
        method="with_heading",
        **code(
            "Heading or HTS number", r"^[\d. ]{2,14}$", "Write two to ten digits.", 14, help_text="2 to 10 digits: 8501"
        ),
    )
    manufacturer_id = django_filters.CharFilter(
        method="in_capitals",
        **code("Manufacturer (MID)", r"^[A-Za-z0-9]{3,15}$", "A MID has up to 15 letters and digits.", 15),
    )
    spi = django_filters.CharFilter(
        method="in_capitals",
        **code("Claimed under (SPI)", r"^[A-Za-z0-9+*]{1,4}$", "An SPI has up to four characters.", 4),
    )
    chapter99 = django_filters.ChoiceFilter(
        choices=WITH_99, method="with_chapter_99", label="Additional duties", empty_label="All rows"
    )
    program = django_filters.ChoiceFilter(
        choices=Program.choices, method="with_program", label="Program of duty or fee", empty_label="All programs"
    )
    party = django_filters.ChoiceFilter(method="of_party")
    heading = django_filters.CharFilter(
        method="of_goods", **code("Goods of heading", r"^\d{4}$", "A heading has four digits.", 4)
    )
    chapter = django_filters.CharFilter(
        method="of_goods", **code("Goods of chapter", r"^\d{2}$", "A chapter has two digits.", 2)
    )
    manufacturer = django_filters.CharFilter(
        method="of_goods", **code("Supplier", r"^[A-Za-z0-9]{3,15}$", "A MID has up to 15 letters and digits.", 15)
    )
    entry_type = django_filters.CharFilter(
        **code("Entry type", r"^\d\d$", "A type has two digits.", 2, field_name="entry__entry_type")
    )
    counted = django_filters.ChoiceFilter(
        choices=[("1", "that an examination can meet")], method="of_counted_types", label="Entries"
    )
    rows = django_filters.ChoiceFilter(
        choices=[("lines", "that stand for their line")], method="of_lines", label="Rows"
    )
    claimed = django_filters.ChoiceFilter(choices=[("1", "claimed")], method="with_claim", label="Preference")
    source = django_filters.ChoiceFilter(choices=Source.choices, label="Data", empty_label=None)

    class Meta:
        model = EntryLine
        fields: list[str] = []

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_broker = account.kind == Account.Kind.BROKER
        if self.of_broker or self.data.get("party"):
            self.party_column = offer_parties(self.filters["party"], account)
        else:
            del self.filters["party"]

    @property
    def clients(self) -> dict[str, str]:
        """Names of a broker's clients by id; none for an importer."""
        return dict(self.filters["party"].extra["choices"]) if self.of_broker else {}

    def in_capitals(self, rows: QuerySet[EntryLine], name: str, text: str) -> QuerySet[EntryLine]:
        return rows.filter(**{name: text.strip().upper()})

    def with_heading(self, rows: QuerySet[EntryLine], name: str, text: str) -> QuerySet[EntryLine]:
        digits = re.sub(r"\D", "", text)[:WHOLE_HTS]
        return rows.filter(in_heading(digits)) if digits else rows.none()

    def with_program(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        """What the sums of duty by program count: nothing of entries whose duty is not deposited."""
        return rows.filter(rows_of(Program(asked))).exclude(entry__entry_type__in=NO_DUTY_TYPES)

    def with_claim(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        return rows.filter(CLAIMED).exclude(entry__entry_type__in=NO_DUTY_TYPES)

    def of_lines(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        return rows.filter(stands_for_line=True)

    def of_counted_types(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        return rows.filter(entry__entry_type__in=COUNTED_TYPES)

    def of_party(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        return rows.filter(of_party(self.party_column, asked))

    def of_goods(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        """The rows that stand for such lines, and those that belong to them: a row of chapter 99 has no heading."""
        if name == "manufacturer":
            wanted = Q(manufacturer_id="" if asked == NOT_GIVEN else asked.upper())
        else:
            wanted = in_heading(asked)
        same_line = EntryLine.objects.filter(
            wanted, entry=OuterRef("entry"), line=OuterRef("line"), stands_for_line=True
        )
        return rows.filter(Q(stands_for_line=True) & wanted | Q(stands_for_line=False) & Exists(same_line))

    @property
    def codes(self) -> dict[str, Q]:
        """What is asked for by codes that a row has: for each filter, which `LineCode` it means."""
        asked = {name: self.form.cleaned_data.get(name, "") for name in CODES}
        return {name: _code(name, str(value).strip().upper()) for name, value in asked.items() if value}

    @property
    def narrowed(self) -> list[tuple[str, str, str]]:
        shown = () if self.of_broker else ("party",)  # a broker has a field for it
        return narrowed_by(self, (*NARROWING, *(name for name in shown if name in self.filters)))

    @property
    def fee(self) -> str:
        """The column of the fee that is asked for; empty where duty is."""
        asked = self.data.get("program", "")
        return FEES.get(Program(asked), "") if asked in Program.values else ""

    def with_chapter_99(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        return rows.filter(in_heading(CHAPTER_99)) if asked == "only" else rows.filter(hts__lt=CHAPTER_99)


def asked_filters(asked: Asked) -> dict[str, str]:
    """What the address asks for; without a period, this year; without a source, what CBP loaded."""
    filters = {name: values[-1] for name, values in asked.filters.items() if values}
    if not filters.get("start") and not filters.get("end"):
        start, end = this_year(asked.today)
        filters |= {"start": start.isoformat(), "end": end.isoformat()}
    filters["source"] = filters.get("source") or Source.CBP.value
    return filters | {name: american(filters.get(name, "")) for name in ("start", "end")}


@dataclass(frozen=True)
class Page:
    """Some rows, newest first; `newer` and `older` are cursors, empty at the ends."""

    rows: list[EntryLine]
    newer: str
    older: str


class EntryLineList:
    """The filter and its rows, of the importer's own trade, or of what a broker filed."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        broker = asked.account.kind == Account.Kind.BROKER
        if broker:
            self.sides, visible = (
                [Q(filer=asked.account), Q(account=asked.account)],
                EntryLine.objects.visible_to(asked.person),
            )
        else:
            self.sides, visible = [Q()], EntryLine.objects.visible_of(asked.account.pk, asked.person)
        self.filter = EntryLineFilter(asked_filters(asked), queryset=visible, account=asked.account)
        self.usable = self.filter.is_valid()
        self.filtered = self._where_they_occur(self.filter.qs) if self.usable else visible.none()

    def _where_they_occur(self, rows: QuerySet[EntryLine]) -> QuerySet[EntryLine]:
        """Of the filtered rows those of the days on which all that is asked for occurs: all of them, found sooner. A filter
        that finds nothing would otherwise be asked of each row of the period."""
        asked = self.filter.codes
        if not asked or not all_counted([self.asked.account], EntryLine, LineCode):
            return rows
        codes = LineCode.objects.visible_to(self.asked.person).filter(
            of_account(self.asked.account), reduce(or_, asked.values()), source=self.filter.form.cleaned_data["source"]
        )
        kept = codes.order_by().aggregate(
            **{f"{name}_first": Min("first", filter=where) for name, where in asked.items()},
            **{f"{name}_last": Max("last", filter=where) for name, where in asked.items()},
        )
        if None in kept.values():
            return rows.none()
        first = max(kept[f"{name}_first"] for name in asked)
        last = min(kept[f"{name}_last"] for name in asked)
        return rows.filter(entry_date__range=(first, last))

    @property
    def rows(self) -> QuerySet[EntryLine]:
        """All of them, newest first."""
        return self.filtered.filter(reduce(or_, self.sides)).order_by("-entry_date", "-id")

    def sums(self) -> dict[str, Any]:
        """Rows and sums, of no more rows than a list of 10,000 and one: above, `rows` is one more than that."""
        some = self.rows.order_by()[: MOST_ROWS + 1]
        return some.aggregate(
            rows=Count("id"),
            goods=Sum("value", filter=Q(counts_value=True)),
            duties=Sum("duty"),
            additional=Sum("duty", filter=in_heading(CHAPTER_99)),
            fee=Sum(self.filter.fee or "mpf"),
        )

    def page(self, size: int, *, after: str = "", before: str = "") -> Page:
        """The rows behind a cursor, or before it; one that is none begins at the newest.

        Each side of a broker is asked by itself: one index gives its rows in order, where an OR sorts every row.
        """
        back = bool(before) and _position(before) is not None
        position = _position(before if back else after)
        order = ("entry_date", "id") if back else ("-entry_date", "-id")
        found: dict[int, EntryLine] = {}
        for side in self.sides:
            rows = self.filtered.filter(side)
            rows = rows.filter(_beyond(position, back=back)) if position else rows
            found |= {row.pk: row for row in rows.select_related("entry").order_by(*order)[: size + 1]}
        rows = sorted(found.values(), key=_place, reverse=not back)
        more, rows = len(rows) > size, rows[:size]
        rows = rows[::-1] if back else rows
        if not rows:
            return Page([], "", "")
        newer = cursor_of(rows[0]) if (more if back else position) else ""
        older = cursor_of(rows[-1]) if back or more else ""
        return Page(rows, newer, older)


def _code(name: str, asked: str) -> Q:
    column = CODES[name]
    if column == "hts":
        digits = re.sub(r"\D", "", asked)[:WHOLE_HTS]
        return Q(column=column, code__range=(digits, digits.ljust(WHOLE_HTS, "9")))
    return Q(column=column, code="" if name == "manufacturer" and asked == NOT_GIVEN.upper() else asked)


def _place(row: EntryLine) -> tuple[datetime.date, int]:
    return row.entry_date, row.pk


def cursor_of(row: EntryLine) -> str:
    """Where a row stands in the list."""
    return f"{row.entry_date:%Y-%m-%d}.{row.pk}"


def _position(cursor: str) -> tuple[datetime.date, int] | None:
    found = CURSOR.fullmatch(cursor)
    try:
        return (datetime.date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def _beyond(position: tuple[datetime.date, int], *, back: bool) -> Q:
    """The date bounds the index, the rest cuts within that day."""
    day, pk = position
    if back:
        return Q(entry_date__gte=day) & (Q(entry_date__gt=day) | Q(pk__gt=pk))
    return Q(entry_date__lte=day) & (Q(entry_date__lt=day) | Q(pk__lt=pk))
