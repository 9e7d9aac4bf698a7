"""The rules of what is major, put in force by headquarters and asked of an estimate."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from compliance.measurement.models import MajorRules, MeasurementPlan
from compliance.measurement.reading import measured
from tests.compliance.measurement.lines import AS_OF, drawn_of, first_thresholds, review
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_the_rules_of_another_day_give_another_estimate(world: World, frozen: MeasurementPlan) -> None:
    for line in drawn_of(frozen):
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": Decimal(60)})
    stricter = MajorRules.make(
        by=world.hq,
        since=timezone.localdate(),
        revenue_amount=Decimal(100_000),
        revenue_share=Decimal("0.9"),
        admissibility=["IPR"],
    )
    assert measured(frozen, first_thresholds(), AS_OF).whole.majors == 40
    assert measured(frozen, stricter.thresholds, AS_OF).whole.majors == 0
    client = signed_in(world, "hq")
    address = f"/measurement/{frozen.pk}/"
    assert b"Rules 1 call 40 so" in client.get(address).content
    assert b"CBP\xe2\x80\x99s files and Rules 2 call as many" in client.get(f"{address}?rules=2").content
    for nonsense in ("99", "x", "-1", "٣", "1" * 40):
        assert b"Rules 1 call 40 so" in client.get(address, {"rules": nonsense}).content


def test_a_set_of_rules_that_begins_later_waits_until_then(world: World, frozen: MeasurementPlan) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    later = MajorRules.make(by=world.hq, since=tomorrow, revenue_amount=Decimal(2_000))
    assert "What is major: Rules 1" in signed_in(world, "hq").get("/measurement/").content.decode()
    assert MajorRules.in_force(tomorrow) == later
    assert MajorRules.in_force(datetime.date(1990, 1, 1)).number == 1
    at_once = MajorRules.make(by=world.hq, since=timezone.localdate())  # takes the place of what has not begun
    assert MajorRules.in_force(timezone.localdate()) == MajorRules.in_force(tomorrow) == at_once


def test_headquarters_puts_the_next_set_of_rules_in_force(world: World) -> None:
    client = signed_in(world, "hq")
    fields = {
        "since": f"{timezone.localdate():%m/%d/%Y}",
        "revenue_amount": "2000",
        "revenue_share": "0.2",
        "value_amount": "5000",
        "value_share": "0.1",
        "admissibility": ["IPR", "PGA"],
    }
    assert client.post("/measurement/rules/", fields).status_code == 302
    assert MajorRules.objects.get(number=2).admissibility == ["IPR", "PGA"]
    answer = client.post("/measurement/rules/", fields | {"admissibility": ["IPR", "NONSENSE"]})
    assert "NONSENSE is not one of" in answer.content.decode()
    answer = client.post("/measurement/rules/", fields | {"value_share": "0"})
    assert "greater than or equal" in answer.content.decode()
    answer = client.post("/measurement/rules/", fields | {"since": "01/01/2024"})
    assert "estimates of before stand" in answer.content.decode()
    answer = client.post("/measurement/rules/", fields | {"since": "01/01/2062"})
    assert "01/01/2062 is more than a year ahead. Let it begin on" in answer.content.decode()
    assert MajorRules.objects.count() == 2
