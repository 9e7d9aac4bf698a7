"""Who hears by mail what is asked for and what was sent while goods are detained; each person once a thing.

A worker does it, since a manager may write no row for somebody else. What a lost task leaves untold the next round
finds: the message's key says what was told.
"""

import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account, Assignment, Cover, Membership, Person
from documents.models import Document
from examinations.models import DetentionItem, Examination
from look.formats import long_day
from notifications.models import Message
from notifications.queue import tell

TOPIC = "detention"
#: What was not told within so many days is not told any more: the page has it.
NEWS_DAYS = 2
WORTH_SENDING_DAYS = 7


def tell_untold() -> int:
    """Tell accounts what was asked of them and managers what was sent, as far as nobody has. Returns how many things."""
    since = timezone.now() - datetime.timedelta(days=NEWS_DAYS)
    asked = DetentionItem.objects.filter(asked_at__gte=since, dropped_at=None, detention__outcome="")
    kind = ContentType.objects.get_for_model(DetentionItem)
    sent = Document.objects.filter(about_type=kind, created_at__gte=since, withdrawn_at=None)
    items = {one.pk: one for one in _untold(asked.select_related("detention__examination"), "asked")}
    told = sum(_tell_account(item) for item in items.values())
    papers = list(_untold(sent.select_related("by"), "sent"))
    about = DetentionItem.objects.select_related("detention__examination").in_bulk(
        [int(one.about_id) for one in papers]
    )
    return told + sum(
        _tell_manager(paper, about[int(paper.about_id)]) for paper in papers if int(paper.about_id) in about
    )


def _untold(rows: QuerySet[Any], what: str) -> list[Any]:
    keys = {f"{what}:{one.pk}": one for one in rows}
    known = set(Message.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    return [one for key, one in keys.items() if key not in known]


def _tell_account(item: DetentionItem) -> bool:
    examination = item.detention.examination
    due = f" by {long_day(item.due)}" if item.due else ""
    text = (
        f"While the goods of examination {examination.number} are detained, this is asked of you{due}: {item.text}.\n\n"
        "Send it on the page of the detention; it says which clock runs and who decides."
    )
    accounts = [examination.account_id, examination.filer_id]
    members = Membership.objects.filter(
        account__in=accounts, ended_at=None, person__is_active=True, person__role=Person.Role.MEMBER
    )
    path = f"/examinations/{examination.pk}/detention/"
    return _once(
        f"asked:{item.pk}", f"Asked for: {item.text}", text, path, item, [members.values_list("person", "account")]
    )


def _tell_manager(paper: Document, item: DetentionItem) -> bool:
    examination = item.detention.examination
    text = (
        f"{paper.by.name} sent {paper.name} for what was asked: {item.text}.\n\nAccept it, or say what is still wrong."
    )
    path = f"/accounts/{examination.account_id}/examinations/{examination.pk}/detention/"
    return _once(f"sent:{paper.pk}", f"Sent: {item.text}", text, path, item, _staff_of(examination))


def _staff_of(examination: Examination) -> list[QuerySet[Any]]:
    """The manager of today, and who covers where that colleague is away."""
    today = timezone.localdate()
    account = models.Value(examination.account_id, output_field=Account._meta.pk)
    managers = Assignment.objects.on(today).filter(
        account=examination.account_id, manager__is_active=True, manager__role=Person.Role.MANAGER
    )
    covers = Cover.objects.on(today).filter(absent__in=managers.values("manager"), covered_by__is_active=True)
    return [
        managers.values_list("manager", "account"),
        covers.annotate(of_account=account).values_list("covered_by", "of_account"),
    ]


def _once(key: str, subject: str, text: str, path: str, about: models.Model, people: list[QuerySet[Any]]) -> bool:
    """Two workers at the same time tell once: the key of a message is unique."""
    try:
        with transaction.atomic():
            message = Message.objects.create(
                key=key, topic=TOPIC, subject=subject, text=text, path=path,
                about_type=ContentType.objects.get_for_model(about), about_id=str(about.pk),
                stop_after=timezone.now() + datetime.timedelta(days=WORTH_SENDING_DAYS),
            )  # fmt: skip
            tell(message, people)
    except IntegrityError:
        return False
    return True
