"""Inquiries of the invented world: experts and their groups, rules, templates, and questions in every state."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import Account, Assignment, Membership, Person
from demonstration.asking import TEMPLATES, TOPICS, Topic
from demonstration.world import World
from examinations.calendar import is_working_day
from examinations.models import Examination, ResultQuestion
from inquiries.models import AnswerTemplate, Category, ExpertGroup, GroupMember, Inquiry, Outcome, Rule
from inquiries.routing.round import route_waiting

DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
#: Groups, with their people; whoever signs in as the expert is in the first two and the last.
GROUPS = {
    "Machinery and electronics classification": ("Pat Oduya", "Alex Thornbury", "Wren Castellan"),
    "Valuation": ("Dara Whitlock", "Noor Prescott", "Sidney Halloran"),
    "AD/CVD and origin": ("Marlow Deane", "Inez Barrow", "Teddy Lachlan"),
    "Bonds and revenue": ("Gale Winterton", "Ros Meridew", "Corin Ashby"),
    "Release and detentions": ("Ames Holloway", "Bree Kinnaird", "Jules Farraday"),
}
#: Place, name, group, and what it asks.
RULES: Sequence[tuple[int, str, str, dict[str, object]]] = (
    (10, "Goods that are held", "Release and detentions", {"categories": ["hold", "ipr"]}),
    (20, "Large AD/CVD and origin questions", "AD/CVD and origin", {"categories": ["adcvd", "origin", "preference"]}),
    (30, "Machinery and electronics", "Machinery and electronics classification",
     {"categories": ["classification"], "headings": ["8401-8548"]}),
    (40, "Valuation from $10,000", "Valuation", {"categories": ["valuation"], "least_amount": Decimal(10_000)}),
    (50, "Bonds", "Bonds and revenue", {"categories": ["bond"]}),
    (60, "Disputed results", "Machinery and electronics classification", {"categories": ["result-disagree"]}),
)  # fmt: skip
#: One account in so many asks, the first by name.
ASKING_ONE_IN = 6


@dataclass(frozen=True)
class Office:
    """Who acts, and on which day it is."""

    today: datetime.date
    headquarters: Person

    def at(self, days_ago: int, hour: int, minute: int = 0) -> datetime.datetime:
        """A moment of a working day so long ago, or of the one before."""
        day = self.today - days_ago * DAY
        while not is_working_day(day):
            day -= DAY
        return datetime.datetime.combine(day, datetime.time(hour, minute), ZoneInfo(settings.TIME_ZONE))


def settle(world: World) -> None:
    """Once; a second call finds the groups and changes nothing."""
    headquarters = Person.objects.filter(role=Person.Role.HEADQUARTERS).order_by("email").first()
    if headquarters is None or ExpertGroup.objects.exists():
        return
    office = Office(world.as_of, headquarters)
    _experts()
    for name, (code, text) in TEMPLATES.items():
        AnswerTemplate.objects.create(name=name, text=text, category=Category.objects.filter(pk=code).first())
    _of_many(office, world.importer)
    mine = Account.objects.filter(name=world.importer).first()
    if mine is not None:
        _of_the_sign_in(office, mine)


def _experts() -> None:
    for name, people in GROUPS.items():
        group = ExpertGroup.objects.create(name=name)
        for person in people:
            email = f"{person.lower().replace(' ', '.')}@demo.example"
            expert, _ = Person.objects.get_or_create(email=email, defaults={"name": person, "role": Person.Role.EXPERT})
            GroupMember.objects.create(group=group, expert=expert)
    signs_in = Person.objects.filter(email="expert@demo.example").first()
    names = list(GROUPS)
    for name in (*names[:2], names[-1]) if signs_in else ():
        GroupMember.objects.create(group=ExpertGroup.objects.get(name=name), expert=signs_in)
    for place, name, group_name, asks in RULES:
        Rule.objects.create(place=place, name=name, group=ExpertGroup.objects.get(name=group_name), **asks)


def _member(account: Account) -> Person | None:
    rows = Membership.objects.filter(account=account, ended_at=None, person__is_active=True).select_related("person")
    found = rows.order_by("-administrator", "person__email").first()
    return found.person if found else None


def _manager(account: Account, office: Office) -> Person:
    found = Assignment.objects.on(office.today).filter(account=account).select_related("manager").first()
    return found.manager if found else office.headquarters


def _asked(account: Account, topic: Topic, by: Person, now: datetime.datetime, **given: object) -> Inquiry:
    one: Inquiry = Inquiry.objects.ask(  # type: ignore[attr-defined]
        account, subject=topic.subject, text=topic.question, category=Category.objects.get(pk=topic.category), by=by,
        heading=topic.heading, now=now, **given,
    )  # fmt: skip
    route_waiting(now + HOUR / 6)
    one.refresh_from_db()
    return one


def _answered(one: Inquiry, topic: Topic, by: Person, now: datetime.datetime) -> None:
    one.answer(
        by=by, text=topic.answer, authority_kind=topic.authority_kind or "none", authority=topic.authority,
        why_no_authority=topic.why_no_authority, now=now,
    )  # fmt: skip


def _of_many(office: Office, but: str) -> None:
    """A year of questions of other accounts: most answered in time, one in nine late, the newest still waiting."""
    asking = Account.objects.filter(state=Account.State.ACTIVE, memberships__ended_at=None).exclude(name=but)
    for number, account in enumerate(asking.distinct().order_by("name")[::ASKING_ONE_IN]):
        member, topic = _member(account), TOPICS[number % len(TOPICS)]
        if member is None:
            continue
        manager, ago = _manager(account, office), 2 + (number * 37) % 330
        one = _asked(account, topic, member, office.at(ago, 8 + number % 7, 5 * (number % 12)))
        if ago < 4:
            continue
        late = number % 9 == 4
        took = 11 if late else 1 + number % 2
        _answered(one, topic, manager, office.at(max(ago - took, 1), 14 + number % 3))
        if number % 4 == 1:
            one.close(by=member, now=office.at(max(ago - took - 1, 1), 16, 30))


def _of_the_sign_in(office: Office, account: Account) -> None:
    """Of the importer of the sign-in one inquiry in each state."""
    member, manager = _member(account), _manager(account, office)
    if member is None:
        return
    topics = {topic.category: topic for topic in TOPICS}
    kept = _asked(account, topics["valuation"], member, office.at(64, 9, 20))
    _answered(kept, topics["valuation"], manager, office.at(63, 11))
    kept.close(by=member, now=office.at(60, 10))
    missed = _asked(account, topics["preference"], member, office.at(41, 10, 5))
    _answered(missed, topics["preference"], manager, office.at(31, 15))
    back = _asked(account, topics["bond"], member, office.at(5, 9, 40))
    back.ask_back(
        by=manager,
        now=office.at(4, 10, 15),
        text="Do you expect to import more next year than this one, and if so, of which goods and how much?",
    )
    with_expert = _asked(account, topics["classification"], member, office.at(2, 14, 10))
    expert = Person.objects.filter(email="expert@demo.example").first()
    if expert is not None:
        with_expert.bring_in(
            by=manager,
            group=ExpertGroup.objects.get(name=next(iter(GROUPS))),
            expert=expert,
            now=office.at(1, 9, 5),
            because="Is it one machine, and does it matter how the gear is fitted?",
        )
        with_expert.note(
            by=expert,
            kind="proposal",
            now=office.at(1, 9, 48),
            text="Gear motors stay in 8501: the motor with its gear box is one machine there. But some of their entries "
            "declare 8483.40. Look at those before the answer goes out.",
        )
    _about_a_hold(office, account, member, topics["hold"])
    _about_a_result(office, account, member, manager)


def _about_a_hold(office: Office, account: Account, member: Person, topic: Topic) -> None:
    held = Examination.objects.visible_to(member).filter(account=account, released=None, closed=None)  # type: ignore[attr-defined]
    about = held.order_by("-selected", "pk").first()
    if about is not None:
        _asked(
            account, topic, member, office.at(1, 15, 30), about=about, urgency="now",
            urgent_because="Our line stands still on Monday without these parts.",
        )  # fmt: skip


def _about_a_result(office: Office, account: Account, member: Person, manager: Person) -> None:
    """A dispute of a heading that was found wrong, answered: what came of it stands at the examination."""
    asked = ResultQuestion.objects.filter(account=account, examination__closed__isnull=False)
    closed = Examination.objects.visible_to(member).filter(  # type: ignore[attr-defined]
        account=account, disposition="DISCREPANCY_MTD", discrepancies__type="CLASS"
    )
    about = closed.exclude(pk__in=asked.values("examination")).order_by("-closed", "pk").first()
    if about is None:
        return
    question = ResultQuestion.objects.ask(  # type: ignore[attr-defined]
        about, account=account, kind="disagree", by=member,
        text="The report says that we declared the wrong heading. Our ruling covers exactly this article. Please look again.",
    )  # fmt: skip
    one = Inquiry.objects.get(question=question)
    route_waiting(one.asked_at)
    one.refresh_from_db()
    one.answer(
        by=manager, outcome=Outcome.STANDS, authority_kind="cfr", authority="152.11",
        text="We looked at it once more with the import specialist. The ruling that you name covers the motor alone; what was "
        "examined had a pump mounted on it. The result stands. The last day for a protest is shown at the examination.",
    )  # fmt: skip
