"""Codes of a notice in one form, and refused where nothing has them; numbers as their source writes them."""

import pytest

from notices import codes, numbers


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        (codes.prefix, "8501.10.40", "85011040"),
        (codes.prefix, "85", "85"),
        (codes.prefix, "850", "850"),
        (codes.prefix, "9903.88", "990388"),
        (codes.country, "cn", "CN"),
        (codes.port, "2704", "2704"),
        (codes.manufacturer, "cnshe", "CNSHE"),
        (codes.preference, "none", "NONE"),
        (codes.preference, "a+", "A+"),
        (codes.case, "a-570-967", "A570967"),
        (codes.case, "C-570-967-001", "C570967001"),
        (codes.entry_type, "01", "01"),
    ],
)
def test_codes_come_into_one_form(form: object, text: str, found: str) -> None:
    assert codes.all_of(form, [text, text]) == [found]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (codes.prefix, "8"),
        (codes.prefix, "77"),
        (codes.prefix, "8599"),
        (codes.prefix, "859"),
        (codes.prefix, "85013210000"),
        (codes.prefix, "٨٥٠١"),
        (codes.prefix, "85%"),
        (codes.country, "China"),
        (codes.country, "XX"),
        (codes.port, "270"),
        (codes.manufacturer, "CN"),
        (codes.manufacturer, "CN%"),
        (codes.preference, "MXCAS"),
        (codes.claimed_preference, "NONE"),
        (codes.case, "B570967"),
        (codes.entry_type, "1"),
    ],
)
def test_what_nothing_has_is_refused_by_name(form: object, text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        codes.all_of(form, [text])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "number", "fits"),
    [
        ("CSMS", "65313729", True),
        ("CSMS", "15-000967", True),
        ("CSMS", "90 FR 34665", False),
        ("FR", "90 FR 34665", True),
        ("FR", "FR Doc 2015-28503", True),
        ("FR", "USCBP-2006-0119", True),
        ("FR", "65313729", False),
        ("RULING", "HQ H298167", True),
        ("RULING", "NY N304512", True),
        ("RULING", "298167", False),
        ("ADCVD", "7272309", True),
        ("ADCVD", "727230", False),
        ("TRADE", "anything", True),
        ("CSMS", "DEMO-2601", True),
        ("CSMS", "65313729\n", False),
    ],
)
def test_numbers_are_as_their_source_writes_them(kind: str, number: str, fits: bool) -> None:
    assert (numbers.why_not(kind, number) == "") is fits
