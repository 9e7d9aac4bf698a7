"""Inquiries for tests: asked by Robin of Quillard Electric, answered by Jordan, with Expert Nobody in a group."""

import datetime
import io
from typing import Any

from django.utils import timezone

from inquiries.models import Category, ExpertGroup, GroupMember, Inquiry, Rule
from tests.named_people import World

HOUR = datetime.timedelta(hours=1)
#: What an answer rests on, for `inquiry.answer(**RULING)`.
RULING = {"authority_kind": "ruling", "authority": "N301234"}
WORDS = "Which heading does a gear motor take?"


def asked(world: World, code: str = "classification", **given: Any) -> Inquiry:
    """A question of Robin."""
    given = {"subject": "Heading of a gear motor", "text": WORDS, "by": world.robin} | given
    account = given.pop("account", world.quillard)
    found: Inquiry = Inquiry.objects.ask(account, category=Category.objects.get(pk=code), **given)  # type: ignore[attr-defined]
    return found


def group_of(world: World, name: str = "Machinery classification") -> ExpertGroup:
    """A group of experts that has Expert Nobody."""
    group, _ = ExpertGroup.objects.get_or_create(name=name)
    GroupMember.objects.get_or_create(group=group, expert=world.expert)
    return group


def rule_of(world: World, **given: Any) -> Rule:
    """A rule to that group."""
    given = {"name": "Gear motors", "categories": ["classification"]} | given
    return Rule.objects.create(group=given.pop("group", None) or group_of(world), **given)


def brought_in(world: World, inquiry: Inquiry) -> None:
    """Expert Nobody sees it."""
    inquiry.bring_in(by=world.jordan, group=group_of(world), expert=world.expert, because="Look at the gear")


def text_file(words: str = "A data sheet.") -> tuple[io.BytesIO, str]:
    """A file as it is sent."""
    return io.BytesIO(words.encode()), "data sheet.txt"


def later(hours: int) -> datetime.datetime:
    return timezone.now() + hours * HOUR
