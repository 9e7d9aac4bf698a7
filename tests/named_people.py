"""A small world of named people, for every test that asks who may see what."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import (
    Account,
    Assignment,
    Enrollment,
    FilingRelation,
    Identifier,
    IdentifierOwnership,
    Membership,
    Person,
)
from examinations.models import (
    Cost,
    CustomsRequest,
    Discrepancy,
    Draw,
    Entry,
    EntryLine,
    Examination,
    Load,
    RequestLine,
    RequestRecord,
    Selection,
)
from tests.made_once import MadeOnce

PASSWORD = "a-long-test-password"


@dataclass
class World:
    """Quillard Electric imports through Lindale; Stranger Goods too; Jordan manages Quillard, Morgan Stranger."""

    quillard: Account
    stranger: Account
    lindale: Account
    robin: Person
    lee: Person
    sam: Person
    billie: Person
    jordan: Person
    morgan: Person
    expert: Person
    hq: Person
    load: Load
    entries: dict[str, Entry] = field(default_factory=dict)
    examinations: dict[str, Examination] = field(default_factory=dict)
    requests: dict[str, CustomsRequest] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, Person]:
        names = ("robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq")
        return {name: getattr(self, name) for name in names}


def make_person(name: str, role: str = Person.Role.MEMBER) -> Person:
    return Person.objects.create_user(f"{name.split()[0].lower()}@people.example", PASSWORD, name=name, role=role)


def make_account(name: str, kind: str, identifier: str, **fields: Any) -> Account:
    fields.setdefault("state", Account.State.ACTIVE)
    account = Account.objects.create(name=name, kind=kind, **fields)
    is_filer = len(identifier) == 3
    held = Identifier.objects.create(
        account=account,
        kind=Identifier.Kind.FILER if is_filer else Identifier.Kind.IMPORTER,
        value=identifier,
        key=identifier.replace("-", ""),
    )
    IdentifierOwnership.objects.create(identifier=held, account=account)
    return account


def make_entry(world_load: Load, number: str, account: Account, filer: Account | None, **fields: Any) -> Entry:
    identifier = account.identifiers.get(kind=Identifier.Kind.IMPORTER)
    amounts = {"value": Decimal(10000), "duty": Decimal(250), "mpf": Decimal("34.64"), "hmf": Decimal("12.50")}
    entry_date = fields.pop("entry_date", timezone.localdate() - datetime.timedelta(days=30))
    entry = Entry.objects.create(
        number=number,
        identifier=identifier,
        account=account,
        filer=filer,
        entry_type="01",
        port="2704",
        entry_date=entry_date,
        mode="11",
        lines=1,
        tax=0,
        other_fees=0,
        version_at=timezone.now(),
        load=world_load,
        **amounts,
        **fields,
    )
    EntryLine.objects.create(
        entry=entry,
        line=1,
        ordinal=1,
        stands_for_line=True,
        account=account,
        filer=filer,
        entry_date=entry_date,
        port="2704",
        origin="CN",
        hts="8501104020",
        load=world_load,
        **amounts,
    )
    return entry


def make_examination(entry: Entry | None, number: str, reason: str, **fields: Any) -> Examination:
    if entry is not None:
        fields |= {
            "entry": entry,
            "entry_number": entry.number,
            "account": entry.account,
            "identifier": entry.identifier,
            "filer": entry.filer,
            "load": entry.load,
        }
    fields.setdefault("type", "NII")
    fields.setdefault("selected", timezone.localdate() - datetime.timedelta(days=20))
    examination = Examination.objects.create(
        key=number, number=number, port="2704", version_at=timezone.now(), **fields
    )
    Selection.objects.create(examination=examination, account=examination.account, reason=reason)
    return examination


def closed(disposition: str, disclosed: str) -> dict[str, Any]:
    """Fields of an examination whose result is known."""
    return {
        "disposition": disposition,
        "closed": timezone.localdate() - datetime.timedelta(days=10),
        "released": timezone.localdate() - datetime.timedelta(days=10),
        "disclosed_reason": disclosed,
    }


def make_examinations(world: World) -> dict[str, Examination]:
    through_broker, through_other, of_stranger = (world.entries[name] for name in ("broker", "other", "stranger"))
    made = {
        "held": make_examination(through_broker, "EX-HELD", "TARGETED", hold="COMMERCIAL"),
        "found": make_examination(
            through_broker, "EX-FOUND", "TARGETED", type="INT", **closed("DISCREPANCY_MTD", "other")
        ),
        "review_open": make_examination(through_broker, "EX-REVIEW-OPEN", "RANDOM", type="ESR", line=1),
        "review_closed": make_examination(
            through_broker, "EX-REVIEW-CLOSED", "RANDOM", type="ESR", line=1, **closed("NO_DISCREPANCY", "random")
        ),
        "through_other": make_examination(through_other, "EX-OTHER", "TARGETED"),
        "of_stranger": make_examination(of_stranger, "EX-STRANGER", "TARGETED", **closed("NO_DISCREPANCY", "other")),
        "waiting": make_examination(
            None, "EX-WAITING", "UNKNOWN", account=world.quillard, load=world.load, container="ZZXU4308175"
        ),
    }
    for name in ("review_open", "review_closed"):
        Draw.objects.create(examination=made[name], account=world.quillard, probability="0.02")
    for name, kind in (("found", "CLASS"), ("held", "VALUE"), ("through_other", "ORIGIN")):
        Discrepancy.objects.create(
            examination=made[name],
            account=world.quillard,
            ordinal=1,
            type=kind,
            disposition="DISCREPANCY_MTD",
            revenue_difference=Decimal(1200),
        )
    for name in ("found", "held", "of_stranger"):
        Cost.objects.create(examination=made[name], account=made[name].account, by="file", amount=Decimal(350))
    return made


def make_request(entry: Entry | None, number: str, **fields: Any) -> CustomsRequest:
    if entry is not None:
        names = ("account", "filer", "identifier", "load")
        fields = {
            "entry": entry,
            "entry_number": entry.number,
            **{name: getattr(entry, name) for name in names},
        } | fields
    fields.setdefault("form", "CF28")
    fields.setdefault("issued", timezone.localdate() - datetime.timedelta(days=20))
    made = CustomsRequest.objects.create(number=number, version_at=timezone.now(), **fields)
    RequestLine.objects.create(request=made, line=1, subject="CLASS")
    return made


def make_requests(world: World) -> dict[str, CustomsRequest]:
    """Of each kind of owner one that CBP decided, and one that waits for its entry under the broker."""
    decided = {"answered": timezone.localdate() - datetime.timedelta(days=5), "outcome": "NO_CHANGE"}
    made = {
        "broker": make_request(world.entries["broker"], "RQ-BROKER", **decided),
        "other": make_request(world.entries["other"], "RQ-OTHER", **decided),
        "stranger": make_request(world.entries["stranger"], "RQ-STRANGER", **decided),
        "waiting": make_request(
            None, "RQ-WAITING", entry_number="9XZ12345697", filer=world.lindale, load=world.load, **decided
        ),
    }
    for one in made.values():
        RequestRecord.objects.create(request=one, kind="decided", outcome="NO_CHANGE", by=world.hq)
    return made


def make_world() -> World:
    quillard = make_account("Quillard Electric", "importer", "96-447182000", center_id="010")
    stranger = make_account("Stranger Goods", "importer", "96-111111100", center_id="008")
    lindale = make_account("Lindale Customs Brokers", "broker", "9XZ")
    Enrollment.objects.create(account=quillard, program="CTPAT", tier=2)
    roles = Person.Role
    world = World(
        quillard=quillard,
        stranger=stranger,
        lindale=lindale,
        robin=make_person("Robin Castell"),
        lee=make_person("Lee Farrow"),
        sam=make_person("Sam Stranger"),
        billie=make_person("Billie Lindale"),
        jordan=make_person("Jordan Ellery", roles.MANAGER),
        morgan=make_person("Morgan Other", roles.MANAGER),
        expert=make_person("Expert Nobody", roles.EXPERT),
        hq=make_person("Hollis Quarter", roles.HEADQUARTERS),
        load=Load.objects.create(kind="entries", file_name="entries.csv", state="done"),
    )
    for account, person, administrator in (
        (quillard, world.robin, True),
        (quillard, world.lee, False),
        (stranger, world.sam, True),
        (lindale, world.billie, True),
    ):
        Membership.objects.create(account=account, person=person, administrator=administrator)
    a_year_ago = timezone.localdate() - datetime.timedelta(days=365)
    Assignment.objects.create(account=quillard, manager=world.jordan, starts=a_year_ago)
    Assignment.objects.create(account=stranger, manager=world.morgan, starts=a_year_ago)
    world.entries = {
        "broker": make_entry(world.load, "9XZ12345671", quillard, lindale),
        "other": make_entry(world.load, "M2P12345679", quillard, None),
        "stranger": make_entry(world.load, "9XZ12345689", stranger, lindale),
    }
    for importer in (quillard, stranger):
        FilingRelation.objects.create(
            importer=importer, broker=lindale, first_filed=a_year_ago, last_filed=timezone.localdate()
        )
    world.examinations = make_examinations(world)
    world.requests = make_requests(world)
    return world


_once = MadeOnce(make_world)


def world_again() -> World:
    """The same small world in a database without it."""
    return _once.again()


@pytest.fixture
def world(db: None) -> World:
    return world_again()
