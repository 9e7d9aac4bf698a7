"""A score in words, whole sentences: what each part counts, what moved, and why."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from compliance.risk.factors import FACTORS, LIMIT, NAMES
from compliance.risk.model import SECOND
from compliance.risk.models import Assessment
from compliance.risk.words import BECAUSE, loss_in_words, moves_of, parts_of, sentence_of

DAY = datetime.date(2026, 11, 24)
WHOLE = {
    "value12": 19_200_000, "duty12": 1_700_000, "entries12": 1_362, "lines12": 4_250, "rate": 0.0506, "rate_low": 0.024,
    "rate_high": 0.086, "reviews": 118, "reviews_wrong": 6, "reviews_major": 3, "finds": 14, "owed": 5_200,
    "value_last_half": 10_800_000, "value_half_before": 8_400_000, "textiles12": 1_900_000, "adcvd12": 3_100_000,
    "new_supplier_value": 1_620_000, "new_heading_value": 350_000, "new_suppliers": 2, "new_headings": 1,
    "unsure_entries": 15, "bond_amount": 200_000, "duties_taxes_fees12": 1_868_000, "ctpat_tier": 2,
}  # fmt: skip
NOTHING = dict.fromkeys(("entries12", "lines12", "reviews", "reviews_wrong", "finds", "unsure_entries"), 0)


def row(**fields: Any) -> Assessment:
    """A score that was never kept, with these inputs or parts."""
    given = {"as_of": DAY, "model_version": 2, "score": Decimal(0), "band": "low"} | NOTHING | fields
    return Assessment(**given)


@pytest.mark.parametrize(
    ("part", "fields", "sentence"),
    [
        ("duty_at_stake", WHOLE, "$1.7 million of duty in 12 months, on 1,362 entries"),
        ("duty_at_stake", {"duty12": 310_000, "entries12": 1}, "$310,000 of duty in 12 months, on 1 entry"),
        (
            "likelihood",
            WHOLE,
            "5.1 % of lines, between 2.4 % and 8.6 %; 6 of 118 lines reviewed at random in 24 months had an error",
        ),
        (
            "likelihood",
            {"rate": 0.04, "rate_low": 0.01, "rate_high": 0.11},
            "4.0 % of lines, between 1.0 % and 11.0 %; no line was reviewed at random yet, so it is as its peers’",
        ),
        ("likelihood", {}, "No line was reviewed at random yet; taken to be as usual"),
        (
            "likelihood",
            {"reviews": 5, "reviews_wrong": 1},
            "1 of 5 lines reviewed at random in 24 months had an error; two in forty are added to everybody’s",
        ),
        ("severity", WHOLE, "$371 more owed a find, over 14 finds"),
        ("severity", {"finds": 1, "owed": 90}, "$90 more owed a find, over 1 find"),
        ("severity", {}, "Nothing was found yet; taken to be as usual"),
        (
            "majors",
            WHOLE,
            "3 of 6 errors found at random major; 40 % with four usual errors added, and points begin above 25 %",
        ),
        ("majors", {}, "No error was found at random yet"),
        ("exposure", WHOLE, "26 % of value in priority trade issues, most in antidumping and countervailing duty"),
        ("exposure", {"value12": 9}, "No value in priority trade issues"),
        ("change", WHOLE, "2 new suppliers and 1 new heading in six months, with 15 % of these months’ value"),
        ("change", {}, "No supplier, origin or heading is new in six months"),
        ("growth", WHOLE, "Value up 29 % on the six months before"),
        ("growth", {"value_last_half": 1, "value_half_before": 4}, "Value down 75 % on the six months before"),
        ("growth", {"value_last_half": 1}, "New in the last six months"),
        ("growth", {}, "No trade in 12 months"),
        ("controls", {}, "No weakness in a reviewed self-assessment, and nothing of a plan overdue"),
        (
            "controls",
            {"plan_overdue": 1, "controls_weak": 0.25},
            "1 item of the plan overdue; the reviewed self-assessment lacks 25 % of its points",
        ),
        ("bond_use", WHOLE, "93 % of a bond of $200,000 used, by CBP’s published formula"),
        ("bond_use", {}, "No continuous bond of activity 1 on file"),
        ("data_quality", WHOLE, "Fees estimated or unknown on 15 entries"),
        ("data_quality", {}, "All fees are as filed"),
        ("programs", WHOLE | {"isa": 1}, "CTPAT tier 2 and ISA takes points off"),
        ("programs", {"isa": 1}, "ISA takes points off"),
        ("programs", {}, "In no program that takes points off"),
        (LIMIT, {}, "A score ends at 0 and at 100"),
    ],
)
def test_each_part_says_what_it_counts(part: str, fields: dict[str, Any], sentence: str) -> None:
    assert BECAUSE[part](row(**fields)).replace("\u00a0", " ") == sentence


def test_every_part_has_a_sentence() -> None:
    assert list(BECAUSE) == [*FACTORS, LIMIT]


NOW = row(
    score=Decimal("61.5"), duty_at_stake=Decimal(30), likelihood=Decimal("20.5"), severity=Decimal(11), duty12=300_000,
    reviews=5, reviews_wrong=1,
)  # fmt: skip
BEFORE = row(
    score=Decimal("58.25"), duty_at_stake=Decimal("30.05"), likelihood=Decimal(16), severity=Decimal("12.2"),
    duty12=301_000, reviews=4, as_of=DAY - datetime.timedelta(days=1),
)  # fmt: skip


def test_what_moved_stands_with_its_reason_of_now_and_of_then_the_most_first() -> None:
    likelihood, severity = moves_of(NOW, BEFORE)
    assert (likelihood.name, likelihood.points, likelihood.moved) == (
        NAMES["likelihood"],
        Decimal("20.5"),
        Decimal("4.5"),
    )
    assert likelihood.because.startswith("1 of 5 lines reviewed at random in 24 months had an error")
    assert likelihood.before.startswith("0 of 4 lines reviewed at random in 24 months had an error")
    # Its reason is the same as before, so it is not said twice; and the duty moved by less than one sees.
    assert (severity.name, severity.moved, severity.before) == (NAMES["severity"], Decimal("-1.2"), "")


def test_parts_add_up_to_what_the_score_moved() -> None:
    assert sum(part.moved or 0 for part in parts_of(NOW, BEFORE)) == NOW.score - BEFORE.score
    assert {part.moved for part in parts_of(NOW, None)} == {None}
    assert moves_of(NOW, NOW) == []


def test_the_sentence_after_the_score_tells_what_moved_most_or_weighs_most() -> None:
    assert sentence_of(NOW, BEFORE) == "up 3.2 in a month, most by likelihood of an error"
    assert sentence_of(BEFORE, NOW) == "down 3.2 in a month, most by likelihood of an error"
    little = row(score=Decimal("62.4"), duty_at_stake=Decimal("30.9"), likelihood=Decimal("20.5"), severity=Decimal(11))
    assert sentence_of(little, NOW) == sentence_of(NOW, None) == "most of it duty at stake"


def test_a_part_that_only_older_models_count_stands_only_where_it_counts() -> None:
    assert "Growth" not in [part.name for part in parts_of(NOW, None)]
    assert "Growth" in [part.name for part in parts_of(row(growth=Decimal(3)), None)]
    assert NAMES[LIMIT] in [part.name for part in parts_of(row(limit_of_scale=Decimal(-3)), None)]


def test_the_product_behind_a_score_is_told_in_dollars() -> None:
    said = loss_in_words(row(**WHOLE | {"expected_loss": 24_000}), SECOND)
    # 14 finds of 5,200 at 400 of duty a line are 13 lines' duty; ten usual ones of a fifth are added.
    assert said.replace("\u00a0", " ") == (
        "Expected loss of revenue: about $24,000 a year, which is $1.7 million of duty × 5.1 % of lines in error × 0.62 of a "
        "line’s duty for each."
    )
