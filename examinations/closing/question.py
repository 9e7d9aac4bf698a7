"""The money in question on entries: what examinations found to differ, and what the checks of their lines ask about."""

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
    Count,
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
from django.db.models.functions import Coalesce, Greatest, NullIf

from accounts.access import reach_now
from accounts.models import Account, FilingRelation, Person
from examinations.checks.catalogue import CHECKS
from examinations.checks.check import Check
from examinations.models import CheckFinding, Discrepancy, Entry, LookedAt
from examinations.models.entry import MONEY


def with_money(rows: QuerySet[Entry], person: Person, account: Account | None = None) -> QuerySet[Entry]:
    """Annotate what is in question on each entry, as far as this person may see it: `owed` and `overpaid`, by what
    examinations found, `checked`, by what the checks found that nobody looked at (not below zero, dollars, empty for
    nothing), and `question`, their sum.

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
    money = DecimalField(**MONEY)
    parts = _differences()
    checked = counted_finds(person).filter(entry=Outer("pk")).order_by().values("entry").annotate(sum=Sum("money"))
    nothing = Value(Decimal(0), output_field=money)
    sums = [Coalesce(name, nothing, output_field=money) for name in (*parts, "checked")]
    return rows.annotate(
        **{name: _of_few(few, found.annotate(sum=part).values("sum")) for name, part in parts.items()},
        checked=_of_few(few, checked.values("sum")),
    ).annotate(question=NullIf(reduce(add, sums), nothing))


def _differences() -> dict[str, Sum]:
    """What examinations found to be owed more, and to be overpaid; never netted."""
    money = DecimalField(**MONEY)
    return {
        "owed": Sum(Greatest(F("revenue_difference"), Value(0), output_field=money)),
        "overpaid": Sum(Greatest(-F("revenue_difference"), Value(0), output_field=money)),
    }


@dataclass(frozen=True)
class Question:
    """Of one entry what `with_money` annotates, under the same names."""

    owed: Decimal | None = None
    overpaid: Decimal | None = None
    checked: Decimal | None = None

    @property
    def question(self) -> Decimal | None:
        return sum((part or Decimal(0) for part in (self.owed, self.overpaid, self.checked)), Decimal(0)) or None

    def with_more(self, owed: Decimal | None, overpaid: Decimal | None, checked: Decimal | None) -> "Question":
        """With parts that another source tells of."""
        return Question(
            self.owed if owed is None else owed,
            self.overpaid if overpaid is None else overpaid,
            self.checked if checked is None else checked,
        )


def questions_of(accounts: Collection[Account], person: Person) -> dict[int, Question]:
    """By entry (ids) what is in question on the imports of importers and on what brokers filed; one statement.

    Something is asked about few entries of many: these are summed, and no other is looked at.
    """
    importers = [one.pk for one in accounts if one.kind != Account.Kind.BROKER]
    brokers = [one.pk for one in accounts if one.kind == Account.Kind.BROKER]
    of_these = Q(account__in=[*importers, *brokers])
    if brokers:
        of_these |= Q(examination__filer__in=brokers)
    differing = Discrepancy.objects.visible_to(person).filter(
        of_these,
        # What an index has: without it every discrepancy of the portal is asked who filed its entry.
        account__in={*importers, *brokers, *(_clients(brokers, person) if brokers else ())},
        revenue_difference__isnull=False,
        examination__entry__isnull=False,
    )
    its = Q(account__in=[*importers, *brokers]) | Q(filer__in=brokers)
    money = DecimalField(**MONEY)
    nothing = Value(None, money)
    found = (
        differing.order_by()
        .values(of=F("examination__entry"))
        .annotate(**_differences(), checked=nothing)
        .values_list("of", "owed", "overpaid", "checked")
    )
    checks = (
        counted_finds(person)
        .filter(its)
        .order_by()
        .values(of=F("entry"))
        .annotate(owed=nothing, overpaid=nothing, checked=Sum("money"))
        .values_list("of", "owed", "overpaid", "checked")
    )
    parts: dict[int, Question] = {}
    for entry, *amounts in found.union(checks, all=True):
        parts[entry] = parts.get(entry, Question()).with_more(*amounts)
    return parts


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
    money = DecimalField(**MONEY)
    asked = Subquery(amount, output_field=money)
    return Case(When(few, then=asked), output_field=money) if few else asked


def counted_finds(person: Person) -> QuerySet[CheckFinding]:
    """Finds of the checks whose dollars are in question: those that nobody marked as looked at, and of a line that
    several checks found the one with the most, since they ask about the same money."""
    marks = LookedAt.objects.visible_to(person).filter(  # type: ignore[attr-defined]
        Q(account=Outer("account")) | Q(account=Outer("filer")),
        kind=Outer("kind"), entry_number=Outer("entry_number"), line=Outer("line"),
    )  # fmt: skip
    found = CheckFinding.objects.visible_to(person).filter(~Exists(marks), kind__in=list(CHECKS), money__gt=0)  # type: ignore[attr-defined]
    more = found.filter(
        Q(money__gt=Outer("money")) | Q(money=Outer("money"), pk__lt=Outer("pk")),
        entry=Outer("entry"), line=Outer("line"),
    )  # fmt: skip
    return found.filter(~Exists(more))


@dataclass(frozen=True)
class Checked:
    """What one check puts in question on one entry: dollars, and the lines."""

    check: Check
    money: Decimal
    lines: int


def checks_of(entries: Collection[int], person: Person) -> dict[int, list[Checked]]:
    """By entry (ids) what the checks put in question there, the most first; one statement."""
    by_entry: dict[int, list[Checked]] = {}
    sums = counted_finds(person).filter(entry__in=entries).order_by().values("entry", "kind")
    for row in sums.annotate(sum=Sum("money"), lines=Count("id")).order_by("-sum", "kind"):
        by_entry.setdefault(row["entry"], []).append(Checked(CHECKS[row["kind"]], row["sum"], row["lines"]))
    return by_entry
