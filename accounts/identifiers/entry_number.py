"""The entry number: filer code, seven digits, check digit (19 CFR 142.3a; ACE CATAIR, Appendix E)."""

import re
from dataclasses import dataclass

FILER_CODE = re.compile(r"^[A-Z0-9]{3}$")
WHOLE = re.compile(r"^([A-Z0-9]{3})([0-9]{7})([0-9])$")

#: A-I count 1 to 9, J-R 1 to 9, S-Z 2 to 9.
LETTERS = {letter: str(position % 9 + 1) for position, letter in enumerate("ABCDEFGHIJKLMNOPQR")} | {
    letter: str(position + 2) for position, letter in enumerate("STUVWXYZ")
}


@dataclass(frozen=True)
class EntryNumber:
    """An entry number whose check digit is right."""

    filer_code: str
    number: str
    check_digit: int

    @property
    def value(self) -> str:
        """Eleven characters without hyphens, as stored."""
        return f"{self.filer_code}{self.number}{self.check_digit}"


def parse_filer_code(text: str) -> str:
    """Read a filer code: three letters or digits, not 000. Raises ValueError."""
    text = text.strip().upper()
    if not FILER_CODE.match(text) or text == "000":
        raise ValueError(f"{text!r} is not a filer code of three letters or digits.")
    return text


def entry_check_digit(filer_code: str, number: str) -> int:
    """The check digit of a filer code and the seven digits that the filer gave.

    Letters become digits; of the ten, the second, fourth and so on are doubled and, above nine, count one more
    and only their units. Raises ValueError where the parts have the wrong form.
    """
    if not re.fullmatch(r"[0-9]{7}", number):
        raise ValueError(f"{number!r} is not seven digits.")
    digits = [int(LETTERS.get(letter, letter)) for letter in parse_filer_code(filer_code) + number]
    total = 0
    for position, digit in enumerate(digits, start=1):
        if position % 2:
            total += digit
        else:
            doubled = digit * 2
            total += (doubled + 1) % 10 if doubled > 9 else doubled
    return (10 - total % 10) % 10


def parse_entry_number(text: str) -> EntryNumber:
    """Read an entry number with hyphens or without.

    Raises ValueError where its form or its check digit is wrong, saying which digit would be right.
    """
    plain = text.strip().upper().replace("-", "").replace(" ", "")
    found = WHOLE.match(plain)
    if not found:
        raise ValueError(f"{text!r} is not an entry number: three letters or digits, seven digits, a check digit.")
    filer_code, number, digit = found.groups()
    right = entry_check_digit(filer_code, number)
    if int(digit) != right:
        raise ValueError(f"The check digit of {text!r} is {digit} and should be {right}.")
    return EntryNumber(filer_code, number, right)
