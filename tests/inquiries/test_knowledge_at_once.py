"""A draft is changed while somebody publishes it: what everybody reads then is what was read before."""

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from inquiries.models import KnowledgeEntry
from tests.committed import at_once
from tests.inquiries.test_knowledge import TEXTS, proposed
from tests.named_people import World


def test_a_change_between_the_look_and_the_publishing_comes_too_late(
    living: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed(living)
    looked, changed, settle = threading.Event(), threading.Event(), KnowledgeEntry._settle

    def slowly(self: KnowledgeEntry, was: str, **values: Any) -> None:
        if values.get("state") == KnowledgeEntry.State.PUBLISHED:
            looked.set()
            changed.wait(0.5)
        settle(self, was, **values)

    def change() -> None:
        entry = KnowledgeEntry.objects.get()
        looked.wait(10)
        try:
            entry.change(**TEXTS | {"question": "Which heading does a belt take?"}, by=living.jordan)
        finally:
            changed.set()

    def publish() -> None:
        KnowledgeEntry.objects.get().publish(by=living.hq, on=timezone.localdate())

    monkeypatch.setattr(KnowledgeEntry, "_settle", slowly)
    refused, published = at_once(change, publish)
    assert published is None
    assert isinstance(refused, ValidationError)
    assert "meanwhile" in refused.messages[0]
    entry = KnowledgeEntry.objects.get()
    assert (entry.state, entry.question) == ("published", TEXTS["question"])
