"""Detentions of the invented world: no file of CBP's brings them, so they are entered as staff would enter them."""

import datetime
import io
from dataclasses import dataclass

from django.utils import timezone

from accounts.history import acting
from accounts.models import Account, Assignment, Membership, Person
from demonstration.papers import pdf
from demonstration.world import World
from documents.models import Document
from examinations.models import Detention, DetentionItem, Examination
from examinations.models.examination import HELD, Disposition

DAY = datetime.timedelta(days=1)
NOON = datetime.time(12, 0)
#: The importer's own container of the design: opened, and one paper is missing.
OWN_CONTAINER = "ZZXU2290415"


@dataclass(frozen=True)
class Told:
    """What one notice of detention says."""

    kind: str
    decided_by: str
    reason: str
    length: str
    tests: str
    would_help: str
    asked: tuple[str, ...]


OWN = Told(
    "cbp",
    "CBP, Machinery Center",
    "The cartons do not show the country of origin that was declared.",
    "About two weeks",
    "Marks on the cartons are compared with the packing list.",
    "A packing list with one line a carton, the invoice, and the maker’s data sheets.",
    ("Packing list, one line a carton", "Commercial invoice", "Data sheets of the maker"),
)
OTHERS = (
    Told(
        "uflpa", "CBP, Forced Labor Division", "An input may come from a listed region.", "Thirty days from presentation",
        "None; papers are reviewed.", "Papers from the raw material to the finished goods.",
        ("Purchase orders for the raw material", "Production records of the factory"),
    ),
    Told(
        "wro", "CBP, Forced Labor Division", "The maker is named in a withhold release order.", "Up to three months",
        "None; papers are reviewed.", "A certificate of origin and a statement of who made the goods, how and where.",
        ("Certificate of origin of the seller", "Statement of the importer on who made the goods"),
    ),
    Told(
        "agency", "FDA", "Labeling in question.", "Not known", "A sample is tested.", "The label as printed.",
        ("Label as printed",),
    ),
    Told(
        "ipr", "CBP, Consumer Products Center", "The goods may bear a protected mark.", "Not known",
        "A sample is compared with the mark as recorded.", "A license of the owner of the mark.",
        ("License of the owner of the mark",),
    ),
    Told(
        "cbp", "CBP", "Classification and quantity in question.", "Two to three weeks", "Laboratory analysis.",
        "Composition by weight.", ("Composition by weight",),
    ),
)  # fmt: skip


def settle(world: World) -> None:
    """Record the importer's detention with items in every state, and one of each kind at other accounts."""
    waiting = Examination.objects.filter(HELD).select_related("account").order_by("selected", "number")
    own = waiting.filter(account__name=world.importer, container=OWN_CONTAINER).first()
    if own is not None:
        _own(own, world.as_of)
    others = waiting.exclude(account__name=world.importer).filter(
        disposition=Disposition.DETAINED, presented__isnull=False
    )
    for one, told in zip(others[: len(OTHERS)], OTHERS, strict=False):
        manager = _manager(one.account, world.as_of)
        if manager is not None:
            _record(one, told, manager, world.as_of)


def _manager(account: Account, day: datetime.date) -> Person | None:
    found = Assignment.objects.on(day).filter(account=account).select_related("manager").first()
    return found.manager if found else None


def _member(account: Account | None) -> Person | None:
    found = Membership.objects.filter(account=account, ended_at=None).select_related("person").order_by("person__email")
    return found[0].person if account and found else None


def _record(one: Examination, told: Told, by: Person, as_of: datetime.date) -> list[DetentionItem]:
    """Written as rows and not by the verbs: a world may be of a day to come, which the verbs refuse."""
    assert one.presented
    noticed = min(as_of, one.presented + 3 * DAY)
    with acting(by, "record detention"):
        detention = Detention.objects.create(
            examination=one, kind=told.kind, notice_date=noticed, decided_by=told.decided_by, reason=told.reason,
            length=told.length, tests=told.tests, would_help=told.would_help, recorded_by=by,
            imported=one.selected if told.kind == Detention.Kind.WRO else None,
        )  # fmt: skip
    items = []
    for place, text in enumerate(told.asked):
        with acting(by, "ask"):
            item = DetentionItem.objects.create(
                detention=detention, text=text, due=as_of + (2 + place) * DAY, asked_by=by
            )
        DetentionItem.objects.filter(pk=item.pk).update(asked_at=_at(noticed))
        items.append(item)
    return items


def _at(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, NOON))


def _own(one: Examination, as_of: datetime.date) -> None:
    """The packing list is missing, the invoice came from the broker and is accepted, the data sheets are being read."""
    manager, robin = _manager(one.account, as_of), _member(one.account)
    if manager is None or robin is None:
        return
    _, invoice, sheets = _record(one, OWN, manager, as_of)
    sender = _member(one.filer) or robin
    _send(one, invoice, "commercial invoice.pdf", sender, as_of - 2 * DAY, ["Motors, 1,200 pieces", "Terms: FOB"])
    _send(one, sheets, "data sheets.pdf", robin, as_of - DAY, ["Output: 37.5 W", "Voltage: 24 V"])
    with acting(manager, "accept"):
        DetentionItem.objects.filter(pk=invoice.pk).update(accepted_at=_at(as_of - DAY))


def _send(
    one: Examination, item: DetentionItem, name: str, by: Person, day: datetime.date, lines: list[str]
) -> Document:
    goods = f"Examination {one.number}, container {one.container}"
    made = pdf(name.removesuffix(".pdf").capitalize(), [goods, "Invented for a demonstration.", *lines])
    document: Document = Document.objects.keep(  # type: ignore[attr-defined]
        io.BytesIO(made), name, about=item, account=one.account, filer=one.filer, by=by
    )
    Document.objects.filter(pk=document.pk).update(created_at=_at(day))
    return document
