"""schemathesis asks what nobody thought of: no call ends in a 500, in a status or in a body that the schema does not know."""

import importlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from accounts.api.throttle import PersonThrottle
from accounts.models import ApiToken
from tests.api.calls import Caller
from tests.named_people import World

LISTS = ("accounts", "entries", "entry-lines", "examinations", "discrepancies", "requests", "bonds", "notices")


@contextmanager
def running() -> Iterator[None]:
    """The portal as a server calls it, but inside the test's transaction: no request closes the connection."""
    signals = [request_started, request_finished]
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"], ids=["valid", "invalid"])
@pytest.mark.parametrize("name", ["hq", "robin"])
@pytest.mark.django_db
def test_no_call_answers_what_the_schema_does_not_know(told: World, monkeypatch, name: str, mode: str) -> None:
    monkeypatch.setattr(PersonThrottle, "allow_request", lambda *_: True)
    person = told.people[name]
    _, text = ApiToken.objects.issue(person, "test", by=person)
    headers = {"Authorization": f"Token {text}"}
    there = {path: Caller(person).ask(f"{path}/").json()["results"][-1]["id"] for path in LISTS}
    statuses: Counter[int] = Counter()
    with running():
        importlib.import_module("tests.api.questions").ask_all(mode, headers, there, statuses)
    assert statuses[200] > 20
    assert statuses[400] + statuses[404] > 20
