"""The pages of a frozen plan: for whom they are, what they show, download and hand over."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.measurement.models import MeasurementPlan
from examinations.models import Examination
from tests.compliance.measurement.conftest import DRAWN_ON
from tests.compliance.measurement.lines import drawn_of, plan_of, review
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


ADDRESSES = [
    "",
    "new/",
    "rules/",
    "groups/",
    "{plan}/",
    "{plan}/change/",
    "{plan}/freeze/",
    "{plan}/close/",
    "{plan}/?download=csv",
]


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert"])
def test_to_everybody_else_the_pages_do_not_exist(world: World, frozen: MeasurementPlan, name: str) -> None:
    client = signed_in(world, name)
    nothing = client.get("/no-such-page/").content
    for address in ADDRESSES:
        response = client.get("/measurement/" + address.format(plan=frozen.pk))
        assert response.status_code == 404
        assert len(response.content) == len(nothing)
    for verb in ("freeze", "close", "sizes", "hand", "change", "cargo", "cargo/1/back"):
        assert client.post(f"/measurement/{frozen.pk}/{verb}/", {}).status_code == 404
    assert "Measurement" not in client.get("/").content.decode()


def test_headquarters_opens_every_page(world: World, frozen: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    for address in ADDRESSES:
        assert client.get("/measurement/" + address.format(plan=frozen.pk)).status_code in (200, 302)
    for nothing in ("987654321", "9" * 40, "0", "-1", "x"):
        assert client.get(f"/measurement/{nothing}/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"center": "zz", "reviewer": "Avery"}, "nothing was changed"),
        ({"center": "none", "reviewer": " "}, "nothing was changed"),
        ({"center": "none", "reviewer": "Avery", "due": "nonsense"}, "nothing was changed"),
        ({"center": "none", "reviewer": "Avery", "due": "01/01/2020"}, "were drawn later than that"),
        ({"center": "none", "reviewer": "x" * 121}, "nothing was changed"),
    ],
)
def test_lines_handed_to_nobody_or_until_yesterday_stay_where_they_are(
    world: World, frozen: MeasurementPlan, fields: dict[str, str], because: str
) -> None:
    before = set(frozen.drawn.values_list("reviewer", "due"))
    answer = signed_in(world, "hq").post(f"/measurement/{frozen.pk}/hand/", fields, follow=True)
    assert because in answer.content.decode()
    assert set(frozen.drawn.values_list("reviewer", "due")) == before


def test_a_closed_plan_says_how_many_were_never_examined(world: World, frozen: MeasurementPlan) -> None:
    review(world, drawn_of(frozen)[0])
    frozen.close(by=world.hq)
    page = signed_in(world, "hq").get(f"/measurement/{frozen.pk}/").content.decode()
    assert "39 lines were never examined" in page
    assert "Hand these lines over" not in page


def test_the_drawn_list_as_csv_has_a_row_for_each_line_and_no_formula(world: World, frozen: MeasurementPlan) -> None:
    world.quillard.name = "=cmd()"
    world.quillard.save()
    client = signed_in(world, "hq")
    client.post(f"/measurement/{frozen.pk}/hand/", {"center": world.quillard.center_id or "none", "reviewer": "Avery"})
    answer = client.get(f"/measurement/{frozen.pk}/?download=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 40
    assert {row["Importer"] for row in rows} == {"'=cmd()"}
    assert {row["Reviewer"] for row in rows} == {"Avery"}
    assert {row["Due Date"] for row in rows} == {"2027-01-03"}
    assert all(0 < float(row["Selection Probability"]) < 1 for row in rows)
    assert client.get(f"/measurement/{frozen.pk}/?download=xlsx").status_code == 200


def test_a_drawn_line_gives_nothing_away_to_the_member_it_belongs_to(world: World, frozen: MeasurementPlan) -> None:
    """Its page, its entry and its list say the same before and after the line is drawn and being reviewed."""
    line = drawn_of(frozen)[0]
    client: Client = signed_in(world, "robin")
    addresses = [f"/entries/{line.entry_number}/", "/examinations/?start=2000-01-01&reviews=1"]
    before = [client.get(address).content.decode() for address in addresses]
    review(world, line, closed=None, examined=None, disposition="PENDING")
    after = [client.get(address).content.decode() for address in addresses]
    for one, other in zip(before, after, strict=True):
        assert other.count("<tr") == one.count("<tr")
        assert "measurement" not in other.lower() or one.lower().count("measurement") == other.lower().count(
            "measurement"
        )
    assert Examination.objects.filter(entry_number=line.entry_number, type="ESR").exists()


def test_lines_not_examined_are_shown_with_what_is_assumed(world: World, frozen: MeasurementPlan) -> None:
    for line in drawn_of(frozen)[::2]:
        review(world, line)
    page = signed_in(world, "hq").get(f"/measurement/{frozen.pk}/").content.decode()
    assert "<b>20 of 40</b> drawn lines are not examined" in page
    assert "as often in error as the examined lines of the same stratum" in page


def test_no_page_asks_more_often_because_there_is_more(world: World, frozen: MeasurementPlan) -> None:
    client = signed_in(world, "hq")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(address).status_code == 200
        return len(context)

    addresses = ("/measurement/", f"/measurement/{frozen.pk}/", f"/measurement/{frozen.pk}/?download=csv")
    asked(addresses[0])
    review(world, drawn_of(frozen)[0])
    before = [asked(address) for address in addresses]
    for line in drawn_of(frozen)[1:]:
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": Decimal(60)})
    for year in (1, 2):
        plan_of(world, name=f"Another {year}").freeze(by=world.hq, on=DRAWN_ON)
    assert [asked(address) for address in addresses] == before
    assert max(before) <= 22
