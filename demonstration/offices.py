"""Whom to call at night, appeals about Centers, and an absence that is planned: no file tells it."""

import datetime

from accounts.models import Account, Center, CenterAppeal, Cover, Membership, NightContact, Person
from demonstration.world import World

DAY = datetime.timedelta(days=1)
#: One account in so many, by name, names somebody.
NAMED = 3
NIGHT = (
    ("Night desk", "Speaks for the warehouse too."),
    ("Duty dispatcher", ""),
    ("Traffic office", "Ask for the shift lead."),
)
#: The Center that is asked for: another than the one that answers.
WISHED, OTHERWISE = "005", "009"
ASKED = (
    "What CBP asks us about, entry after entry, is the metal that our parts are made of: the Center that knows base metals"
    " would know our answers."
)
REFUSED = (
    "By value most of what you import is of the chapters of your Center, which answers for an importer as a whole."
)


def settle(world: World) -> None:
    """In the order of names, so that the same world has the same of it."""
    headquarters = Person.objects.filter(role=Person.Role.HEADQUARTERS).order_by("email").first()
    manager = Person.objects.filter(email="manager@demo.example").first()
    assert headquarters is not None
    assert manager is not None
    _night_contacts(world)
    theirs = _with_administrators(Account.objects.filter(assignments__manager=manager, kind=Account.Kind.IMPORTER))
    mine = next((one for one in theirs if one.account.name == world.importer), None)
    other = next((one for one in theirs if one.account.name != world.importer), None)
    if mine:
        _ask(mine, world.as_of - 45 * DAY).refuse(by=headquarters, words=REFUSED, on=world.as_of - 31 * DAY)
    if other:
        _ask(other, world.as_of - 9 * DAY)
    _planned_absence(world, manager, headquarters)


def _with_administrators(accounts: object) -> list[Membership]:
    """One administrator of each account that has a Center, by the account's name."""
    rows = Membership.objects.filter(account__in=accounts, ended_at=None, administrator=True)
    found = rows.exclude(account__center=None).select_related("account", "person").order_by("account__name", "pk")
    return list({one.account_id: one for one in reversed(found)}.values())[::-1]


def _ask(of: Membership, on: datetime.date) -> CenterAppeal:
    wished = Center.objects.get(pk=WISHED if of.account.center_id != WISHED else OTHERWISE)
    return CenterAppeal.ask(of.account, wished=wished, reasons=ASKED, by=of.person, on=on)


def _night_contacts(world: World) -> None:
    rows = Membership.objects.filter(ended_at=None, administrator=True, account__state=Account.State.ACTIVE)
    people = list(rows.select_related("account", "person").order_by("account__name", "pk"))
    chosen = [one for number, one in enumerate(people) if not number % NAMED or one.account.name == world.importer]
    NightContact.objects.bulk_create(
        (
            NightContact(
                account=one.account, name=NIGHT[number % 3][0], note=NIGHT[number % 3][1],
                telephone=f"202-555-{100 + number % 100:04}", recorded_by=one.person,
            )
            for number, one in enumerate(chosen)
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def _planned_absence(world: World, manager: Person, by: Person) -> None:
    """The manager of the sign-in goes away in the third week from now, and covers for nobody then."""
    others = Person.objects.filter(role=Person.Role.MANAGER, is_active=True).exclude(pk=manager.pk)
    colleague = others.exclude(absences__ends__gt=world.as_of + 14 * DAY).order_by("name").first()
    if colleague:
        Cover.arrange(
            manager,
            covered_by=colleague,
            starts=world.as_of + 15 * DAY,
            last=world.as_of + 21 * DAY,
            by=by,
            today=world.as_of,
        )
