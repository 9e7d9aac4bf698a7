"""Inquiries of the invented world: one in each state for the importer of the sign-in, promises kept and missed, made once."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import Person
from demonstration import inquired
from demonstration.asking import TEMPLATES, TOPICS
from inquiries.authorities import checked
from inquiries.models import AnswerTemplate, Inquiry, PrivateNote, Rule, Settled, State
from inquiries.placeholders import unknown_in
from tests.named_people import World

pytestmark = pytest.mark.django_db


def test_every_state_stands_and_promises_are_kept_and_missed(world: World) -> None:
    Person.objects.filter(pk=world.expert.pk).update(email="expert@demo.example")
    told = SimpleNamespace(importer=world.quillard.name, as_of=timezone.localdate())
    inquired.settle(told)  # type: ignore[arg-type]
    mine = Inquiry.objects.filter(account=world.quillard)
    assert set(mine.values_list("state", flat=True)) == set(State.values)
    assert set(Settled.objects.values_list("kept", flat=True)) == {True, False}
    assert PrivateNote.objects.get().by == world.expert
    assert Inquiry.objects.exclude(account=world.quillard).exists()
    assert not Inquiry.objects.filter(asked_at__gt=timezone.now()).exists()
    for rule in Rule.objects.all():
        rule.full_clean()
    for template in AnswerTemplate.objects.all():
        template.full_clean()
    before = Inquiry.objects.count()
    inquired.settle(told)  # type: ignore[arg-type]
    assert Inquiry.objects.count() == before


def test_what_is_answered_rests_on_what_can_be_looked_up() -> None:
    for topic in TOPICS:
        assert bool(topic.authority_kind) != bool(topic.why_no_authority)
        assert not topic.authority_kind or checked(topic.authority_kind, topic.authority) == topic.authority
    assert not any(unknown_in(text) for _, text in TEMPLATES.values())
