import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.identifiers import (
    entry_check_digit,
    manufacturer_id,
    parse_entry_number,
    parse_filer_code,
    parse_importer_number,
)
from accounts.identifiers.entry_number import LETTERS

# domain.md 2.2: worked examples, and real numbers of CBP ruling HQ H005628.
CHECK_DIGITS = [
    ("ABC", "1234567", 6),
    ("B76", "0324527", 8),
    ("WYA", "0000123", 6),
    ("SCS", "1000000", 8),
    ("9XZ", "7654321", 1),
    ("K7J", "0450098", 1),
    ("999", "9999999", 0),
    ("001", "0000001", 7),
    ("002", "6110316", 2),
    ("002", "6111115", 7),
    ("002", "6111223", 9),
    ("002", "6111109", 0),
    ("002", "6111082", 9),
]


@pytest.mark.parametrize(("filer", "number", "digit"), CHECK_DIGITS)
def test_the_check_digit_is_the_published_one(filer: str, number: str, digit: int) -> None:
    assert entry_check_digit(filer, number) == digit
    assert parse_entry_number(f"{filer}-{number}-{digit}").value == f"{filer}{number}{digit}"


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=3), st.integers(0, 9_999_999))
def test_the_check_digit_is_the_luhn_digit_of_the_converted_digits(filer: str, serial: int) -> None:
    if filer == "000":
        return
    number = f"{serial:07}"
    digits = [int(LETTERS.get(letter, letter)) for letter in filer + number]
    luhn = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits)))
    assert entry_check_digit(filer, number) == (10 - luhn % 10) % 10


@pytest.mark.parametrize("text", ["ABC-1234567-5", "ABC12345675", "ABC-123456-6", "AB-1234567-6", "", "ABC-12345X7-6"])
def test_an_entry_number_with_a_wrong_digit_or_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"check digit|entry number"):
        parse_entry_number(text)


@pytest.mark.parametrize("text", ["000", "AB", "ABCD", "A-B", ""])
def test_a_filer_code_is_three_letters_or_digits_and_not_zero(text: str) -> None:
    with pytest.raises(ValueError, match="filer code"):
        parse_filer_code(text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12-3456789AB", "EIN", "12-3456789AB"),
        ("12-345678900", "EIN", "12-345678900"),
        (" 12-3456789ab ", "EIN", "12-3456789AB"),
        ("123456789AB", "EIN", "12-3456789AB"),
        ("1234567890", "EIN", "01-234567890"),
        ("123-45-6789", "SSN", "123-45-6789"),
        ("862704-00123", "CBP_ASSIGNED", "862704-00123"),
    ],
)
def test_importer_numbers_are_read_in_every_form(text: str, kind: str, value: str) -> None:
    number = parse_importer_number(text)
    assert (number.kind, number.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12-34567890O", "letter O"),
        ("12-3456789I1", "letter I"),
        ("12-3456789Z1", "letter Z"),
        ("12-3456789", "not NN-"),
        ("862704-0012", "not NN-"),
        ("123456789", "Nine digits"),
        ("", "empty"),
        ("12345", "characters"),
    ],
)
def test_a_bad_importer_number_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_importer_number(text)


def test_a_social_security_number_is_shown_by_its_last_four_alone() -> None:
    assert parse_importer_number("123-45-6789").masked == "***-**-6789"
    with pytest.raises(ValueError, match="6789") as refused:
        parse_importer_number("123456789")
    assert "12345" not in str(refused.value)


@pytest.mark.parametrize(
    ("country", "name", "address", "city", "code"),
    [
        ("CN", "Amalgamated Plastics Corp.", "11455 Main Street Suite 9999", "Shanghai", "CNAMAPLA1145SHA"),
        ("DE", "Bergstrom", "Hauptstrasse", "Berlin", "DEBERBER"),
        ("JP", "A.B.C. Company", "12-34 56 Akasaka Road", "Tokyo", "JPABCCOM1234TOK"),
        ("JP", "O.A.S.I.S. Corp.", "7 Ginza", "Tokyo", "JPOASCOR7TOK"),
        ("CA-ON", "The House of Wool", "7 12th street", "Ottawa", "XOHOUWOO7OTT"),
    ],
)
def test_manufacturer_ids_follow_the_rules(country: str, name: str, address: str, city: str, code: str) -> None:
    assert manufacturer_id(country, name, address, city) == code


def test_a_manufacturer_without_a_name_or_of_no_province_is_refused() -> None:
    with pytest.raises(ValueError, match="name and a city"):
        manufacturer_id("CN", "", "1 Road", "Shanghai")
    with pytest.raises(ValueError, match="province"):
        manufacturer_id("CA-ZZ", "Maple", "1 Road", "Ottawa")
