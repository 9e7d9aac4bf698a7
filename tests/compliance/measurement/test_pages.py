import csv
import datetime
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.measurement.models import DrawnLine, MajorRules, MeasurementPlan, PlanWork
from compliance.measurement.reading import measured
from examinations.models import Discrepancy, Examination, Selection
from tests.compliance.measurement.lines import import_lines, plan_of, review
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DRAWN_ON = datetime.date(2026, 10, 5)
AS_OF = datetime.date(2026, 11, 25)


@pytest.fixture
def frozen(world: World) -> MeasurementPlan:
    import_lines(world, 120)
    plan = plan_of(world)
    plan.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    return plan


def _thresholds() -> Any:
    return MajorRules.objects.get(number=1).thresholds


def _drawn(plan: MeasurementPlan) -> list[DrawnLine]:
    return list(plan.drawn.order_by("stratum__place", "entry_number"))


# ---- which rows fill a line in -------------------------------------------------------------------------------


def test_a_closed_random_review_of_the_line_begun_since_the_draw_fills_it_in(
    world: World, frozen: MeasurementPlan
) -> None:
    lines = _drawn(frozen)
    review(world, lines[0])
    review(world, lines[1], "DISCREPANCY_LOL", {"type": "MISSING_DOC"})
    found = measured(frozen, _thresholds(), AS_OF)
    assert (found.whole.examined, found.whole.wrong, found.whole.majors, found.missing) == (2, 1, 0, 38)


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "TARGETED"},
        {"reason": "FOLLOWUP"},
        {"reason": "UNKNOWN"},
        {"type": "INT"},
        {"line": None, "type": "DOC"},
        {"line": None, "reason": "TARGETED"},
        {"line": None, "selected": datetime.date(2026, 10, 4)},
        {"line": 2},
        {"closed": None, "disposition": "PENDING"},
        {"selected": datetime.date(2026, 10, 4)},
        {"closed": datetime.date(2026, 11, 26)},
    ],
    ids=lambda fields: "-".join(f"{name}-{value}" for name, value in fields.items()),
)
def test_any_other_row_fills_nothing_in(world: World, frozen: MeasurementPlan, fields: dict[str, Any]) -> None:
    review(world, _drawn(frozen)[0], **fields)
    assert measured(frozen, _thresholds(), AS_OF).whole.examined == 0


def test_a_random_review_of_a_line_that_was_not_drawn_is_a_series_of_its_own(
    world: World, frozen: MeasurementPlan
) -> None:
    other = _drawn(frozen)[0]
    taken = set(frozen.drawn.values_list("entry_number", flat=True))
    other.entry_number = next(number for n in range(120) if (number := f"9XZ2{n:06}1") not in taken)
    review(world, other, "DISCREPANCY_LOL")
    review(world, other, type="INT", line=None)
    found = measured(frozen, _thresholds(), AS_OF)
    assert (found.whole.examined, found.other_reviews, found.other_cargo) == (0, (1, 1), (1, 0))


def test_a_line_reviewed_twice_counts_once_as_first_closed(world: World, frozen: MeasurementPlan) -> None:
    line = _drawn(frozen)[0]
    review(world, line, day=datetime.date(2026, 11, 3))
    review(world, line, "DISCREPANCY_LOL", day=datetime.date(2026, 11, 10))
    found = measured(frozen, _thresholds(), AS_OF)
    assert (found.whole.examined, found.whole.wrong, found.other_reviews) == (1, 0, (1, 1))


def test_after_the_plan_is_closed_nothing_fills_in_any_more(world: World, frozen: MeasurementPlan) -> None:
    frozen.close(by=world.hq, on=datetime.date(2026, 11, 1))
    review(world, _drawn(frozen)[0], day=datetime.date(2026, 11, 2))
    assert measured(frozen, _thresholds(), AS_OF).whole.examined == 0


def test_a_closed_plan_keeps_its_numbers_when_later_files_correct_rows(world: World, frozen: MeasurementPlan) -> None:
    lines = _drawn(frozen)
    finding = {"type": "CLASS", "declared": Decimal(900), "revenue_difference": Decimal("1500.25")}
    made = [review(world, lines[0], "DISCREPANCY_LOL", finding), review(world, lines[1]), review(world, lines[2])]
    open_to_corrections = measured(frozen, _thresholds(), AS_OF)
    frozen.close(by=world.hq, on=datetime.date(2026, 11, 20))
    before = measured(frozen, _thresholds(), AS_OF)
    assert (before.whole, before.gap) == (open_to_corrections.whole, open_to_corrections.gap)
    assert (before.whole.examined, before.whole.wrong, before.whole.majors) == (3, 1, 1)
    Discrepancy.objects.filter(examination=made[0]).update(revenue_difference=1)
    Examination.objects.filter(pk=made[1].pk).update(disposition="DISCREPANCY_MTD")
    Selection.objects.filter(examination=made[2]).update(reason="TARGETED")
    after = measured(frozen, _thresholds(), AS_OF)
    assert after == before
    # And as it was told on a day before it was closed.
    assert measured(frozen, _thresholds(), datetime.date(2026, 11, 1)).whole.examined == 0


# ---- rates and money ---------------------------------------------------------------------------------------


def test_letter_and_major_stand_side_by_side_overall_and_by_part(world: World, frozen: MeasurementPlan) -> None:
    for n, line in enumerate(_drawn(frozen)):
        finding = {"type": "CLASS", "revenue_difference": Decimal(1_500) if n % 8 == 0 else Decimal("0.50")}
        review(world, line, *(("DISCREPANCY_LOL", finding) if n % 4 == 0 else ()))
    found = measured(frozen, _thresholds(), AS_OF)
    assert (found.whole.examined, found.whole.wrong, found.whole.majors) == (40, 10, 5)
    assert found.whole.letter is not None
    assert found.whole.major is not None
    assert found.whole.letter.low < 0.25 < found.whole.letter.high
    assert found.whole.major.rate < found.whole.letter.rate
    assert found.missing == 0
    (chapter,) = found.parts["chapter"]
    assert (chapter.name, chapter.population, chapter.rated) == ("Chapter 85", 120, found.whole)
    assert found.gap is not None
    assert (found.gap.under.findings, found.gap.over.findings, found.gap.net.findings) == (10, 0, 10)
    assert found.gap.net.interval is None
    assert found.gap.net.total == pytest.approx(found.gap.under.total)
    assert 120 * 1_500 * 0.05 < found.gap.under.total < 120 * 1_500 * 0.25
    assert found.called_major == 0


def test_under_and_over_do_not_hide_one_another(world: World, frozen: MeasurementPlan) -> None:
    for n, line in enumerate(_drawn(frozen)):
        amount = Decimal(100) if n % 2 else Decimal(-100)
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": amount})
    gap = measured(frozen, _thresholds(), AS_OF).gap
    assert gap is not None
    assert gap.under.total > 5_000
    assert gap.over.total < -5_000
    assert abs(gap.net.total) < 1_000
    assert gap.net.interval is not None
    assert gap.under.interval is None


def test_the_rules_of_another_day_give_another_estimate(world: World, frozen: MeasurementPlan) -> None:
    for line in _drawn(frozen):
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": Decimal(60)})
    stricter = MajorRules.make(
        by=world.hq,
        since=timezone.localdate(),
        revenue_amount=Decimal(100_000),
        revenue_share=Decimal("0.9"),
        admissibility=["IPR"],
    )
    assert measured(frozen, _thresholds(), AS_OF).whole.majors == 40
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
    with pytest.raises(ValidationError, match=f"{tomorrow:%m/%d/%Y} or later"):
        MajorRules.make(by=world.hq, since=timezone.localdate())


def test_lines_not_examined_are_shown_with_what_is_assumed(world: World, frozen: MeasurementPlan) -> None:
    for line in _drawn(frozen)[::2]:
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
    review(world, _drawn(frozen)[0])
    before = [asked(address) for address in addresses]
    for line in _drawn(frozen)[1:]:
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": Decimal(60)})
    for year in (1, 2):
        plan_of(world, name=f"Another {year}").freeze(by=world.hq, on=DRAWN_ON)
    assert [asked(address) for address in addresses] == before
    assert max(before) <= 22


# ---- the pages -------------------------------------------------------------------------------------------------


ADDRESSES = [
    "",
    "new/",
    "rules/",
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
    for verb in ("freeze", "close", "sizes", "hand", "change"):
        assert client.post(f"/measurement/{frozen.pk}/{verb}/", {}).status_code == 404
    assert "Measurement" not in client.get("/").content.decode()


def test_headquarters_opens_every_page(world: World, frozen: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    for address in ADDRESSES:
        assert client.get("/measurement/" + address.format(plan=frozen.pk)).status_code in (200, 302)
    for nothing in ("987654321", "9" * 40, "0", "-1", "x"):
        assert client.get(f"/measurement/{nothing}/").status_code == 404


def _form(**fields: Any) -> dict[str, Any]:
    return {
        "name": "Fiscal year 2025",
        "starts": "10/01/2024",
        "ends": "09/30/2025",
        "group_by": "chapter",
        "bands": "2500,25000",
        "whole_from": "",
        "lines": "40",
        "floor": "5",
        "expected_rate": "0.05",
        "review_days": "90",
    } | fields


def _work() -> None:
    """Do what a worker is asked for."""
    for work in PlanWork.objects.filter(state=PlanWork.State.WAITING):
        assert work.do()


def test_from_draft_to_frozen_in_the_browser(world: World) -> None:
    import_lines(world, 120)
    client = signed_in(world, "hq")
    assert client.post("/measurement/new/", _form()).status_code == 302
    plan = MeasurementPlan.objects.get()
    address = f"/measurement/{plan.pk}/"
    assert "<b>being counted</b>" in client.get(address).content.decode()
    assert "Waiting for a worker" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    _work()
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = client.get(address).content.decode()
    assert "<b>40 of 120 lines</b> would be drawn" in page
    keys = {stratum.key: stratum.to_draw for stratum in plan.strata.all()}
    client.post(f"{address}change/", _form(lines="60", bands=""))
    assert not plan.strata.exists()
    _work()
    assert "<b>60 of 120 lines</b>" in client.get(address).content.decode()
    assert plan.strata.count() < len(keys)
    client.post(f"{address}change/", _form())
    _work()
    client.post(f"{address}sizes/", keys | {next(iter(keys)): 20})
    assert "<b>46 of 120 lines</b>" in client.get(address).content.decode()
    assert "Freeze this plan?" in client.get(f"{address}freeze/").content.decode()
    assert not plan.drawn.exists()
    for _ in range(2):
        assert "<b>being drawn</b>" in client.post(f"{address}freeze/", follow=True).content.decode()
    assert PlanWork.objects.filter(verb="freeze").count() == 1
    _work()
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "Of <b>46 lines</b> drawn at random" in client.get(address).content.decode()
    assert "write a new plan" in client.post(f"{address}freeze/", follow=True).content.decode()
    assert plan.drawn.count() == 46


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"starts": "10/01/2025"}, "before the first"),
        ({"starts": "nonsense"}, "Enter a valid date"),
        ({"bands": "5,x"}, "Enter a number"),
        ({"bands": "9,5"}, "each larger than the one before"),
        ({"name": ""}, "required"),
    ],
)
def test_a_plan_that_cannot_be_is_sent_back_with_the_sentence(
    world: World, fields: dict[str, Any], because: str
) -> None:
    import_lines(world, 120)
    answer = signed_in(world, "hq").post("/measurement/new/", _form(**fields))
    assert answer.status_code == 200
    assert because in answer.content.decode()
    assert not MeasurementPlan.objects.exists()


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"lines": "500"}, "allow 120 or fewer"),
        ({"starts": "01/01/1990", "ends": "12/31/1990"}, "choose another"),
    ],
)
def test_what_only_the_count_can_tell_is_said_on_the_plans_page_and_can_be_mended(
    world: World, fields: dict[str, Any], because: str
) -> None:
    import_lines(world, 120)
    client = signed_in(world, "hq")
    client.post("/measurement/new/", _form(**fields))
    _work()
    address = f"/measurement/{MeasurementPlan.objects.get().pk}/"
    page = client.get(address).content.decode()
    assert because in page
    assert "could not be counted" in page
    assert "count the population first" in client.post(f"{address}freeze/", follow=True).content.decode()
    client.post(f"{address}change/", _form())
    _work()
    page = client.get(address).content.decode()
    assert because not in page
    assert "<b>40 of 120 lines</b>" in page


def test_a_name_that_is_taken_is_refused(world: World, frozen: MeasurementPlan) -> None:
    answer = signed_in(world, "hq").post("/measurement/new/", _form(name=frozen.name))
    assert "already exists" in answer.content.decode()


def test_tampered_sizes_change_nothing(world: World) -> None:
    import_lines(world, 120)
    plan = plan_of(world)
    client = signed_in(world, "hq")
    keys = {stratum.key: stratum.to_draw for stratum in plan.strata.all()}
    for wrong in ("9999", "-3", "x", ""):
        client.post(f"/measurement/{plan.pk}/sizes/", keys | {next(iter(keys)): wrong})
    assert {stratum.key: stratum.to_draw for stratum in plan.strata.all()} == keys


def test_what_comes_late_for_a_frozen_plan_is_told_that_it_is_frozen(world: World, frozen: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    before = list(frozen.strata.values_list("key", "to_draw", "expected_rate"))
    for page in ("sizes", "change", "freeze"):
        answer = client.post(f"/measurement/{frozen.pk}/{page}/", {"lines": "3"}, follow=True).content.decode()
        assert "to measure otherwise, write a new plan" in answer
    assert list(frozen.strata.values_list("key", "to_draw", "expected_rate")) == before


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
    review(world, _drawn(frozen)[0])
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
    assert MajorRules.objects.count() == 2


def test_a_drawn_line_gives_nothing_away_to_the_member_it_belongs_to(world: World, frozen: MeasurementPlan) -> None:
    """Its page, its entry and its list say the same before and after the line is drawn and being reviewed."""
    line = _drawn(frozen)[0]
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
