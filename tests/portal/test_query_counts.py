"""No page asks the database more often because there are more rows."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Assignment, FilingRelation, Membership
from compliance.bonds.models import Bond, BondStep, CoveredNumber
from compliance.bonds.reviewing import review
from compliance.controls.models import SelfAssessment
from compliance.measurement.models import MeasurementPlan
from compliance.risk.models import Backtest, RiskModel
from compliance.risk.recompute import recompute
from compliance.selection.models import Round
from compliance.trends.models import SharedPart, SharedTrend
from examinations.breakdowns.counting import recount
from examinations.checks.finding import look
from examinations.models import Cost, Discrepancy, Examination, Export, Load, RequestLine, SupersededRow
from inquiries.models import Contact, FollowUp, KnowledgeEntry
from notices.models import Notice
from tests.compliance.measurement.lines import PERIOD
from tests.compliance.plans.world import begin
from tests.compliance.selection.rounds import CAPACITIES
from tests.compliance.trends.examined_world import make_trend
from tests.inquiries.threads import asked, brought_in
from tests.named_people import World, closed, make_account, make_entry, make_examination, make_person, make_request
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

EVER = "start=2000-01-01&reviews=1"
#: Page, who reads it, the most statements that it may take: those of session, person, scope and frame among them.
PAGES = [
    ("/", "robin", 38),
    ("/", "billie", 39),
    ("/", "jordan", 35),
    ("/", "expert", 12),
    ("/", "hq", 28),
    (f"/examinations/?{EVER}", "robin", 27),
    (f"/examinations/?{EVER}&download=csv", "robin", 21),
    (f"/examinations/?{EVER}", "billie", 29),
    (f"/accounts/{{quillard}}/examinations/?{EVER}", "jordan", 27),
    (f"/accounts/{{quillard}}/examinations/?{EVER}&download=xlsx", "hq", 21),
    ("/examinations/figures/", "robin", 24),
    ("/entries/?start=2000-01-01", "robin", 22),
    ("/entries/?start=2000-01-01", "billie", 24),
    ("/entries/?start=2000-01-01&download=csv", "robin", 20),
    ("/accounts/{quillard}/entries/?start=2000-01-01", "jordan", 22),
    ("/entries/9XZ12345671/", "robin", 22),
    ("/accounts/{lindale}/entries/9XZ12345671/", "billie", 23),
    (f"/requests/?{EVER}", "robin", 20),
    (f"/requests/?{EVER}&download=csv", "robin", 18),
    (f"/requests/?{EVER}", "billie", 21),
    (f"/accounts/{{quillard}}/requests/?{EVER}", "jordan", 20),
    ("/accounts/{quillard}/requests/new/", "jordan", 16),
    ("/requests/{asked}/", "robin", 22),
    ("/accounts/{quillard}/requests/{asked}/", "jordan", 22),
    ("/examinations/figures/by/?by=manufacturer&finding=CLASS", "robin", 22),
    ("/examinations/figures/by/?by=port", "billie", 25),
    ("/examinations/figures/change/", "robin", 22),
    ("/examinations/figures/definitions/", "robin", 14),
    ("/brokers/", "robin", 21),
    ("/duty/", "robin", 18),
    ("/duty/?download=csv", "billie", 18),
    ("/dates/", "robin", 22),
    ("/dates/", "billie", 22),
    ("/accounts/{quillard}/dates/?month=", "jordan", 23),
    ("/dates/closing/", "robin", 20),
    ("/dates/closing/?download=csv", "billie", 18),
    ("/own-rate/", "robin", 18),
    ("/trends/", "robin", 18),
    ("/plan/", "robin", 20),
    ("/accounts/{quillard}/plan/", "jordan", 20),
    ("/accounts/{quillard}/trends/", "jordan", 18),
    ("/trends/all/", "jordan", 16),
    ("/trends/across/", "hq", 16),
    ("/accounts/{quillard}/contacts/", "jordan", 20),
    ("/inquiries/", "robin", 20),
    ("/inquiries/", "jordan", 20),
    ("/inquiries/", "expert", 20),
    ("/inquiries/new/", "robin", 20),
    ("/inquiries/promises/", "hq", 16),
    ("/inquiries/experts/", "hq", 16),
    ("/bond/", "robin", 26),
    ("/bond/?download=csv", "robin", 26),
    ("/bond/single-entry/", "robin", 14),
    ("/bond/enhanced/", "robin", 18),
    ("/accounts/{quillard}/bond/", "jordan", 26),
    ("/bonds/", "jordan", 14),
    ("/bonds/?download=xlsx", "hq", 14),
    ("/programs/", "robin", 30),
    ("/accounts/{quillard}/programs/", "jordan", 30),
    ("/controls/", "robin", 18),
    ("/accounts/{quillard}/controls/", "jordan", 18),
    ("/accounts/{quillard}/own-rate/", "jordan", 18),
    ("/explore/", "robin", 21),
    ("/explore/?measure=wrong&rows=manufacturer&columns=finding", "robin", 21),
    ("/accounts/{quillard}/explore/?measure=cost&rows=reason&columns=month&download=xlsx", "hq", 21),
    ("/checks/", "robin", 18),
    ("/checks/origin-mid/", "robin", 21),
    ("/accounts/{quillard}/checks/origin-mid/?download=xlsx", "hq", 18),
    ("/examinations/{held}/detention/", "robin", 24),
    ("/accounts/{quillard}/examinations/{held}/detention/", "jordan", 24),
    ("/entry-lines/?start=2000-01-01", "robin", 20),
    ("/entry-lines/?start=2000-01-01", "billie", 22),
    ("/entry-lines/?start=2000-01-01&download=xlsx", "robin", 18),
    ("/exports/", "robin", 18),
    ("/monthly/", "robin", 28),
    ("/examinations/{held}/", "robin", 24),
    ("/accounts/{quillard}/", "jordan", 35),
    ("/absence/", "jordan", 18),
    ("/absence/", "hq", 16),
    ("/managers/", "hq", 14),
    # All of a year in one document: it asks each room once.
    ("/review/", "robin", 75),
    ("/accounts/{quillard}/review/", "jordan", 75),
    ("/sheet/", "robin", 30),
    ("/sheet/", "billie", 28),
    ("/accounts/{quillard}/sheet/", "jordan", 30),
    ("/accounts/{quillard}/hand-over-sheet/", "jordan", 38),
    ("/center/", "robin", 22),
    ("/accounts/{quillard}/center/", "jordan", 22),
    ("/center-appeals/", "hq", 16),
    ("/managers/{jordan}/hand-over/?to={morgan}", "hq", 24),
    ("/accounts/{quillard}/managers/?on=01/02/2026", "jordan", 18),
    ("/accounts/", "jordan", 22),
    ("/accounts/?download=csv", "hq", 20),
    ("/accounts/", "hq", 22),
    ("/people/", "robin", 20),
    ("/inquiries/alike/?subject=gear+motor&heading=8501", "robin", 20),
    ("/inquiries/knowledge/?q=gear+motor", "robin", 20),
    ("/inquiries/knowledge/", "hq", 16),
    ("/people/", "billie", 20),
    ("/notices/", "robin", 21),
    ("/notices/", "hq", 18),
    ("/notices/?q=notice", "robin", 21),
    ("/notices/lead-times/", "hq", 16),
    ("/inbox/", "robin", 18),
    ("/inbox/", "jordan", 16),
    ("/inbox/how/", "robin", 18),
    ("/mail/", "hq", 18),
    ("/loads/", "hq", 14),
    ("/selection/", "hq", 14),
    ("/selection/new/", "hq", 14),
    ("/selection/assignment/", "hq", 14),
    ("/effect/", "hq", 13),
    ("/effect/program/", "hq", 18),
    ("/measurement/", "hq", 14),
    ("/measurement/new/", "hq", 14),
    ("/measurement/rules/", "hq", 14),
    ("/measurement/groups/", "hq", 14),
    ("/risk/", "hq", 14),
    ("/risk/models/2/", "hq", 14),
    ("/risk/parts/", "jordan", 14),
    ("/risk/backtest/", "hq", 14),
    ("/improve/", "robin", 22),
    ("/accounts/{quillard}/improve/", "jordan", 22),
    ("/uploads/", "robin", 20),
    ("/find/?q=EX", "hq", 16),
    ("/people/tokens/", "robin", 16),
    ("/api/v1/accounts/", "hq", 13),
    ("/api/v1/entries/", "hq", 15),
    ("/api/v1/entries/", "billie", 15),
    ("/api/v1/entry-lines/", "robin", 15),
    ("/api/v1/examinations/", "robin", 17),
    ("/api/v1/examinations/", "jordan", 18),
    ("/api/v1/discrepancies/", "hq", 13),
    ("/api/v1/risk-assessments/?newest=true", "hq", 12),
    ("/api/v1/bonds/", "hq", 16),
    ("/api/v1/notices/", "hq", 11),
]

#: The most that a page about examinations asks for itself, beside what sign-in, scope and frame take of every page.
OF_ITS_OWN = 12
#: Pages that put several rooms together have a budget above, and none of their own.
OF_MANY_ROOMS = (
    "/review/",
    "/accounts/{quillard}/review/",
    "/programs/",
    "/accounts/{quillard}/programs/",
    "/sheet/",
    "/accounts/{quillard}/sheet/",
    "/accounts/{quillard}/hand-over-sheet/",
    "/",
    "/accounts/{quillard}/",
    "/monthly/",
    "/notices/",
)
#: Pages that ask for nothing themselves: below an account, and apart from one.
BARE, BARE_OF_ACCOUNT = "/words/", "/examinations/figures/definitions/"
STAFF = ("jordan", "expert", "hq")
APART = (
    "/absence/",
    "/center-appeals/",
    "/managers/",
    "/exports/",
    "/uploads/",
    "/loads/",
    "/accounts/",
    "/find/",
    "/people/tokens/",
)


def grow(world: World, numbers: range) -> None:
    """More of everything that a page lists."""
    today = timezone.localdate()
    for n in numbers:
        numbered = f"{n:02}"
        account = make_account(f"Importer {numbered}", "importer", f"96-4000{numbered}100", center_id="010")
        Assignment.objects.create(account=account, manager=world.jordan, starts=today - datetime.timedelta(days=9))
        Membership.objects.create(account=account, person=make_person(f"p{numbered} member"))
        Membership.objects.create(account=world.quillard, person=make_person(f"q{numbered} member"))
        FilingRelation.objects.create(importer=account, broker=world.lindale, first_filed=today, last_filed=today)
        entry = make_entry(world.load, f"9XZ0000{numbered}11", account, world.lindale)
        make_examination(entry, f"EX-A{n}", "TARGETED")
        own = make_entry(world.load, f"9XZ1000{numbered}11", world.quillard, world.lindale)
        own.rows.update(manufacturer_id="VNJASFAB135HAN")
        make_examination(own, f"EX-B{n}", "TARGETED")
        found = make_examination(own, f"EX-C{n}", "TARGETED", **closed("DISCREPANCY_MTD", "other"))
        Examination.objects.filter(pk=found.pk).update(port=f"27{numbered}")
        Discrepancy.objects.create(
            examination=found,
            account=world.quillard,
            ordinal=1,
            type="CLASS",
            disposition="DISCREPANCY_MTD",
            revenue_difference=5,
        )
        Cost.objects.create(examination=found, account=world.quillard, by="file", amount=7)
        asked = make_request(own, f"RQ-A{n}", issued=today - datetime.timedelta(days=25))
        asked.say_answered(today, by=world.robin, account=world.quillard)
        make_request(own, f"RQ-B{n}", issued=today - datetime.timedelta(days=24))
        RequestLine.objects.create(request=world.requests["broker"], line=n + 2, subject="VALUE")
        world.requests["broker"].decide("CHANGE", by=world.jordan)
        SupersededRow.objects.create(
            load=world.load,
            account=world.quillard,
            table="examinations_request",
            key="RQ-BROKER",
            why="replaced",
            was={"form": "CF28", "entry_number": own.number, "issued": str(today), "answered": None, "outcome": "OPEN"},
        )
        Load.objects.create(kind="entries", file_name=f"{n}.csv", state="done")
        notice = Notice.objects.create(
            kind="CSMS",
            number=f"N-{n}",
            title=f"Notice {n}",
            body="Text",
            effective_date=today + datetime.timedelta(days=9),
        )
        notice.submit(by=world.hq)
        notice.publish(by=world.hq)
        for of_a_room in (_bonds, _trends_and_plans, _inquiries):
            of_a_room(world, account, n, today)
    review(None, today)
    recompute(None, as_of=today)
    for n in numbers:
        _of_headquarters(world, n, today)
    look([world.quillard.pk], today)
    recount(None)
    with connection.cursor() as cursor:
        cursor.execute("DISCARD TEMP")  # what the end of a transaction would do


def _bonds(world: World, account: Account, n: int, today: datetime.date) -> None:
    for at, principal in enumerate((account, world.quillard)):
        fields = {"activity_code": "1", "amount": 1_000, "effective": today, "version_at": timezone.now()}
        bond = Bond.objects.create(number=f"{n}{at}", account=principal, load=world.load, **fields)
        number = {"identifier": principal.identifiers.first(), "account": principal, "principal_account": principal}
        CoveredNumber.objects.create(bond=bond, role="PRINCIPAL", **number)
        BondStep.record(bond, "letter", on=today, by=world.hq, today=today)


def _trends_and_plans(world: World, account: Account, n: int, today: datetime.date) -> None:
    begin(world, manufacturer_id=f"CNPLAN{n:02}SHA")
    for origin in ("CN", "VN", "MX"):  # with two numbers already more than a review names, which then asks how many
        make_trend(world.quillard, manufacturer_id=f"CNTREND{n:02}SHA", origin=origin)
    make_trend(account)
    since = dict.fromkeys(("found_on", "as_of", "since", "since_low", "since_high"), today)
    counts = {"examinations": 9, "discrepancies": 4, "expected": 1}
    shared = SharedTrend.objects.create(manufacturer_id=f"INLAMP{n:02}RAJ", accounts=2, q_value=0.01, **since, **counts)
    for part in (account, world.quillard):
        SharedPart.objects.create(shared=shared, account=part, **counts)


def _inquiries(world: World, account: Account, n: int, today: datetime.date) -> None:
    brought_in(world, asked(world, subject=f"Heading of gear motor {n}"))
    asked(world, account=account, by=account.memberships.get().person)
    for state in ({"state": "published", "published_by": world.jordan, "published_on": today}, {}):
        KnowledgeEntry.objects.create(
            question=f"Which heading does gear motor {n} take?",
            answer="8501",
            category_id="classification",
            heading="8501",
            authority_kind="ruling",
            authority=f"N3012{n:02}",
            answered_on=today,
            written_by=world.hq,
            **state,
        )
    words = {"kind": "call", "whom": f"Robin {n}", "words": "Hello"}
    contact = Contact.note(world.quillard, on=today, by=world.jordan, today=today, **words)
    FollowUp.plan(contact, what="Call back", due=today, by=world.jordan, today=today)


def _of_headquarters(world: World, n: int, today: datetime.date) -> None:
    SelfAssessment.start(world.quillard, by=world.robin, on=today.replace(day=1, year=today.year - n))
    Round.draft(
        by=world.hq,
        as_of=today,
        model_version=2,
        enter_from=56,
        stay_from=48,
        capacities=CAPACITIES,
    )
    MeasurementPlan.write(by=world.hq, name=f"Plan {n}", starts=PERIOD[0], ends=PERIOD[1], lines=40, floor=5)
    Backtest.objects.create(
        as_of=today - datetime.timedelta(days=90 + n),
        until=today,
        model=RiskModel.active(),
        by=world.hq,
        state="done",
        finished_at=timezone.now(),
        found={"enough": False, "wrong": n, "reviews": n, "reviewed": n, "accounts": n, "outside": 0},
    )
    for owner in (world.robin, world.hq):
        Export.objects.create(
            owner=owner, role=owner.role, account=world.quillard, kind="entry-lines", format="csv", state="ready"
        )


def statements(world: World, name: str, address: str) -> tuple[int, str]:
    client = signed_in(world, name)
    address = address.format(
        quillard=world.quillard.pk,
        lindale=world.lindale.pk,
        jordan=world.jordan.pk,
        morgan=world.morgan.pk,
        held=world.examinations["held"].pk,
        asked=world.requests["broker"].pk,
    )
    client.get(address)  # what is remembered after the first time is not counted
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == 200
    return len(asked), "\n".join(query["sql"][:160] for query in asked)


def bare(name: str, address: str) -> str:
    """The page that takes only what is fixed where this one lies."""
    if match := re.match(r"/accounts/\{\w+\}", address):
        return match[0] + BARE_OF_ACCOUNT
    return BARE if name in STAFF or address.startswith(APART) else BARE_OF_ACCOUNT


def test_no_page_asks_more_often_with_more_rows_and_each_keeps_its_budget(world: World) -> None:
    grow(world, range(2))
    few = {(name, address): statements(world, name, address) for address, name, _ in PAGES}
    grow(world, range(2, 14))
    wrong = []
    fixed: dict[tuple[str, str], int] = {}
    for address, name, budget in PAGES:
        many, said = statements(world, name, address)
        before = few[name, address][0]
        if many > before or many > budget:
            wrong.append(f"{name} {address}: {before} statements became {many}, budget {budget}\n{said}")
        if address not in OF_MANY_ROOMS and not address.startswith("/api/"):
            beside = name, bare(name, address)
            if beside not in fixed:
                fixed[beside] = statements(world, *beside)[0]
            own = many - fixed[beside]
            if own > OF_ITS_OWN:
                wrong.append(f"{name} {address}: {own} statements of its own, at most {OF_ITS_OWN}\n{said}")
    assert not wrong, "\n".join(wrong)
