"""What stands in no file: people, managers, absences and notices of the invented world."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account, Assignment, Center, Cover, Membership, Person
from demonstration import asked, controlled, detentions, inquired, offices, people, told
from demonstration.world import World
from demonstration.world.notices import Notice as Invented
from notices import asking, audience, telling, touching
from notices.models import LeadTime, Notice, Step, Subject
from notifications.models import Delivery

MORNING = datetime.time(9, 0)
OPENS, CLOSES = (datetime.time(8, 30), datetime.time(7)), (datetime.time(17), datetime.time(15, 30))
#: Notices published within so many days go out as mail for real; older ones were told in the past.
TOLD_TODAY_DAYS = 3
ROLES = {
    "member": Person.Role.MEMBER,
    "member, administrator": Person.Role.MEMBER,
    "manager": Person.Role.MANAGER,
    "expert": Person.Role.EXPERT,
    "headquarters": Person.Role.HEADQUARTERS,
}


def settle(world: World) -> None:
    """Give the loaded accounts their people, managers and notices, in one transaction."""
    with transaction.atomic():
        accounts = {account.name: account for account in Account.objects.filter(state=Account.State.ACTIVE)}
        _name_contacts(world)
        _sign_ins(world, accounts)
        _managers(world, accounts)
        told.choose(world)
    with transaction.atomic():
        detentions.settle(world)
        _notices(world)
        told.come_back(world)
        _additional_duties()
        asked.write_down(world)
        offices.settle(world)
        controlled.settle(world)
        inquired.settle(world)
        people.settle(world)


def _name_contacts(world: World) -> None:
    """Contacts that the accounts file named by their address get their names."""
    names = {company.email.lower(): company.contact for company in world.accounts}
    people = list(Person.objects.filter(email__in=names))
    for person in people:
        person.name = names[person.email]
    Person.objects.bulk_update(people, ["name"])


def _sign_ins(world: World, accounts: dict[str, Account]) -> None:
    password = make_password(settings.DEMO_PASSWORD)
    for one in world.sign_ins:
        person, _ = Person.objects.update_or_create(
            email=one.email, defaults={"name": one.name, "role": ROLES[one.role], "password": password}
        )
        if one.account:
            membership, made = Membership.objects.get_or_create(
                account=accounts[one.account], person=person, ended_at=None, defaults={"administrator": True}
            )
            if not made and not membership.administrator:
                membership.administrator = True
                membership.save()


def _managers(world: World, accounts: dict[str, Account]) -> None:
    since = world.as_of - datetime.timedelta(days=420)
    centers = {center.code: center for center in Center.objects.all()}
    for number, manager in enumerate(world.managers):
        called = {"telephone": f"202-555-01{40 + number}", "opens": OPENS[number % 2], "closes": CLOSES[number % 2]}
        person, _ = Person.objects.update_or_create(
            email=manager.email,
            defaults={"name": manager.name, "role": Person.Role.MANAGER, "center": centers[manager.center], **called},
        )
        Assignment.objects.bulk_create(
            Assignment(account=accounts[name], manager=person, starts=since) for name in manager.accounts
        )
    by_email = {person.email: person for person in Person.objects.filter(role=Person.Role.MANAGER)}
    for manager in world.managers:
        if manager.absent and manager.covered_by:
            first, last = manager.absent
            Cover.objects.create(
                absent=by_email[manager.email],
                covered_by=by_email[manager.covered_by],
                starts=first,
                ends=last + datetime.timedelta(days=1),
            )


#: What each kind of the invented world is about, as lead times are promised.
SUBJECTS = {
    "TARIFF_ACTION": Subject.TARIFF,
    "RULING": Subject.RULING,
    "FEE": Subject.FEE,
    "SYSTEM": Subject.SYSTEM,
    "REGULATION": Subject.REGULATION,
    "FORCED_LABOR": Subject.FORCED_LABOR,
    "ADCVD": Subject.ADCVD,
    "PORT": Subject.PORT,
    "PROGRAM": Subject.PROGRAM,
    "BROKER": Subject.OTHER,
}
IN_TRANSIT = "Goods loaded before that day and entered within thirty days keep the old rate."


def _drafted(invented: Invented, author: Person) -> Notice:
    change = {"rate_change": Decimal(invented.rate_change), "in_transit": IN_TRANSIT} if invented.rate_change else {}
    return Notice.objects.draft(
        by=author,
        kind=invented.kind,
        number=invented.number,
        subject=SUBJECTS[invented.subject],
        title=invented.title,
        body=invented.body,
        to_do=invented.to_do,
        effective_date=invented.effective_date,
        respond_by=invented.answer_by,
        late_reason=invented.late,
        outside_control=bool(invented.late),
        account_kinds=[kind.lower() for kind in invented.account_types],
        hts_prefixes=list(invented.hts_prefixes),
        countries=list(invented.countries),
        ports=list(invented.ports),
        **change,
    )


def _notices(world: World) -> None:
    author = Person.objects.filter(role=Person.Role.HEADQUARTERS).order_by("email").last()
    publisher = Person.objects.filter(role=Person.Role.HEADQUARTERS).order_by("email").first()
    assert author is not None
    assert publisher is not None
    made: dict[str, Notice] = {}
    for invented in sorted(world.notices, key=lambda one: one.published):
        notice = made[invented.title] = _drafted(invented, author)
        if invented.draft:
            continue
        if (timezone.localdate() - invented.published).days > TOLD_TODAY_DAYS:  # also of a world that ended long ago
            _told_in_the_past(notice, invented, publisher)
            continue
        notice.submit(by=author)
        if invented.scheduled:
            notice.schedule(_moment(invented.published), by=publisher)
        else:
            notice.publish(by=publisher)
    for invented in world.notices:
        _ended(made[invented.title], invented, made, author)


def _moment(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, MORNING))


def _told_in_the_past(notice: Notice, invented: Invented, publisher: Person) -> None:
    """A notice of an earlier day: its mails went out then, and most of them were read."""
    at = _moment(invented.published)
    Notice.objects.filter(pk=notice.pk).update(
        state=Notice.State.PUBLISHED,
        published_at=at,
        published_by=publisher,
        created_at=at,
        promised_days=LeadTime.promised(notice.subject),
    )
    notice.refresh_from_db()
    notice.note(Step.What.PUBLISHED, publisher)
    Step.objects.filter(notice=notice).update(at=at)
    touching.write_down(notice)
    touching.announce(notice, publisher)
    telling.queue(notice, audience.people_of(notice))
    message = telling.message_of(notice)
    message.deliveries.update(state=Delivery.State.SENT, sent_at=at, due_at=at, attempts=1)
    with connection.cursor() as cursor:
        # Seven of eight were read within days; which ones follows from the address, not from chance.
        cursor.execute(
            """UPDATE notifications_delivery d SET read_at = d.sent_at + interval '26 hours'
               FROM accounts_person p WHERE p.id = d.person_id AND d.message_id = %s
                 AND get_byte(decode(md5(p.email || %s), 'hex'), 0) >= 32""",
            [message.pk, str(notice.number)],
        )


def _ended(notice: Notice, invented: Invented, made: dict[str, Notice], by: Person) -> None:
    """What was superseded or taken back since, a few days after it came."""
    if invented.retracted:
        notice.retract(by=by, why="The lane opens later than planned.")
        at = _moment(invented.published + datetime.timedelta(days=9))
        Notice.objects.filter(pk=notice.pk).update(retracted_at=at)
        notice.steps.filter(what=Step.What.RETRACTED).update(at=at)
    new = next(
        (one for title, one in made.items() if invented.superseded_by and title.startswith(invented.superseded_by)),
        None,
    )
    if new is not None:
        Notice.objects.filter(pk=new.pk).update(replaces=notice, replaces_how=Notice.Replaces.SUPERSEDES)
        Notice.objects.filter(pk=notice.pk).update(state=Notice.State.SUPERSEDED, ended_at=new.published_at)
        notice.note(Step.What.SUPERSEDED, by, f"{new.get_kind_display()} {new.number}")
        notice.steps.filter(what=Step.What.SUPERSEDED).update(at=new.published_at)


#: Chapter 99 numbers that a notice of the invented world asks for, by the beginning of its title.
ASKED_FOR = {"Exclusions of section 301": "990388"}


def _additional_duties() -> None:
    """Those notices ask for it, so that the check of chapter 99 numbers has something to look for."""
    for title, chapter_99 in ASKED_FOR.items():
        for notice in Notice.objects.filter(title__startswith=title, rate_change__gt=0, state=Notice.State.PUBLISHED):
            notice.chapter_99 = chapter_99
            notice.save(update_fields=["chapter_99"])
            asking.ask(notice)
