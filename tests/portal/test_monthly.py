"""The monthly report: to those who asked, with what each may see, once a month, and no more when it is stopped."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Assignment, Membership
from accounts.scope import acting_for
from compliance.bonds.models import Bond
from compliance.bonds.standing import Standing
from compliance.bonds.words import stands
from examinations.breakdowns.counting import recount
from examinations.models import Examination
from notifications.models import Delivery, Message
from portal import tasks
from portal.models import MonthlyReport
from portal.monthly.facts import MonthFacts
from portal.monthly.sending import TOPIC, due, first_working_day, send
from portal.monthly.words import lead_of, paragraphs_of, text_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until

MONTH = datetime.date(2026, 10, 1)
NOTHING = Decimal(0)


def facts(**changes: object) -> MonthFacts:
    known = dict.fromkeys(("entries", "examined", "selected", "held_now", "found", "ended"), 0)
    return MonthFacts(
        **{
            "month": MONTH,
            **known,
            "half_within": None,
            "owed": NOTHING,
            "overpaid": NOTHING,
            "duty": NOTHING,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (datetime.date(2026, 11, 25), datetime.date(2026, 11, 2)),  # the first is a Sunday
        (datetime.date(2026, 1, 5), datetime.date(2026, 1, 2)),  # New Year's Day
        (datetime.date(2026, 9, 1), datetime.date(2026, 9, 1)),
    ],
)
def test_the_first_working_day_is_one_of_federal_offices(month: datetime.date, day: datetime.date) -> None:
    assert first_working_day(month) == day


def test_a_month_is_told_in_whole_sentences() -> None:
    said = facts(entries=100, examined=3, selected=4, held_now=1, found=1, ended=3, half_within=2.0, owed=Decimal(1200))
    assert lead_of(said) == "CBP looked at 3 of 100 entries of October 2026; 1 shipment is held now."
    words = dict(paragraphs_of(said))
    assert words["Examined"] == (
        "4 cargo examinations were selected in this month. Three of them ended, half of them within 2 days."
    )
    assert words["Found"] == (
        "1 closed examination or review had a discrepancy. They found $1,200 more owed and $0 overpaid."
    )
    assert "Bond" not in words


def test_a_month_of_nothing_says_so() -> None:
    assert lead_of(facts()) == "In October 2026 no entry and no examination is on file."


@pytest.mark.parametrize(
    ("amount", "words"), [(200_000, "it is enough today."), (100_000, "it is $100,000 too small.")]
)
def test_the_bond_is_said_with_what_it_lacks(amount: int, words: str) -> None:
    bond = Standing(Bond(amount=Decimal(amount)), Decimal(1_940_000), Decimal("0.97"), Decimal(200_000), False, 1)
    said = facts(bond_amount=Decimal(amount), bond_use=bond.use, bond_stands=stands(bond, MONTH))
    assert dict(paragraphs_of(said))["Bond"].endswith(words)
    assert "97\u00a0%" in text_of(said, [("Examinations", "http://x.example/")])


# ---- asking, sending, stopping -----------------------------------------------------------------------------------


@pytest.fixture
def asked(world: World) -> World:
    """Robin, Billie and Jordan asked last month."""
    for person, account in (
        (world.robin, world.quillard),
        (world.billie, world.lindale),
        (world.jordan, world.quillard),
    ):
        MonthlyReport.ask(account, by=person)
    MonthlyReport.objects.update(created_at=timezone.now() - datetime.timedelta(days=40))
    return world


def send_all() -> int:
    """What the scheduler does on the first working day of this month."""
    first = first_working_day(timezone.localdate())
    return sum(send(wish, first) for wish in due(first))


def reports() -> dict[str, Message]:
    return {
        one.person.name: one.message
        for one in Delivery.objects.filter(message__topic=TOPIC).select_related("message", "person")
    }


@pytest.mark.django_db
def test_each_who_asked_gets_one_and_a_second_run_sends_none(asked: World) -> None:
    assert send_all() == 3
    assert send_all() == 0
    assert set(reports()) == {"Robin Castell", "Billie Lindale", "Jordan Ellery"}
    message = reports()["Robin Castell"]
    assert message.path == f"/accounts/{asked.quillard.pk}/monthly/"
    assert "Where the rows are" in message.text
    assert message.stop_after is not None


@pytest.mark.django_db
def test_on_no_other_day_is_anything_due(asked: World) -> None:
    first = first_working_day(timezone.localdate())
    assert len(due(first)) == 3
    assert len(due(first + datetime.timedelta(days=3))) == 3, "a scheduler that was down catches up"
    assert due(first - datetime.timedelta(days=1)) == []
    assert due(first + datetime.timedelta(days=8)) == []


@pytest.mark.django_db
def test_who_asks_in_the_month_waits_for_the_next(asked: World) -> None:
    MonthlyReport.objects.update(created_at=timezone.now() + datetime.timedelta(days=1))
    assert send_all() == 0


@pytest.mark.django_db
def test_who_lost_the_account_gets_none(asked: World) -> None:
    Membership.objects.get(person=asked.robin).end(by=asked.hq)
    Assignment.objects.filter(account=asked.quillard).update(manager=asked.morgan)
    send_all()
    assert set(reports()) == {"Billie Lindale"}


@pytest.mark.django_db
def test_an_open_review_and_why_goods_were_picked_are_in_no_members_report(asked: World) -> None:
    Examination.objects.update(selected=timezone.localdate().replace(day=1) - datetime.timedelta(days=3))
    recount(None)
    send_all()
    text = reports()["Robin Castell"].text
    # EX-HELD, EX-FOUND, EX-OTHER and EX-WAITING; neither review, the open one least of all.
    assert "4 cargo examinations were selected" in text
    assert "random" not in text.lower()
    assert "targeted" not in text.lower()
    assert "3 cargo examinations were selected" in reports()["Billie Lindale"].text


@pytest.mark.django_db
def test_the_page_asks_and_stops_with_one_button_each(world: World) -> None:
    robin = signed_in(world, "robin")
    assert "Send it to me each month" in robin.get("/monthly/").content.decode()
    for _ in range(2):
        assert robin.post("/monthly/", {"wanted": "yes"}).status_code == 302
    assert MonthlyReport.objects.count() == 1
    lee = signed_in(world, "lee")
    lee.post("/monthly/", {"wanted": "no"})
    assert MonthlyReport.objects.count() == 1, "nobody stops another's"
    assert "Stop the monthly report" in robin.get("/monthly/").content.decode()
    robin.post("/monthly/", {"wanted": "no"})
    assert not MonthlyReport.objects.exists()


@pytest.mark.django_db
def test_headquarters_reads_the_page_and_is_sent_nothing(world: World) -> None:
    hq = signed_in(world, "hq")
    MonthlyReport.ask(world.quillard, by=world.robin)
    page = hq.get(f"/accounts/{world.quillard.pk}/monthly/").content.decode()
    assert "By mail" not in page
    assert hq.post(f"/accounts/{world.quillard.pk}/monthly/", {"wanted": "yes"}).status_code == 404
    assert signed_in(world, "sam").post(f"/accounts/{world.quillard.pk}/monthly/", {"wanted": "yes"}).status_code == 404


@pytest.mark.django_db
def test_a_wish_is_the_persons_own(world: World) -> None:
    MonthlyReport.ask(world.quillard, by=world.robin)
    for name, seen in (("robin", 1), ("lee", 0), ("jordan", 0), ("billie", 0), ("hq", 1)):
        with acting_for(world.people[name]):
            assert MonthlyReport.objects.count() == seen, name
        assert MonthlyReport.objects.visible_to(world.people[name]).count() == seen, name


@pytest.mark.processes
def test_a_worker_writes_it_in_the_scope_of_who_asked(worker: Worker, living: World) -> None:
    for person, account in ((living.robin, living.quillard), (living.jordan, living.quillard)):
        MonthlyReport.ask(account, by=person)
    for wish in MonthlyReport.objects.all():
        for _ in range(2):
            tasks.send_monthly_report.delay(wish.pk, timezone.localdate().isoformat())
    until(lambda: Delivery.objects.filter(message__topic=TOPIC).count() == 2, 40)
    assert Message.objects.filter(topic=TOPIC).count() == 2
