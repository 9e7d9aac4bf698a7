"""Accounts hear what is asked for while goods are detained; managers, what was sent."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.people import managers_of, members_of
from documents.models import Document
from examinations.models import DetentionItem
from examinations.telling.once import news_since, tell_once, untold
from look.formats import long_day

TOPIC = "detention"


def tell_of_detentions() -> int:
    """Tell what was asked and what was sent, as far as nobody has. Returns how many things."""
    asked = DetentionItem.objects.filter(asked_at__gte=news_since(), dropped_at=None, detention__outcome="")
    kind = ContentType.objects.get_for_model(DetentionItem)
    sent = Document.objects.filter(about_type=kind, created_at__gte=news_since(), withdrawn_at=None)
    told = sum(_tell_account(item) for item in untold(asked.select_related("detention__examination"), "asked"))
    papers = untold(sent.select_related("by"), "sent")
    about = DetentionItem.objects.select_related("detention__examination").in_bulk(
        [int(one.about_id) for one in papers]
    )
    return told + sum(
        _tell_manager(paper, about[int(paper.about_id)]) for paper in papers if int(paper.about_id) in about
    )


def _tell_account(item: DetentionItem) -> bool:
    examination = item.detention.examination
    due = f" by {long_day(item.due)}" if item.due else ""
    text = (
        f"While the goods of examination {examination.number} are detained, this is asked of you{due}: {item.text}.\n\n"
        "Send it on the page of the detention; it says which clock runs and who decides."
    )
    accounts: Collection[UUID] = [one for one in (examination.account_id, examination.filer_id) if one]
    path = f"/examinations/{examination.pk}/detention/"
    return tell_once(
        f"asked:{item.pk}", TOPIC, f"Asked for: {item.text}", text, path=path, about=item, people=[members_of(accounts)]
    )


def _tell_manager(paper: Document, item: DetentionItem) -> bool:
    examination = item.detention.examination
    text = (
        f"{paper.by.name} sent {paper.name} for what was asked: {item.text}.\n\nAccept it, or say what is still wrong."
    )
    path = f"/accounts/{examination.account_id}/examinations/{examination.pk}/detention/"
    staff = managers_of([examination.account_id], timezone.localdate())
    return tell_once(f"sent:{paper.pk}", TOPIC, f"Sent: {item.text}", text, path=path, about=item, people=staff)
