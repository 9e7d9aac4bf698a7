"""The importer of record number: EIN with suffix, Social Security number, or assigned by CBP (CBP Form 5106)."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["EIN", "SSN", "CBP_ASSIGNED"]

EIN = re.compile(r"^([0-9]{2})-([0-9]{7})([0-9A-Z]{2})$")
SSN = re.compile(r"^[0-9]{3}-[0-9]{2}-[0-9]{4}$")
CBP_ASSIGNED = re.compile(r"^[0-9]{6}-[0-9]{5}$")
#: Letters that the suffix may not carry, since they look like digits.
FORBIDDEN = "OIZ"


@dataclass(frozen=True)
class ImporterNumber:
    """An importer number: its kind, and its canonical text with hyphens."""

    kind: Kind
    value: str

    @property
    def masked(self) -> str:
        """As it may be shown: of a Social Security number the last four digits only."""
        return f"***-**-{self.value[-4:]}" if self.kind == "SSN" else self.value


def _ein(text: str) -> ImporterNumber:
    found = EIN.match(text)
    if not found:
        raise ValueError(f"{text!r} is not NN-NNNNNNNXX, NNN-NN-NNNN or YYDDPP-NNNNN.")
    letters = [letter for letter in found.group(3) if letter in FORBIDDEN]
    if letters:
        raise ValueError(f"The suffix of {text!r} has the letter {letters[0]}; O, I and Z are not allowed.")
    return ImporterNumber("EIN", text)


def _without_hyphens(text: str) -> ImporterNumber:
    if len(text) == 11:
        return _ein(f"{text[:2]}-{text[2:]}")
    if len(text) == 10 and text.isascii() and text.isdigit():
        # A numeric cell of a spreadsheet ate the first zero.
        return _ein(f"0{text[0]}-{text[1:]}")
    if len(text) == 9 and text.isascii() and text.isdigit():
        raise ValueError(
            f"Nine digits ending in {text[-4:]} may be an EIN without suffix or a Social Security number: "
            "write it with hyphens."
        )
    raise ValueError(f"{text!r} has {len(text)} characters without hyphens; an importer number has eleven.")


def parse_importer_number(text: str) -> ImporterNumber:
    """Read an importer number, with hyphens or without (then as EIN with suffix).

    Ten digits get back the zero that a spreadsheet ate. Raises ValueError, saying what is wrong: wrong length,
    a forbidden letter in the suffix, or nine digits, which are ambiguous.
    """
    text = text.strip().upper()
    if not text:
        raise ValueError("The importer number is empty.")
    if "-" not in text:
        return _without_hyphens(text)
    if SSN.match(text):
        return ImporterNumber("SSN", text)
    if CBP_ASSIGNED.match(text):
        return ImporterNumber("CBP_ASSIGNED", text)
    return _ein(text)
