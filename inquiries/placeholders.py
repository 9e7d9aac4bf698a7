"""Placeholders in templates of answers: which there are, what is wrong with a text, and filling it in. Pure."""

import string
from collections.abc import Mapping

#: What can stand in braces, and what it becomes.
PLACEHOLDERS = {
    "account": "the name of the account",
    "asker": "who asked",
    "manager": "who answers",
    "subject": "the subject of the inquiry",
    "row": "the row that is attached, such as “entry 9XZ-1234567-1”",
    "heading": "the tariff heading in question",
    "value_12_months": "entered value of the account’s last twelve whole months",
    "duty_12_months": "its duty in these months",
    "heading_value_12_months": "the same value, of goods of the heading alone",
    "heading_duty_12_months": "the same duty, of goods of the heading alone",
    "bond_amount": "the amount of its continuous bond",
}
MISSING = "[not known]"


def _names(text: str) -> list[str]:
    """Names in braces. Raises ValueError for a brace without its other half."""
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def unknown_in(text: str) -> str:
    """What is wrong with the braces of a text, in words; empty where nothing is."""
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        return "A brace stands alone. Write {{ for one that is meant to be read."
    for _, name, form, conversion in parsed:
        if name is None:
            continue
        if name not in PLACEHOLDERS or form or conversion:
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            return f"Nothing fills in {{{name}}}. There are: {known}."
    return ""


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder filled in; what is not known says so. Raises ValueError as `unknown_in` refuses."""
    return text.format_map({name: values.get(name) or MISSING for name in _names(text)})
