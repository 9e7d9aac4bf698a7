"""docs/api.md: lists, filters, orders, fields of a draft and statuses are those of the schema."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.api.keyset import KeysetPagination
from portal.api import router
from tests.api.calls import Caller
from tests.named_people import World

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
ROWS = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \|", PAGE, re.MULTILINE))


@pytest.fixture
def schema(world: World) -> dict[str, Any]:
    return Caller(world.hq).ask("schema/").json()


@pytest.mark.django_db
def test_every_list_stands_on_the_page_with_its_filters(schema: dict[str, Any]) -> None:
    assert list(ROWS) == [path for path, _, _ in router.registry]
    for path, named in ROWS.items():
        offered = {one["name"] for one in schema["paths"][f"/api/v1/{path}/"]["get"]["parameters"]}
        assert set(re.findall(r"`(\w+)`", named)) == offered - set(KeysetPagination.NAMES), path


@pytest.mark.django_db
def test_every_status_stands_on_the_page(schema: dict[str, Any]) -> None:
    calls = [call for path in schema["paths"].values() for call in path.values()]
    told = {status for call in calls for status in call["responses"] if status >= "400"}
    named = re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE)
    assert set(re.findall(r"\d+", " ".join(named))) == told | {"405"}


@pytest.mark.django_db
def test_the_fields_of_a_draft_are_those_of_the_schema(schema: dict[str, Any]) -> None:
    (said,) = re.findall(r"A draft takes (.*?)\. A field", PAGE, re.DOTALL)
    assert re.findall(r"`(\w+)`", said) == list(schema["components"]["schemas"]["Draft"]["properties"])


@pytest.mark.django_db
def test_the_draft_of_the_example_is_taken(world: World) -> None:
    (body,) = re.findall(r"-d '(.*?)'", PAGE)
    answer = Caller(world.hq).send("notices/", json.loads(body))
    assert (answer.status_code, answer.json()["state"]) == (201, "draft")


def test_the_numbers_of_the_page_are_those_of_the_settings() -> None:
    assert f"1 to {KeysetPagination.MOST} ({KeysetPagination.SIZE} unless" in PAGE
    rate = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["person"].split("/")[0]
    assert f"more than {rate} calls in a minute" in PAGE
    assert settings.REST_KNOX["TOKEN_TTL"].days == 365
