"""Everybody who has to do with an account, by role: its own people, CBP's, and its brokers'."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Value, When
from django.db.models.functions import Coalesce

from accounts.access import reach_now
from accounts.answering import Answering
from accounts.models import Account, Delegation, Membership, Person
from inquiries.leaving import UNFINISHED
from inquiries.models import Involvement
from look.formats import long_day


@dataclass(frozen=True)
class Somebody:
    """One line: a person, or a company whose people the reader may not see. email: empty for a company."""

    name: str
    email: str
    role: str


def people_of(account: Account, reader: Person, answering: Answering | None, today: datetime.date) -> list[Somebody]:
    """In the order of whom one would ask first: CBP's manager and who covers, the account's administrators and members,
    CBP's experts, brokers to whom the account opens its data.

    Experts stand there for staff alone: whom an inquiry was routed to is no matter of the account's. A broker's people
    stand there by name only for who may open the broker's own pages, else the broker alone does. Two statements, and one
    where the reader may see a broker's people.
    """
    return [*_of_cbp(answering), *_own_and_experts(account, reader), *_brokers(account, reader, today)]


def _of_cbp(answering: Answering | None) -> list[Somebody]:
    if answering is None:
        return []
    manager = Somebody(answering.manager.name, answering.manager.email, "CBP’s account manager")
    if answering.cover is None:
        return [manager]
    role = f"covers for {manager.name} until {long_day(answering.cover.last_day)}"
    return [manager, Somebody(answering.person.name, answering.person.email, role)]


#: Kinds of lines, in their order.
ADMINISTRATOR, MEMBER, EXPERT = 0, 1, 2


def _own_and_experts(account: Account, reader: Person) -> list[Somebody]:
    """The account's own people; for staff the experts behind them, each once, however many inquiries they were brought into."""
    kind = Case(When(administrator=True, then=Value(ADMINISTRATOR)), default=Value(MEMBER))
    members = Membership.objects.filter(account=account, ended_at=None)
    rows = members.values_list(kind, "person__name", "person__email", Value(""))
    if reach_now(reader).sees_law_enforcement_data(account.pk):
        involved = Involvement.objects.visible_to(reader).filter(  # type: ignore[attr-defined]
            account=account, until=None, inquiry__state__in=UNFINISHED,
            expert__is_active=True, expert__role=Person.Role.EXPERT,
        )  # fmt: skip
        group = Coalesce("group__name", Value(""))
        rows = rows.union(involved.values_list(Value(EXPERT), "expert__name", "expert__email", group))
    fields: dict[tuple[int, str, str], list[str]] = {}
    for place, name, email, group_name in sorted(rows):
        fields.setdefault((place, name, email), []).extend([group_name] if group_name else [])
    roles = {ADMINISTRATOR: "administrator", MEMBER: "member", EXPERT: "CBP’s expert on an open inquiry"}
    return [Somebody(name, email, ", ".join([roles[place], *of])) for (place, name, email), of in fields.items()]


def _brokers(account: Account, reader: Person, today: datetime.date) -> list[Somebody]:
    rows = Delegation.objects.filter(importer=account, revoked_at=None, power_of_attorney__lte=today)
    given = list(rows.filter(expires__gte=today).select_related("broker").order_by("broker__name"))
    people: dict[UUID, list[Person]] = {}
    held = reach_now(reader)
    if readable := [one.broker_id for one in given if held.opens(one.broker_id)]:
        members = Membership.objects.filter(account__in=readable, ended_at=None).select_related("person")
        for member in members.order_by("person__name"):
            people.setdefault(member.account_id, []).append(member.person)
    found = []
    for one in given:
        role = f"broker, may see {', '.join(kind.lower() for kind in one.opened)} until {long_day(one.expires)}"
        found.append(Somebody(one.broker.name, "", role))
        found += [Somebody(who.name, who.email, f"of {one.broker.name}") for who in people.get(one.broker_id, [])]
    return found
