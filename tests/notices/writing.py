"""Notices for tests: who writes them, and the second person who publishes."""

from typing import Any

from accounts.models import Person
from notices.models import Notice
from tests.named_people import World, make_person


def second_person() -> Person:
    """Somebody of headquarters who wrote nothing."""
    found = Person.objects.filter(email="alex@people.example").first()
    return found or make_person("Alex Approver", Person.Role.HEADQUARTERS)


def draft(world: World, number: str = "65313729", **fields: Any) -> Notice:
    """A draft by headquarters."""
    given = {"title": f"Change {number}", "body": "It changes."} | fields
    return Notice.objects.draft(by=world.hq, number=number, **given)


def published(world: World, number: str = "65313729", **fields: Any) -> Notice:
    """The same, published by a second person."""
    notice = draft(world, number, **fields)
    notice.submit(by=world.hq)
    notice.publish(by=second_person())
    return notice
