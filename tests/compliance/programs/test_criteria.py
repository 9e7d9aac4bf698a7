"""Criteria by facts: what is met, what is missing, what the data cannot tell."""

import datetime
from dataclasses import replace

from compliance.programs.criteria import ACE, CTPAT, ISA, TO_CONFIRM, Criterion, Facts, criteria_of

DAY = datetime.date(2026, 6, 1)
GOOD = Facts(
    importer=True, active=True, numbers=2, administrators=1, entries12=400, bonded=True, overdue=0, ctpat=True, tier=2,
    reviewed_on=datetime.date(2026, 1, 5), weak=(), trail=2, mending=3, tested_on=datetime.date(2026, 2, 1), as_of=DAY,
)  # fmt: skip


def by_code(program: str, given: Facts) -> dict[str, Criterion]:
    return {one.code: one for one in criteria_of(program, given)}


def test_a_good_importer_lacks_only_what_a_person_must_confirm() -> None:
    for program in (ACE, CTPAT, ISA):
        found = by_code(program, GOOD)
        assert {code for code, one in found.items() if one.met is not True} == set(TO_CONFIRM[program])
        assert all(found[code].met is None for code in TO_CONFIRM[program])


def test_each_fact_that_fails_fails_its_own_criterion_alone() -> None:
    for program, code, change in (
        (ACE, "number", {"numbers": 0}),
        (ACE, "administrator", {"administrators": 0}),
        (CTPAT, "trade", {"entries12": 0}),
        (CTPAT, "trade", {"active": False}),
        (CTPAT, "bond", {"bonded": False}),
        (CTPAT, "answers", {"overdue": 1}),
        (ISA, "tier", {"tier": 1}),
        (ISA, "controls", {"weak": ("Monitoring",)}),
        (ISA, "controls", {"reviewed_on": None}),
        (ISA, "controls", {"reviewed_on": datetime.date(2024, 5, 1)}),
        (ISA, "tests", {"tested_on": None}),
        (ISA, "tests", {"tested_on": datetime.date(2025, 5, 1)}),
        (ISA, "trail", {"trail": 1}),
        (ISA, "importer", {"importer": False}),
    ):
        found = by_code(program, replace(GOOD, **change))
        assert {name for name, one in found.items() if one.met is False} == {code}, change


def test_years_end_on_their_day() -> None:
    for code, name, last in (
        ("tests", "tested_on", datetime.date(2025, 6, 1)),
        ("controls", "reviewed_on", datetime.date(2024, 6, 1)),
    ):
        assert by_code(ISA, replace(GOOD, **{name: last}))[code].met is True
        assert by_code(ISA, replace(GOOD, **{name: last - datetime.timedelta(days=1)}))[code].met is False


def test_without_ctpat_there_is_no_tier_and_with_it_an_unknown_one_is_unknown() -> None:
    assert by_code(ISA, replace(GOOD, ctpat=False, tier=None))["tier"].met is False
    assert by_code(ISA, replace(GOOD, tier=None))["tier"].met is None


def test_one_is_singular() -> None:
    assert by_code(CTPAT, replace(GOOD, overdue=1))["answers"].says == "1 answer to CBP is overdue"
    assert by_code(ACE, replace(GOOD, numbers=1))["number"].says == "1 importer number on file"
    assert by_code(ACE, replace(GOOD, importer=False, numbers=0))["number"].says == "no filer code is on file"
