"""Colleagues of the importer's administrator, an open invitation, access that closes soon, and answers for everybody."""

import datetime

from django.utils import timezone

from accounts.models import Account, Assignment, Invitation, Lapse, Membership, Person
from demonstration.world import World
from inquiries.knowledge.doubting import doubt
from inquiries.models import Contact, KnowledgeEntry
from notices.models import Notice

DAY = datetime.timedelta(days=1)
#: Name, what it is said to be reached by, language, days since the last sign-in (none: never), administrator.
COLLEAGUES = (
    ("Dana Whitlock", "202-555-0117", "es", 2, True),
    ("Ines Calloway", "202-555-0164", "", 41, False),
    ("Tomas Ostrander", "", "de", 63, False),
)
INVITED = "Quinn Adair"
#: Category, question, answer, section of 19 CFR, days ago.
ANSWERS = (
    (
        "origin",
        "Must each article show its country of origin, or is the retail box enough?",
        "Every article of foreign origin is marked so that the ultimate purchaser in the United States can read where it is "
        "from. Where it reaches that purchaser in its box, usually unopened, a mark on the box is enough.",
        "134.32", 212,
    ),
    (
        "valuation",
        "We give moulds to the factory for free. Are they part of the value that we declare?",
        "Yes. Moulds that the buyer supplies free of charge for the production of the goods are an assist; their value is added "
        "to the price paid, spread over the goods in a way that suits.",
        "152.103(d)", 167,
    ),
    (
        "controls",
        "How long must we keep the papers of an entry?",
        "Five years from the date of entry, ready to be shown when CBP asks.",
        "163.4", 98,
    ),
    (
        "bond",
        "Our bond is to be terminated and replaced. Is there a day on which we stand without one?",
        "Not if the days meet: a termination takes effect on the day that is asked for, ten business days after CBP has the request "
        "at the earliest. Let the new bond take effect on that day.",
        "113.27", 61,
    ),
)  # fmt: skip
PART = (
    "Do parts of machines of heading {heading} go under the heading of the machine?",
    "A part that is an article of a heading of its own goes there; others, where they are suitable for use solely or principally "
    "with the machine, go with it. Send the drawing with a question where it is not plain.",
    "152.11",
)


def settle(world: World) -> None:
    """In the order of the lists, so that the same world has the same of it."""
    account = Account.objects.get(name=world.importer)
    administrator = Person.objects.get(email="importer@demo.example")
    noon = timezone.make_aware(datetime.datetime.combine(world.as_of, datetime.time(12)))
    for name, telephone, language, days, administers in COLLEAGUES:
        _colleague(account, name, telephone, language, noon - days * DAY, administers)
    _lapses(world.as_of)
    Person.objects.filter(pk=administrator.pk).update(telephone="202-555-0101", last_login=noon - DAY)
    Invitation.invite(
        account, email=_address(INVITED), name=INVITED, administrator=False, by=administrator, at=noon - 2 * DAY
    )
    _answers(world)
    _reviews(world)


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@demo.example"


def _colleague(
    account: Account, name: str, telephone: str, language: str, last: datetime.datetime, administers: bool
) -> None:
    person = Person.objects.create_user(_address(name), name=name, telephone=telephone, language=language)
    joined = last - 200 * DAY
    Person.objects.filter(pk=person.pk).update(last_login=last, created_at=joined)
    one = Membership.objects.create(account=account, person=person, administrator=administers)
    Membership.objects.filter(pk=one.pk).update(created_at=joined)


def _lapses(as_of: datetime.date) -> None:
    """One warned and one closed, as the scheduler would have done on the days past."""
    for name, _, _, days, _ in COLLEAGUES:
        since = as_of - days * DAY
        if days > 38:
            closes = since + 45 * DAY
            Lapse.objects.create(
                person=Person.objects.get(email=_address(name)), unused_since=since, warned_on=since + 38 * DAY,
                closes_on=closes, closed_on=closes if closes <= as_of else None,
            )  # fmt: skip


def _answers(world: World) -> None:
    writer, publisher = (Person.objects.get(email=f"{name}@demo.example") for name in ("manager", "approver"))
    told = Notice.objects.filter(state=Notice.State.PUBLISHED).exclude(hts_prefixes=[]).order_by("-published_at")
    named = (prefix[:4] for one in told for prefix in one.hts_prefixes if len(prefix) >= 4)
    heading = next(named, "8501")
    rows = [(*one, "") for one in ANSWERS]
    rows.append(("classification", PART[0].format(heading=heading), *PART[1:], 301, heading))
    KnowledgeEntry.objects.bulk_create(
        KnowledgeEntry(
            category_id=category, question=question, answer=answer, authority_kind="cfr", authority=section,
            heading=heading, answered_on=world.as_of - days * DAY, state=KnowledgeEntry.State.PUBLISHED,
            written_by=writer, published_by=publisher, published_on=world.as_of - (days - 3) * DAY,
        )
        for category, question, answer, section, days, heading in rows
    )  # fmt: skip
    if not doubt(world.as_of):  # no notice of this world names goods: the oldest answer is doubted by a person
        KnowledgeEntry.objects.filter(heading=heading).update(doubted_on=world.as_of - 3 * DAY)


def _reviews(world: World) -> None:
    """A yearly review of each account, one after the other over thirteen months: a few are due."""
    answer = Assignment.objects.filter(ends=None, starts__lte=world.as_of).order_by("account__name", "pk")
    rows = list(answer.values_list("account", "manager"))
    step = 395 / max(1, len(rows))
    Contact.objects.bulk_create(
        Contact(
            account_id=account, kind=Contact.Kind.REVIEW, on=world.as_of - round(number * step + 5) * DAY, by_id=manager,
            whom="The import department", words="Went through the year: examinations, corrections, plans, and who is who.",
        )
        for number, (account, manager) in enumerate(rows)
    )  # fmt: skip
