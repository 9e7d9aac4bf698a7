"""schemathesis asks what nobody thought of: no call ends in a 500, in a status or in a body that the schema does not know."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.api.throttle import PersonThrottle
from accounts.models import ApiToken
from portal.wsgi import application
from tests.api.calls import Caller
from tests.named_people import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: So many questions of each kind for each call: enough to find what is careless, in seconds.
EXAMPLES = 8
BOUNDED = hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


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


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("name", ["hq", "robin"])
@pytest.mark.django_db
def test_no_call_answers_what_the_schema_does_not_know(
    told: World, monkeypatch, name: str, mode: GenerationMode
) -> None:
    monkeypatch.setattr(PersonThrottle, "allow_request", lambda *_: True)
    person = told.people[name]
    _, text = ApiToken.objects.issue(person, "test", by=person)
    headers = {"Authorization": f"Token {text}"}
    there = {path: Caller(person).ask(f"{path}/").json()["results"][-1]["id"] for path in LISTS}
    statuses: Counter[int] = Counter()
    with running():
        schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=headers)
        for found in schema.get_all_operations():
            ask(found.ok(), mode, headers, there, statuses)
    assert statuses[200] > 20
    assert statuses[400] + statuses[404] > 20


def ask(operation: Any, mode: GenerationMode, headers: Any, there: dict[str, Any], statuses: Counter[int]) -> None:
    """Ask one call some questions; every other one about a row that is there, since nearly all ids are of nothing."""
    known = there.get(operation.path.split("/")[3])

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @BOUNDED
    def once(case: schemathesis.Case) -> None:
        if known is not None and case.path_parameters and sum(statuses.values()) % 2:
            case.path_parameters["id"] = known
        statuses[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

    once()
