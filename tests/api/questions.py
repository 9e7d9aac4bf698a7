"""Questions that schemathesis thinks of, for one call of the API at a time.

Loaded by the test that asks them alone: schemathesis takes longer to load than the portal does.
"""

from collections import Counter
from typing import Any

import hypothesis
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.wsgi import application

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


def ask_all(mode: str, headers: dict[str, str], there: dict[str, Any], statuses: Counter[int]) -> None:
    """Ask every call of the schema. mode: POSITIVE for what the schema allows, NEGATIVE for what it does not."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=headers)
    for found in schema.get_all_operations():
        ask(found.ok(), GenerationMode[mode], headers, there, statuses)


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
