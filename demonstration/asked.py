"""What people of the invented world wrote down about requests of CBP: no file tells it."""

import datetime
import io

from django.utils import timezone

from accounts.models import Membership, Person
from demonstration.papers import pdf
from demonstration.world import World
from examinations.models import CustomsRequest

EXTENSION = datetime.timedelta(days=30)


def write_down(world: World) -> None:
    """Of the open requests of others than the importer of the sign-in, in order: CBP extended the first, and of the
    second its account says that it answered yesterday. Which these are follows from the files."""
    headquarters = Person.objects.filter(role=Person.Role.HEADQUARTERS).order_by("email").first()
    assert headquarters is not None
    asked = CustomsRequest.objects.to_answer().exclude(account__name=world.importer)  # type: ignore[attr-defined]
    extended, *others = asked.filter(account__memberships__ended_at=None, account__isnull=False).distinct()[:2] or [
        None
    ]
    if extended:
        extended.extend(extended.last_day + EXTENSION, by=headquarters)
    _send_a_paper(world)
    for one in others:
        member = (
            Membership.objects.filter(account=one.account, ended_at=None)
            .select_related("person")
            .order_by("pk")
            .first()
        )
        yesterday = min(world.as_of, timezone.localdate()) - datetime.timedelta(days=1)
        if member and yesterday >= one.issued:
            one.say_answered(yesterday, by=member.person, account=one.account)


def _send_a_paper(world: World) -> None:
    """The importer of the sign-in has kept a draft of its answer with the first request that waits for one."""
    mine = CustomsRequest.objects.to_answer().filter(account__name=world.importer).first()  # type: ignore[attr-defined]
    member = mine and Membership.objects.filter(account=mine.account, ended_at=None).order_by("pk").first()
    if mine and member:
        lines = [f"Request {mine.number}", "Invented for a demonstration.", "The product sheet follows."]
        mine.send(io.BytesIO(pdf("Draft of the answer", lines)), "draft of the answer.pdf", by=member.person)
