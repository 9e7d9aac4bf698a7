"""Importer numbers, filer codes, entry numbers and manufacturer ids. Pure: text in, values out."""

from accounts.identifiers.entry_number import EntryNumber, entry_check_digit, parse_entry_number, parse_filer_code
from accounts.identifiers.importer_number import ImporterNumber, parse_importer_number
from accounts.identifiers.manufacturer import manufacturer_id

__all__ = [
    "EntryNumber",
    "ImporterNumber",
    "entry_check_digit",
    "manufacturer_id",
    "parse_entry_number",
    "parse_filer_code",
    "parse_importer_number",
]
