"""What a frozen plan says: letter of the law beside major, overall and by part, and money each way."""

from decimal import Decimal

import pytest

from compliance.measurement.estimating import gap_of, gap_of_part
from compliance.measurement.major import Finding
from compliance.measurement.models import MeasurementPlan
from compliance.measurement.reading import measured
from compliance.measurement.results import Review
from compliance.measurement.totals import revenue_gap
from examinations.models import Examination
from tests.compliance.measurement.conftest import DRAWN_ON
from tests.compliance.measurement.lines import AS_OF, drawn_of, first_thresholds, plan_of, review
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_letter_and_major_stand_side_by_side_overall_and_by_part(world: World, frozen: MeasurementPlan) -> None:
    for n, line in enumerate(drawn_of(frozen)):
        finding = {"type": "CLASS", "revenue_difference": Decimal(1_500) if n % 8 == 0 else Decimal("0.50")}
        review(world, line, *(("DISCREPANCY_LOL", finding) if n % 4 == 0 else ()))
    found = measured(frozen, first_thresholds(), AS_OF)
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


def test_what_lines_never_examined_could_change_is_said_in_numbers(world: World, frozen: MeasurementPlan) -> None:
    """Of each stratum's drawn lines every second is examined, and of these the first was wrong."""
    strata = list(frozen.strata.all())
    low = high = assumed = 0.0
    for stratum in strata:
        drawn = list(stratum.drawn.order_by("entry_number"))
        examined = drawn[::2]
        for n, line in enumerate(examined):
            review(world, line, *(("DISCREPANCY_LOL", {"type": "CLASS"}) if n == 0 else ()))
        share = stratum.population / 120
        low += share / len(drawn)
        high += share * (1 + len(drawn) - len(examined)) / len(drawn)
        assumed += share / len(examined)
    found = measured(frozen, first_thresholds(), AS_OF)
    assert found.without_assumption == pytest.approx((low, high))
    assert found.whole.letter is not None
    assert found.whole.letter.rate == pytest.approx(assumed)  # as often in error as the examined of their stratum
    page = signed_in(world, "hq").get(f"/measurement/{frozen.pk}/").content.decode()
    assert f"If none of them were in error the rate would be {low:.1%}".replace("%", " %") in page.replace(
        "\u00a0", " "
    )


def test_every_year_stands_on_the_chart_of_the_list_with_both_rates(world: World, frozen: MeasurementPlan) -> None:
    another = plan_of(world, name="Fiscal year 2025 again")
    another.freeze(by=world.hq, seed=2, on=DRAWN_ON)
    for plan in (frozen, another):
        for line in drawn_of(plan):
            if not Examination.objects.filter(entry_number=line.entry_number, type="ESR").exists():
                review(world, line)
    page = signed_in(world, "hq").get("/measurement/").content.decode()
    assert "Estimated for all lines of each period, with 95 % intervals" in page
    assert "Fiscal year 2025 again: no other rate than in Fiscal year 2025" in page
    assert page.count("major errors") >= 2


def test_under_and_over_do_not_hide_one_another(world: World, frozen: MeasurementPlan) -> None:
    for n, line in enumerate(drawn_of(frozen)):
        amount = Decimal(100) if n % 2 else Decimal(-100)
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": amount})
    gap = measured(frozen, first_thresholds(), AS_OF).gap
    assert gap is not None
    assert gap.under.total > 5_000
    assert gap.over.total < -5_000
    assert abs(gap.net.total) < 1_000
    assert gap.net.interval is not None
    assert gap.under.interval is None


def test_revenue_stands_by_stratum_center_chapter_and_issue_as_the_rates_do(
    world: World, frozen: MeasurementPlan
) -> None:
    lines = drawn_of(frozen)
    dear = lines[-1].stratum_id
    for line in lines:
        amount = Decimal(300) if line.stratum_id == dear else Decimal(-20)
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": amount})
    found = measured(frozen, first_thresholds(), AS_OF)
    *cheap, last = found.strata
    assert last.gap is not None
    assert last.gap.net.total == pytest.approx(300 * last.stratum.population)
    assert (last.gap.over.total, last.gap.over.findings) == (0, 0)
    for row in cheap:
        assert row.gap is not None
        assert row.gap.over.total == pytest.approx(-20 * row.stratum.population)
    # Every line is of one chapter and one Center: there the money is that of all, interval and all.
    for part in ("center", "chapter"):
        (row,) = found.parts[part]
        assert row.gap == found.gap
        assert row.gap is not None
        assert row.gap.net.interval is not None
    page = signed_in(world, "hq").get(f"/measurement/{frozen.pk}/").content.decode()
    for said in ("Revenue by stratum", "Revenue: By Center", "Revenue: By chapter", "shown from 30 findings on"):
        assert said in page


def test_a_part_that_was_not_examined_everywhere_has_its_strata_joined_as_for_its_rate() -> None:
    reviews = [_of(1, 100), _of(1, 0), _of(3, 50), _of(3, 50)]
    found = gap_of_part({1: 10, 2: 20, 3: 30, 4: 5}, reviews)
    assert found is not None
    assert found.under.total == pytest.approx(10 * 50 + (20 + 30 + 5) * 50)
    assert gap_of({1: 10, 2: 20, 3: 30}, reviews) is None
    assert gap_of_part({1: 10}, []) is None


@pytest.mark.parametrize(("findings", "told"), [(29, False), (30, True)])
def test_money_has_an_interval_from_thirty_findings_on_and_it_is_that_of_the_function(
    findings: int, told: bool
) -> None:
    amounts = [10 * (n + 1) for n in range(findings)] + [0] * (50 - findings)
    gap = gap_of({1: 1_000, 2: 10}, [*(_of(1, amount) for amount in amounts), _of(2, 0), _of(2, 0)])
    assert gap is not None
    mean = sum(amounts) / 50
    sd = (sum((one - mean) ** 2 for one in amounts) / 49) ** 0.5
    whole = revenue_gap([(1_000, 50, mean, sd), (10, 2, 0, 0)])
    assert gap.under.total == pytest.approx(whole.total)
    assert gap.under.findings == findings
    assert gap.under.interval == (pytest.approx((whole.low, whole.high)) if told else None)


def test_each_way_and_net_count_their_own_findings_to_thirty() -> None:
    """Fifteen each way are thirty of the net: it has an interval, and neither way has one."""
    gap = gap_of({1: 100}, [_of(1, amount) for amount in [40] * 15 + [-30] * 15 + [0] * 10])
    assert gap is not None
    assert (gap.under.findings, gap.over.findings, gap.net.findings) == (15, 15, 30)
    assert gap.under.interval is None
    assert gap.over.interval is None
    assert gap.net.interval is not None
    low, high = gap.net.interval
    assert low < gap.net.total < high


def test_one_examined_line_that_stands_for_many_leaves_money_without_an_interval() -> None:
    gap = gap_of({1: 40, 2: 1_000}, [*(_of(1, 10) for _ in range(40)), _of(2, 10)])
    assert gap is not None
    assert gap.under.findings == 41
    assert gap.under.interval is None


def _of(stratum: int, revenue: int) -> Review:
    findings = (Finding("CLASS", revenue=Decimal(revenue)),) if revenue else ()
    result = "DISCREPANCY_LOL" if revenue else "NO_DISCREPANCY"
    return Review(stratum, "", "85", (), 1, Decimal(20), False, result, findings)
