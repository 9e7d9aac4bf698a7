"""Days held of goods that end without a release: they stop, and lists, files, the API and figures say the same of them."""

import csv
import datetime
import io

import pytest
from django.utils import timezone

from examinations import figures
from examinations.breakdowns.counting import recount
from examinations.models import Examination
from tests.named_people import World, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
EVER = "start=2000-01-01"


@pytest.fixture
def ended(world: World) -> World:
    """Of Quillard: one still held for 20 days, one released after 12, three that ended after 3, 5 and 10 without one."""
    today = timezone.localdate()
    Examination.objects.filter(account=world.quillard).exclude(number="EX-HELD").delete()
    made = {"SEIZED": 3, "REFUSED": 5, "NO_DISCREPANCY": 10}
    for disposition, days in made.items():
        make_examination(
            world.entries["other"], f"EX-{disposition[:3]}", "TARGETED", disposition=disposition,
            selected=today - 90 * DAY, closed=today - (90 - days) * DAY,
        )  # fmt: skip
    make_examination(
        world.entries["other"], "EX-REL", "TARGETED", disposition="NO_DISCREPANCY",
        selected=today - 90 * DAY, released=today - 78 * DAY, closed=today - 78 * DAY,
    )  # fmt: skip
    recount(None)
    return world


DAYS = {"EX-HELD": 20, "EX-REL": 12, "EX-NO_": 10, "EX-REF": 5, "EX-SEI": 3}


def test_their_days_end_with_the_result_in_list_file_and_api(ended: World) -> None:
    client = signed_in(ended, "robin")
    page = client.get(f"/examinations/?{EVER}&sort=-days").context["page"]
    assert [(one.number, one.days) for one in page.object_list] == list(DAYS.items())
    assert client.get(f"/examinations/?{EVER}").context["sums"]["median"] == 10
    file = client.get(f"/examinations/?{EVER}&download=csv").content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(file))
    assert {row["Examination Number"]: int(row["Days Held"]) for row in rows} == DAYS
    results = client.get("/api/v1/examinations/").json()["results"]
    assert {one["number"]: one["days"] for one in results} == DAYS


def test_they_count_no_further_tomorrow(ended: World) -> None:
    for as_of in (timezone.localdate(), timezone.localdate() + 400 * DAY):
        rows = figures.with_days(Examination.objects.filter(account=ended.quillard, closed__isnull=False), as_of)
        assert {one.number: one.days for one in rows} == {key: days for key, days in DAYS.items() if key != "EX-HELD"}


def test_figures_average_what_was_released_and_lead_to_what_ended_otherwise(ended: World) -> None:
    client = signed_in(ended, "robin")
    today = timezone.localdate()
    period = f"start={(today - 120 * DAY).isoformat()}&end={today.isoformat()}"
    answer = client.get(f"/examinations/figures/?{period}")
    whole = answer.context["all"]
    assert (whole.cargo, whole.held, whole.stay.count, whole.stay.median, whole.unreleased) == (5, 1, 1, 12, 3)
    assert "3 examinations ended without a day of release" in answer.content.decode()
    behind = client.get(answer.context["links"]["unreleased"]).context["page"].object_list
    assert {one.number for one in behind} == {"EX-NO_", "EX-REF", "EX-SEI"}
    definitions = client.get("/examinations/figures/definitions/").content.decode()
    assert "on the day on which the result was known" in definitions
