"""The money in question on entries: what examinations found to differ, and what the checks of their lines ask about.

No dollar counts twice. What an examination found on a line and what checks ask about the same line are taken to be the
same money, though they may not be: the larger counts, as what was found and, where a check asks about more, the rest.
What an examination found that names no line may lie on any of the entry's lines, and counts before all checks of these.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    DecimalField,
    Exists,
    F,
    Func,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models import OuterRef as Outer
from django.db.models.functions import Abs, Coalesce, Greatest, NullIf

from accounts.access import reach_now
from accounts.models import Account, FilingRelation, Person
from examinations.checks.catalogue import CHECKS
from examinations.checks.check import Check
from examinations.models import CheckFinding, Discrepancy, Entry, LookedAt
from examinations.models.entry import MONEY

#: Dollars, and none of them, in statements.
AMOUNT = DecimalField(**MONEY)
NOTHING = Value(Decimal(0), output_field=AMOUNT)


def with_money(rows: QuerySet[Entry], person: Person, account: Account | None = None) -> QuerySet[Entry]:
    """Annotate what is in question on each entry, as far as this person may see it: `owed` and `overpaid`, by what
    examinations found, `checked`, by what the checks found beyond it that nobody looked at (not below zero, dollars,
    empty for nothing), and `question`, their sum.

    account: whose all the rows are, where they are one importer's. Something was found on few of its entries: these few
    are looked up together, and only they are asked for their money.
    """
    differing = Discrepancy.objects.visible_to(person).filter(revenue_difference__isnull=False).order_by()
    found = differing.filter(examination__entry=Outer("pk")).values("examination__entry")
    few = None
    if account and account.kind != Account.Kind.BROKER:
        its = differing.filter(account=account, examination__entry__isnull=False).values_list("examination__entry")
        finds = CheckFinding.objects.visible_to(person).filter(account=account, money__gt=0)  # type: ignore[attr-defined]
        few = Among("pk", [entry for (entry,) in its.union(finds.order_by().values_list("entry"))])
    parts = _differences()
    asked = counted_finds(person).filter(entry=Outer("pk")).order_by().values("entry")
    checked = asked.annotate(sum=Sum("beyond")).values("sum")
    amounts = {name: _of_few(few, found.annotate(sum=part).values("sum")) for name, part in parts.items()}
    of_no_line = amounts.pop("of_no_line")
    rest = Greatest(_of_few(few, checked) - Coalesce(of_no_line, NOTHING), NOTHING, output_field=AMOUNT)
    sums = [Coalesce(name, NOTHING, output_field=AMOUNT) for name in (*amounts, "checked")]
    return rows.annotate(**amounts, checked=NullIf(rest, NOTHING)).annotate(question=NullIf(reduce(add, sums), NOTHING))


def _differences() -> dict[str, Sum]:
    """What examinations found to be owed more, and to be overpaid; never netted. Of both, what names no line."""
    both = Abs("revenue_difference", output_field=AMOUNT)
    return {
        "owed": Sum(Greatest(F("revenue_difference"), NOTHING, output_field=AMOUNT)),
        "overpaid": Sum(Greatest(-F("revenue_difference"), NOTHING, output_field=AMOUNT)),
        "of_no_line": Sum(both, filter=Q(examination__line=None)),
    }


@dataclass(frozen=True)
class Question:
    """Of one entry what `with_money` annotates, under the same names."""

    owed: Decimal | None = None
    overpaid: Decimal | None = None
    #: Of both, what examinations found that name no line; what checks ask about beyond what was found on their lines.
    of_no_line: Decimal | None = None
    beyond: Decimal | None = None

    @property
    def checked(self) -> Decimal | None:
        return max((self.beyond or Decimal(0)) - (self.of_no_line or Decimal(0)), Decimal(0)) or None

    @property
    def question(self) -> Decimal | None:
        return sum((part or Decimal(0) for part in (self.owed, self.overpaid, self.checked)), Decimal(0)) or None

    def with_more(self, *parts: Decimal | None) -> "Question":
        """With parts that another source tells of, in the order of the fields."""
        known = (self.owed, self.overpaid, self.of_no_line, self.beyond)
        return Question(*(was if told is None else told for was, told in zip(known, parts, strict=True)))


def perhaps_asked_about(
    accounts: Collection[Account], person: Person, entered: Collection[datetime.date]
) -> QuerySet[Any]:
    """Ids of entries of importers, and of those that brokers filed, among which are all with money in question.

    Something is asked about few entries of many, and no other is looked at. entered: what checks ask of entries of other
    days need not be known.
    """
    differing = _differing(accounts, person).order_by().values_list("examination__entry")
    finds = CheckFinding.objects.visible_to(person).filter(_of_either(accounts), money__gt=0, entry_date__in=entered)  # type: ignore[attr-defined]
    return differing.union(finds.order_by().values_list("entry"))


def questions_of(accounts: Collection[Account], person: Person, entries: Collection[int]) -> dict[int, Question]:
    """By entry (ids) what is in question on these imports of importers, or on what brokers filed; one statement."""
    untold = Value(None, AMOUNT)
    parts = ("owed", "overpaid", "of_no_line", "asked")
    found = (
        _differing(accounts, person)
        .filter(examination__entry__in=entries)
        .order_by()
        .values(of=F("examination__entry"))
        .annotate(**_differences(), asked=untold)
        .values_list("of", *parts)
    )
    checks = (
        counted_finds(person)
        .filter(_of_either(accounts), entry__in=entries)
        .order_by()
        .values(of=F("entry"))
        .annotate(owed=untold, overpaid=untold, of_no_line=untold, asked=Sum("beyond"))
        .values_list("of", *parts)
    )
    questions: dict[int, Question] = {}
    for entry, *amounts in found.union(checks, all=True):
        questions[entry] = questions.get(entry, Question()).with_more(*amounts)
    return questions


def _differing(accounts: Collection[Account], person: Person) -> QuerySet[Discrepancy]:
    """What examinations of entries of importers, and of those that brokers filed, found to differ in money."""
    ids = {one.pk for one in accounts}
    brokers = _brokers(accounts)
    of_these = Q(account__in=ids)
    if brokers:
        of_these |= Q(examination__filer__in=brokers)
    return Discrepancy.objects.visible_to(person).filter(
        of_these,
        # What an index has: without it every discrepancy of the portal is asked who filed its entry.
        account__in={*ids, *(_clients(brokers, person) if brokers else ())},
        revenue_difference__isnull=False,
        examination__entry__isnull=False,
    )


def _brokers(accounts: Collection[Account]) -> list[UUID]:
    return [one.pk for one in accounts if one.kind == Account.Kind.BROKER]


def _of_either(accounts: Collection[Account]) -> Q:
    """Rows of these accounts' own imports, and of what those of them that are brokers filed."""
    return Q(account__in=[one.pk for one in accounts]) | Q(filer__in=_brokers(accounts))


def _clients(brokers: list[UUID], person: Person) -> Collection[UUID]:
    """For whom these brokers filed, and perhaps others: whom a person knows are all that its own accounts deal with."""
    held = reach_now(person)
    if not held.everything:
        return held.known
    return list(FilingRelation.objects.filter(broker__in=brokers).values_list("importer", flat=True))


class Among(Func):
    """Whether a number is one of these. As an array it is one value to PostgreSQL, however often it is asked for."""

    output_field = BooleanField()

    def __init__(self, field: str, numbers: Iterable[int]) -> None:
        super().__init__(F(field))
        self.numbers = "{" + ",".join(map(str, numbers)) + "}"

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY (%s::bigint[])", [*parameters, self.numbers]


def _of_few(few: Among | None, amount: QuerySet[Any]) -> Subquery | Case:
    """A sum asked of each row, or of those few alone where they are known."""
    asked = Subquery(amount, output_field=AMOUNT)
    return Case(When(few, then=asked), output_field=AMOUNT) if few else asked


def counted_finds(person: Person) -> QuerySet[CheckFinding]:
    """Finds of the checks whose dollars are in question: those that nobody marked as looked at, and of a line that
    several checks found the one with the most, since they ask about the same money. `beyond`: what it asks about beyond
    what examinations found on the line."""
    marks = LookedAt.objects.visible_to(person).filter(  # type: ignore[attr-defined]
        Q(account=Outer("account")) | Q(account=Outer("filer")),
        kind=Outer("kind"), entry_number=Outer("entry_number"), line=Outer("line"),
    )  # fmt: skip
    found = CheckFinding.objects.visible_to(person).filter(~Exists(marks), kind__in=list(CHECKS), money__gt=0)  # type: ignore[attr-defined]
    more = found.filter(
        Q(money__gt=Outer("money")) | Q(money=Outer("money"), pk__lt=Outer("pk")),
        entry=Outer("entry"), line=Outer("line"),
    )  # fmt: skip
    differing = Discrepancy.objects.visible_to(person).filter(
        revenue_difference__isnull=False, examination__entry=Outer("entry"), examination__line=Outer("line")
    )
    both = Sum(Abs("revenue_difference", output_field=AMOUNT))
    there = differing.order_by().values("examination__entry").annotate(sum=both).values("sum")
    rest = F("money") - Coalesce(Subquery(there, output_field=AMOUNT), NOTHING)
    return found.filter(~Exists(more)).annotate(beyond=Greatest(rest, NOTHING, output_field=AMOUNT))


@dataclass(frozen=True)
class Checked:
    """What one check puts in question on one entry: dollars, and whether it asks about more, that examinations found."""

    check: Check
    money: Decimal
    partly_found: bool = False


def checks_of(entries: Collection[Entry], person: Person) -> dict[int, list[Checked]]:
    """By entry (ids) what the checks put in question there, the most first; one statement.

    entries: with what `with_money` annotates, or `with_question` gives; the parts of each add up to its `checked`.
    """
    by_entry: dict[int, list[Checked]] = {}
    left = {one.pk: one.checked for one in entries if one.checked}  # type: ignore[attr-defined]
    sums = counted_finds(person).filter(entry__in=left, beyond__gt=0).order_by().values("entry", "kind")
    for row in sums.annotate(sum=Sum("beyond"), asked=Sum("money")).order_by("-sum", "kind"):
        entry, part = row["entry"], min(row["sum"], left[row["entry"]])
        if part:
            left[entry] -= part
            by_entry.setdefault(entry, []).append(Checked(CHECKS[row["kind"]], part, part < row["asked"]))
    return by_entry
