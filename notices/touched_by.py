"""What notices touch of the accounts that a person answers for: a sentence each, and the sums. One statement each."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from accounts.access import Reach
from accounts.models import Person
from examinations.models import Port
from look.formats import money, plural
from notices import sentences
from notices.models import Notice, Touched

#: Changes ahead that are sorted by what is at stake; nobody has as many.
MOST_SORTED = 100


def _rows(person: Person, held: Reach) -> QuerySet[Touched]:
    """Of the accounts whose notices this person reads: own ones, those in its care, all for headquarters."""
    rows = Touched.objects.visible_to(person)  # type: ignore[attr-defined]
    return rows if held.everything else rows.filter(account__in=held.own | held.managed)


def port_names(codes: Collection[str]) -> dict[str, str]:
    """Names of ports by their codes."""
    return dict(Port.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def sentences_of(notices: Sequence[Notice], person: Person, held: Reach) -> dict[uuid.UUID, str]:
    """By notice, what it says to this person of its own trade; to staff, of the accounts together. Two statements."""
    rows = _rows(person, held).filter(notice__in=[one.pk for one in notices])
    of_id = {one.pk: one for one in notices}
    if person.is_government:
        sums = rows.values("notice").annotate(
            n=Count("pk"),
            value=Sum("imported"),
            filed=Sum("filed"),
            more=Sum("added"),
            duty=Sum("deposited"),
            duty_filed=Sum("deposited_for_others"),
        )
        return {row["notice"]: _together(of_id[row["notice"]], row) for row in sums}
    found = list(rows.select_related("account"))
    ports = port_names({code for row in found for code in row.ports[: sentences.PORTS_NAMED]})
    several: dict[uuid.UUID, list[str]] = {}
    for row in sorted(found, key=lambda row: (-row.imported, row.account.name)):
        whose = "You" if len(held.own) == 1 else row.account.name
        several.setdefault(row.notice_id, []).append(sentences.of(of_id[row.notice_id], row, ports, whose=whose))
    return {notice: " ".join(said) for notice, said in several.items()}


def _together(notice: Notice, row: dict[str, object]) -> str:
    imported, filed = Decimal(str(row["value"] or 0)), Decimal(str(row["filed"] or 0))
    who = plural(int(str(row["n"])), "account")
    duty, duty_filed = Decimal(str(row["duty"] or 0)), Decimal(str(row["duty_filed"] or 0))
    if not imported and not filed and (duty or duty_filed):
        own = f"deposited {money(duty)} of duty under this" if duty else ""
        also = f"filed {money(duty_filed)} of {'it' if duty else 'duty under this'} for others" if duty_filed else ""
        return f"{who} {' and '.join(filter(None, (own, also)))} in 12 months."
    if not imported and not filed:
        return f"{who} began to trade in this only this month: no month is whole yet."
    if not imported:
        return f"{who} filed {money(filed)} of this for others in 12 months; the duty is theirs."
    cost = sentences.cost_of(notice, row["more"])  # type: ignore[arg-type]
    also = f" and filed {money(filed)} of it for others" if filed else ""
    return f"{who} imported {money(imported)} of this{also} in 12 months" + (f"; {cost}." if cost else ".")


@dataclass(frozen=True)
class Ahead:
    """Of the changes ahead: how many touch the trade, and what they add to a year's duty together, in dollars."""

    touching: int
    added: Decimal


def ahead(notices: QuerySet[Notice], person: Person, held: Reach) -> Ahead:
    """The sums over notices whose change lies ahead; one statement."""
    rows = _rows(person, held).filter(notice__in=notices.order_by().values("pk"))
    sums = rows.aggregate(n=Count("notice", distinct=True), more=Sum("added"))
    return Ahead(sums["n"], sums["more"] or Decimal(0))


def most_at_stake(notices: QuerySet[Notice], person: Person, held: Reach, count: int) -> list[Notice]:
    """The first of these by the dollars that they move a year, up or down, then by their day; two statements."""
    found = list(notices.order_by("effective_date", "pk")[:MOST_SORTED])
    rows = _rows(person, held).filter(notice__in=[one.pk for one in found])
    stake = {row["notice"]: abs(row["more"] or 0) for row in rows.values("notice").annotate(more=Sum("added"))}
    return sorted(found, key=lambda one: -stake.get(one.pk, 0))[:count]
