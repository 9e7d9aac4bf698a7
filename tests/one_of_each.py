"""A row of everything that the administration shows, room by room."""

import datetime

from django.utils import timezone

from accounts.models import Cover, Delegation, Invitation, Lapse
from compliance.bonds.models import Bond, BondStep, BondTerms, CoveredNumber, Delinquency
from compliance.controls.models import SelfAssessment
from compliance.measurement.models import CargoLook
from compliance.programs.models import Done, Step
from compliance.risk.recompute import recompute
from compliance.trends.models import PeerFit, SharedTrend
from documents.models import Document
from examinations.models import AdditionalDuty
from inquiries.models import Absence, AnswerTemplate, Contact, FollowUp, InboundMail, KnowledgeEntry
from notices.models import LeadTime, Notice
from notifications.models import Delivery, Message
from tests.compliance.measurement.lines import import_lines, plan_of
from tests.compliance.plans.world import agreed
from tests.compliance.selection.rounds import opened
from tests.compliance.trends.examined_world import make_trend
from tests.inquiries.threads import asked, brought_in, rule_of
from tests.named_people import World

DAY = datetime.timedelta(1)


def one_of_each(world: World, today: datetime.date) -> None:
    """At least one row of each model, as few as show it."""
    recompute(None, today)
    opened(world.hq)
    import_lines(world, 40)
    plan = plan_of(world)
    plan.freeze(by=world.hq, seed=1)
    line = plan.drawn.first()
    CargoLook.ask(plan, line.entry_number, line.line, because="The goods tell", by=world.hq)
    agreed(world)
    for of_a_room in (_people, _bonds, _told, _examined, _trends, _promised, _asked):
        of_a_room(world, today)


def _people(world: World, today: datetime.date) -> None:
    Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today, ends=today + 9 * DAY)
    Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["entries"],
        power_of_attorney=today,
        expires=today + 9 * DAY,
    )
    invited = {"email": "sam@people.example", "name": "Sam", "administrator": False}
    Invitation.invite(world.quillard, **invited, by=world.robin, at=timezone.localtime())
    Lapse.objects.create(person=world.lee, unused_since=today - 9 * DAY, warned_on=today, closes_on=today + DAY)


def _bonds(world: World, today: datetime.date) -> None:
    bond = Bond.objects.create(
        number="1",
        account=world.quillard,
        activity_code="1",
        amount=1,
        effective=today,
        version_at=timezone.now(),
        load=world.load,
    )
    CoveredNumber.objects.create(
        bond=bond,
        identifier=world.quillard.identifiers.get(),
        account=world.quillard,
        principal_account=world.quillard,
        role="PRINCIPAL",
    )
    BondStep.record(bond, "letter", on=today, by=world.hq, today=today)
    Delinquency.record(world.quillard, since=today, by=world.hq, today=today)
    BondTerms.objects.create(since=today)


def _told(world: World, today: datetime.date) -> None:
    notice = Notice.objects.create(kind="CSMS", number="1", title="T", body="B", author=world.hq)
    LeadTime.objects.create(subject="fee", days=90)
    message = Message.objects.create(key="k", topic="t", subject="S", text="B", about=notice)
    Delivery.objects.create(message=message, person=world.robin, account=world.quillard, due_at=timezone.now())


def _examined(world: World, today: datetime.date) -> None:
    row = {"notice": "1", "title": "T", "chapter_99": "990388", "hts_prefixes": ["8501"], "points": 25}
    AdditionalDuty.objects.create(**row, first_entry_date=today)
    Document.objects.create(
        account=world.quillard,
        about=world.examinations["held"],
        by=world.robin,
        name="list.pdf",
        kind="pdf",
        size=9,
        sha256="0" * 64,
        scan="none",
        file="documents/nowhere",
    )


def _trends(world: World, today: datetime.date) -> None:
    make_trend(world.quillard)
    PeerFit.objects.create(as_of=today, side="importer", measure="discrepancy", examinations=1, data=b"")
    since = dict.fromkeys(("found_on", "as_of", "since", "since_low", "since_high"), today)
    counts = {"accounts": 3, "examinations": 9, "discrepancies": 4, "expected": 1, "q_value": 0.01}
    SharedTrend.objects.create(manufacturer_id="INLAMPS1RAJ", **since, **counts)


def _promised(world: World, today: datetime.date) -> None:
    SelfAssessment.start(world.quillard, by=world.robin, on=today)
    Step.record(world.quillard, "CTPAT", "applied", on=today, by=world.hq, today=today)
    Done.test(world.quillard, on=today, words="Thirty lines", by=world.robin, today=today)


def _asked(world: World, today: datetime.date) -> None:
    contact = Contact.note(world.quillard, kind="call", on=today, whom="Robin", words="Hello", by=world.hq, today=today)
    FollowUp.plan(contact, what="Call back", due=today, by=world.hq, today=today)
    brought_in(world, asked(world))
    InboundMail.objects.create(digest="0" * 64, received_at=timezone.now(), via="test", size=9)
    KnowledgeEntry.objects.create(
        question="Q",
        answer="A",
        category_id="classification",
        authority_kind="ruling",
        authority="N301234",
        answered_on=today,
        written_by=world.hq,
    )
    rule_of(world)
    AnswerTemplate.objects.create(name="T", text="Dear {asker}")
    Absence.objects.create(expert=world.expert, starts=today, ends=today + 9 * DAY)
