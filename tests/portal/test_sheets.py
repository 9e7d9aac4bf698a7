"""The account on one sheet, for itself and for staff; what is open, for staff alone; whom to call at night."""

import datetime
import html
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Center, CenterAppeal, Cover, Delegation, Membership, NightContact
from accounts.scope import acting_for
from compliance.risk.recompute import recompute
from examinations.models import CustomsRequest, ResultQuestion
from inquiries.models import Category, ExpertGroup, GroupMember, Inquiry
from look.formats import long_day
from tests.compliance.bonds.test_reviewing import make_bond
from tests.named_people import World, make_account, make_person
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
CALL = {"name": "Night Desk", "telephone": "956-555-0177", "note": "Speaks for the warehouse."}


def today() -> datetime.date:
    return timezone.localdate()


def read(world: World, name: str, address: str) -> str:
    page = signed_in(world, name).get(address.format(quillard=world.quillard.pk, lindale=world.lindale.pk))
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


# ---- whom to call at night -----------------------------------------------------------------------------------


def test_an_administrator_records_changes_and_removes_whom_to_call(world: World) -> None:
    robin = signed_in(world, "robin")
    assert "Nobody is named" in read(world, "robin", "/sheet/")
    assert robin.post("/sheet/night-contact/", CALL).status_code == 302
    for name, address in (("lee", "/sheet/"), ("jordan", "/accounts/{quillard}/sheet/"), ("hq", "/accounts/{quillard}/sheet/"),
                          ("jordan", "/accounts/{quillard}/hand-over-sheet/")):  # fmt: skip
        assert "956-555-0177" in read(world, name, address)
    assert robin.post("/sheet/night-contact/", CALL | {"telephone": "956-555-0178 x 9"}).status_code == 302
    kept = NightContact.objects.get()
    assert (kept.telephone, kept.recorded_by) == ("956-555-0178 x 9", world.robin)
    assert robin.post("/sheet/night-contact/", {"remove": "1"}).status_code == 302
    assert robin.post("/sheet/night-contact/", {"remove": "1"}).status_code == 302
    assert not NightContact.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_label, pgh_context->>'verb' FROM accounts_nightcontactevent WHERE pgh_obj_id = %s ORDER BY pgh_id",
            [kept.pk],
        )
        assert cursor.fetchall() == [
            ("insert", "record night contact"), ("update", "record night contact"), ("delete", "remove night contact"),
        ]  # fmt: skip


@pytest.mark.parametrize("name", ["lee", "sam", "billie", "jordan", "hq", "expert"])
def test_nobody_else_records_whom_to_call(world: World, name: str) -> None:
    kept = NightContact.record(world.quillard, **CALL, by=world.robin)
    for address in ("/sheet/night-contact/", f"/accounts/{world.quillard.pk}/sheet/night-contact/"):
        signed_in(world, name).post(address, CALL | {"name": "Somebody Else"})
    assert [one.name for one in NightContact.objects.filter(account=world.quillard)] == ["Night Desk"]
    with pytest.raises(PermissionDenied):
        NightContact.record(world.quillard, **CALL, by=world.people[name])
    with pytest.raises(PermissionDenied):
        kept.remove(by=world.people[name])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": " "}, "Say whom to call"),
        ({"telephone": ""}, "Say at which number"),
        ({"telephone": "=HYPERLINK(1)"}, "Write a telephone number"),
        ({"telephone": "12"}, "Write a telephone number"),
        ({"name": "n" * 121}, "at most 120"),
        ({"note": "n" * 301}, "at most 300"),
        ({"note": "\0"}, "Null characters"),
    ],
)
def test_nonsense_keeps_no_contact(world: World, given: dict[str, str], sentence: str) -> None:
    answer = signed_in(world, "robin").post("/sheet/night-contact/", CALL | given).content.decode()
    assert "Nothing was kept" in answer
    assert sentence in answer
    assert not NightContact.objects.exists()


def test_row_security_keeps_whom_to_call(world: World) -> None:
    NightContact.record(world.quillard, **CALL, by=world.robin)
    for name, rows in (("robin", 1), ("lee", 1), ("sam", 0), ("billie", 0), ("jordan", 1), ("morgan", 0), ("expert", 0),
                       ("hq", 1)):  # fmt: skip
        with acting_for(world.people[name]):
            assert NightContact.objects.count() == rows, name
            assert NightContact.objects.visible_to(world.people[name]).count() == rows, name  # type: ignore[attr-defined]
    for person in (world.lee, world.jordan, world.sam):
        with acting_for(person):
            assert NightContact.objects.update(name="Other") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), acting_for(person):
            NightContact.objects.create(account=world.stranger if person != world.sam else world.quillard,
                                        name="X", telephone="956-555-0100", recorded_by=person)  # fmt: skip


# ---- the account on one sheet ----------------------------------------------------------------------------------


def test_the_account_and_staff_read_the_same_facts(world: World) -> None:
    own, staff = read(world, "robin", "/sheet/"), read(world, "jordan", "/accounts/{quillard}/sheet/")
    for page in (own, staff):
        for fact in ("96-447182000", "Machinery, Laredo", "CTPAT, tier 2", "Lindale Customs Brokers", "Robin Castell",
                     "administrator", "Jordan Ellery", "Held today"):  # fmt: skip
            assert fact in page, fact
        assert "Stranger Goods" not in page
    broker = read(world, "billie", "/sheet/")
    assert "Clients" in broker
    assert "Quillard Electric" in broker
    assert "96-447182000" not in broker


def people_on(page: str) -> list[tuple[str, str]]:
    """(name, role) of each line of the table of people."""
    table = page[page.index("People by role</caption>") :].partition("</table>")[0]
    found = re.findall(r'<th scope="row">([^<]*)(?:<small>[^<]*</small>)?</th><td>([^<]*)</td>', table)
    return [(html.unescape(name), html.unescape(role)) for name, role in found]


def test_people_of_every_role_stand_on_the_sheet_as_far_as_the_reader_may_see_them(world: World) -> None:
    Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today(), ends=today() + 3 * DAY)
    former, late = make_account("Former Brokers", "broker", "7ZZ"), make_account("Late Brokers", "broker", "7ZY")
    opened = {"kinds": ["entries", "bonds"], "power_of_attorney": today() - 9 * DAY, "expires": today()}
    Delegation.objects.create(importer=world.quillard, broker=world.lindale, **opened)
    Delegation.objects.create(importer=world.quillard, broker=former, **opened | {"revoked_at": timezone.now()})
    Delegation.objects.create(importer=world.quillard, broker=late, **opened | {"expires": today() - DAY})
    Delegation.objects.create(importer=world.stranger, broker=former, **opened)
    for number in range(2):
        asked = Inquiry.objects.ask(
            world.quillard,
            subject=f"Held {number}",
            category=Category.objects.filter(offered=True)[0],
            text="Why?",
            by=world.robin,
        )
        group, _ = ExpertGroup.objects.get_or_create(name=f"Motors {number}")
        GroupMember.objects.create(group=group, expert=world.expert)
        asked.bring_in(by=world.jordan, group=group, because="Knows them", expert=world.expert)
    ahead, last = long_day(today() + 2 * DAY), long_day(today())
    own = [
        (world.jordan.name, "CBP’s account manager"),
        (world.morgan.name, f"covers for {world.jordan.name} until {ahead}"),
        (world.robin.name, "administrator"),
        (world.lee.name, "member"),
    ]
    expert = (world.expert.name, "CBP’s expert on an open inquiry, Motors 0, Motors 1")
    broker = (world.lindale.name, f"broker, may see entries, bond until {last}")
    theirs = (world.billie.name, f"of {world.lindale.name}")
    for name, address, people in (
        ("robin", "/sheet/", [*own, broker]),
        ("lee", "/sheet/", [*own, broker]),
        ("jordan", "/accounts/{quillard}/sheet/", [*own, expert, broker]),
        ("hq", "/accounts/{quillard}/sheet/", [*own, expert, broker, theirs]),
    ):
        assert people_on(read(world, name, address)) == people, name
    assert people_on(read(world, "billie", "/sheet/")) == [(world.billie.name, "administrator")]
    Inquiry.objects.update(state="closed")
    assert people_on(read(world, "jordan", "/accounts/{quillard}/sheet/")) == [*own, broker]


def test_the_surety_of_each_bond_stands_on_the_sheet(world: World) -> None:
    make_bond(world, "B-77", world.quillard, 200_000, surety_code="036")
    make_bond(world, "B-78", world.quillard, 50_000, activity_code="2", terminates=datetime.date(2027, 3, 1))
    for name, address in (("robin", "/sheet/"), ("jordan", "/accounts/{quillard}/sheet/")):
        page = read(world, name, address)
        table = page[page.index("Bonds on file</caption>") :].partition("</table>")[0]
        rows = [re.findall(r"<t[hd][^>]*>([^<]*)", row) for row in table.split("<tr>")[2:]]
        assert rows == [
            ["B-77", "036", "1", "200,000", "Jan 1, 2024"],
            ["B-78", "–", "2", "50,000", "Jan 1, 2024 to Mar 1, 2027"],
        ]
    assert "No bond is on file." in read(world, "billie", "/sheet/")


def test_nothing_of_law_enforcement_is_on_the_accounts_own_copy(world: World) -> None:
    recompute(None, as_of=today())
    staff = read(world, "jordan", "/accounts/{quillard}/sheet/")
    assert "Risk score" in staff
    assert "the account never sees this" in staff
    for name in ("robin", "lee"):
        for address in ("/sheet/", "/accounts/{quillard}/sheet/"):
            own = read(world, name, address)
            for word in ("Risk", "score", "never sees", "Hand-over", "TARGETED", "argeted"):
                assert word not in own, word


# ---- what is open -----------------------------------------------------------------------------------------------


def test_a_new_manager_reads_what_is_open(world: World) -> None:
    recompute(None, as_of=today())
    CustomsRequest.objects.filter(number="RQ-BROKER").update(answered=None, outcome="OPEN")
    asked = ResultQuestion.objects.ask(  # type: ignore[attr-defined]
        world.examinations["found"], account=world.quillard, kind="unclear", text="Why?", by=world.robin
    )
    assert asked.pk
    CenterAppeal.ask(
        world.quillard,
        wished=Center.objects.get(pk="007"),
        reasons="Motors, nearly all of it.",
        by=world.robin,
        on=today(),
    )
    Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today() + DAY, ends=today() + 3 * DAY)
    Membership.objects.create(account=world.quillard, person=make_person("Newcomer Late"))
    Membership.objects.get(person=world.lee).end(by=world.robin)
    page = read(world, "jordan", "/accounts/{quillard}/hand-over-sheet/")
    for fact in (
        "EX-HELD",
        "RQ-BROKER",
        "1 question without an answer",
        "To Electronics",
        "Morgan Other covers for Jordan Ellery from",
        "EX-FOUND",
        "Newcomer Late joined",
        "Lee Farrow left",
        "Score ",
    ):
        assert fact in page, fact
    assert "EX-STRANGER" not in page
    assert "RQ-STRANGER" not in page


def test_an_account_with_nothing_open_says_so(world: World) -> None:
    page = read(world, "hq", "/accounts/{lindale}/hand-over-sheet/")
    assert "Nobody is assigned today" in page
    assert "No question waits" in page
