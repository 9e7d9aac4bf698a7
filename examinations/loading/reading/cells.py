"""How the cells of a column are read: clean text that the database can take, or a reason why not.

Digits are those from 0 to 9: a pattern's short form would let others pass, of which the database takes none and refuses the whole file.
A reader takes the column's texts (stripped, empty where blank) and the day of the file, and gives back the
clean texts, which of them are bad, and how many cells had eaten zeros put back. Reasons are made for bad cells alone.
"""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from accounts.identifiers import parse_entry_number, parse_filer_code, parse_importer_number
from accounts.identifiers.entry_number import LETTERS

EARLIEST = datetime.date(1990, 1, 1)
#: From which spreadsheets count days; a date that lost its format comes as such a number.
SPREADSHEET_DAY_0 = datetime.date(1899, 12, 30)
LONGEST_CELL = 10_000


@dataclass
class Cells:
    """A column as read. `bad`: true where `reason_of(text)` says why; `repaired`: true where eaten zeros were put back."""

    values: pl.Series
    bad: pl.Series
    reason_of: Callable[[str], str]
    repaired: pl.Series | None = None
    sealed: dict[str, str] = field(default_factory=dict)


Reader = Callable[[pl.Series, datetime.date], Cells]


def _show(text: str) -> str:
    """A cell as a reason quotes it: short, and of what may be a Social Security number the last four alone."""
    if re.fullmatch(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}", text):
        return f"***-**-{text[-4:]}"
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _says(expected: str) -> Callable[[str], str]:
    return lambda text: f"{_show(text)} {expected}"


def by_distinct(read: Reader) -> Reader:
    """Read each distinct cell of a column once: for columns of few values."""

    def reader(given: pl.Series, as_of: datetime.date) -> Cells:
        distinct = given.unique()
        if len(distinct) > len(given) // 4:
            return read(given, as_of)
        found = read(distinct, as_of)
        table = pl.DataFrame({"given": distinct, "value": found.values, "bad": _spread(found.bad, len(distinct))})
        if found.repaired is not None and found.repaired.any():
            table = table.with_columns(found.repaired.alias("repaired"))
        whole = given.to_frame("given").join(table, on="given", how="left", maintain_order="left")
        repaired = whole["repaired"] if "repaired" in whole.columns else None
        return Cells(whole["value"], whole["bad"], found.reason_of, repaired)

    return reader


def _spread(bad: pl.Series, length: int) -> pl.Series:
    return bad if len(bad) == length else pl.Series([bool(bad[0])] * length, dtype=pl.Boolean)


def text(given: pl.Series, as_of: datetime.date, *, longest: int) -> Cells:
    """Any text up to a length, without control characters."""
    bad = (given.str.len_chars() > longest) | given.str.contains(r"[\x00-\x1f\x7f]")

    def why(cell: str) -> str:
        if len(cell) > longest:
            return f"{_show(cell)} is longer than {longest} characters"
        return f"{_show(cell)} has control characters"

    return Cells(given, bad, why)


def code(given: pl.Series, as_of: datetime.date, *, known: Sequence[str]) -> Cells:
    """One of a list of codes, in any case."""
    upper = given.str.to_uppercase()
    return Cells(upper, ~upper.is_in([*known, ""]), _says("is not one of " + ", ".join(known)))


def padded_digits(given: pl.Series, as_of: datetime.date, *, width: int) -> Cells:
    """Digits of a fixed width; a spreadsheet's eaten zeros are put back."""
    return _zeros_back(given, width, rf"^[0-9]{{{width}}}$", f"is not {width} digits")


def padded_code(given: pl.Series, as_of: datetime.date, *, known: Sequence[str], width: int) -> Cells:
    """One of a list of numeric codes of a fixed width."""
    read = _zeros_back(given, width, rf"^[0-9]{{{width}}}$", "is not a known code")
    read.bad = read.bad | ~read.values.is_in([*known, ""])
    return read


def _zeros_back(given: pl.Series, width: int, form: str, expected: str, shortest: int = 1) -> Cells:
    short = given.str.contains(rf"^[0-9]{{{shortest},{width - 1}}}$") if width > shortest else given.is_null()
    values = given.to_frame("x").select(pl.when(short).then(given.str.zfill(width)).otherwise(given)).to_series()
    bad = ~values.str.contains(form) & (values != "")
    return Cells(values, bad, _says(expected), short)


def port(given: pl.Series, as_of: datetime.date) -> Cells:
    """District and port, four digits; three digits get their zero back."""
    return _zeros_back(given, 4, r"^[0-9]{4}$", "is not four digits", shortest=3)


def line_number(given: pl.Series, as_of: datetime.date) -> Cells:
    """A line or ordinal number from 1 to 999."""
    values = given.str.strip_chars_start("0")
    bad = ~given.str.contains(r"^[0-9]{1,5}$") | (values == "") | (values.str.len_chars() > 3)
    return Cells(values, bad & (given != ""), _says("is not a number from 1 to 999"))


def country(given: pl.Series, as_of: datetime.date) -> Cells:
    """An ISO code of two letters."""
    upper = given.str.to_uppercase()
    return Cells(
        upper, ~upper.str.contains(r"^[A-Z]{2}$") & (upper != ""), _says("is not a country code of two letters")
    )


def hts(given: pl.Series, as_of: datetime.date) -> Cells:
    """Eight or ten digits with or without dots; nine or seven digits get their zero back."""
    plain = given.str.replace_all(r"[. ]", "")
    short = plain.str.contains(r"^([0-9]{9}|[0-9]{7})$")
    values = plain.to_frame("x").select(pl.when(short).then("0" + plain).otherwise(plain)).to_series()
    bad = ~values.str.contains(r"^[0-9]{8}([0-9][0-9])?$") & (values != "")
    return Cells(values, bad, _says("is not an HTS number of eight or ten digits"), short)


def money(given: pl.Series, as_of: datetime.date, *, signed: bool) -> Cells:
    """Dollars and cents below a trillion: with or without $ and thousands commas, minus before, behind, or as parentheses.

    More would fit into no column of money, or into no sum of many, and the database would refuse the whole file.
    """
    if given.str.contains(PLAIN_MONEY).all():
        return Cells(given.str.replace_all(r"[$,]", ""), pl.Series([False]), str)
    form = r"^\s*(\(|-)?\s*\$?\s*-?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)?(\.[0-9]*)?\s*(-|\))?\s*$"
    digits = given.str.replace_all(r"[$,\s()\-]", "")
    minus = given.str.contains(r"[-(]")
    form_bad = (
        ~given.str.contains(form)
        | ~digits.str.contains(r"[0-9]")
        | ~digits.str.contains(r"^0*[0-9]{0,12}(\.[0-9]{0,2}0*)?$")
    )
    form_bad = (
        form_bad | (given.str.contains(r"^\s*\(") != given.str.contains(r"\)\s*$")) | (given.str.count_matches("-") > 1)
    )
    nothing = digits.str.contains(r"^0*\.?0*$")
    below = minus & ~nothing
    values = given.to_frame("x").select(pl.when(below).then("-" + digits).otherwise(digits)).to_series()
    bad = (form_bad if signed else form_bad | below) & (given != "")

    def why(cell: str) -> str:
        if not signed and re.search(r"[-(]", cell) and re.search(r"[0-9]", cell):
            return f"{_show(cell)} is negative"
        large = re.fullmatch(r"[$,\s()-]*0*[1-9][0-9]{12,}(\.[0-9]*)?[)-]?", cell.replace(",", ""))
        return f"{_show(cell)} is not an amount of dollars and cents{' below a trillion dollars' if large else ''}"

    return Cells(values, bad, why)


#: What nearly every cell of money looks like; a column of nothing else needs no closer look.
PLAIN_MONEY = r"^(\$?([0-9]{1,3}(,[0-9]{3}){0,3}|[0-9]{1,12})(\.[0-9][0-9])?)?$"


def quantity(given: pl.Series, as_of: datetime.date) -> Cells:
    """A number that is not negative, four decimals at most."""
    plain = given.str.replace_all(",", "")
    bad = ~plain.str.contains(r"^[0-9]{1,14}(\.[0-9]{0,4}0*)?$") & (plain != "")
    return Cells(plain, bad, _says("is not a quantity"))


def probability(given: pl.Series, as_of: datetime.date) -> Cells:
    """A share above 0 and up to 1."""
    number = given.cast(pl.Float64, strict=False)
    bad = number.is_null() | number.is_nan() | (number <= 0) | (number > 1)
    values = pl.Series([f"{x:.9f}" if x is not None else "" for x in number.to_list()], dtype=pl.String)
    bad = bad | (values == "0.000000000")  # less than is kept: the database would refuse the whole file
    return Cells(values, bad & (given != ""), _says("is not a probability above 0 and up to 1"))


def indicator(given: pl.Series, as_of: datetime.date) -> Cells:
    """Yes or no as the reports write it; blank is no."""
    upper = given.str.to_uppercase()
    yes = upper.is_in(["Y", "YES", "1", "TRUE"])
    bad = ~upper.is_in(["Y", "YES", "1", "TRUE", "N", "NO", "0", "FALSE", ""])
    values = yes.to_frame("x").select(pl.when(pl.col("x")).then(pl.lit("t")).otherwise(pl.lit("f"))).to_series()
    return Cells(values, bad, _says("is not Y or N"))


def date(given: pl.Series, as_of: datetime.date, *, days_ahead: int | None = None) -> Cells:
    """MM/DD/YYYY, ISO, ISO with a time, or a spreadsheet's number of a day; from 1990, and no more than `days_ahead`
    after the file's day."""
    american = given.str.to_date("%m/%d/%Y", strict=False)
    latest = datetime.date(2199, 12, 31) if days_ahead is None else as_of + datetime.timedelta(days=days_ahead)
    if american.null_count() == 0 and american.min() >= EARLIEST and american.max() <= latest:  # type: ignore[operator]
        return Cells(american.cast(pl.String), pl.Series([False]), str)
    iso = given.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    whole = given.str.contains(
        r"^([0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9][0-9]-[0-9][0-9]([T ][0-9:.Z+-]*)?|[0-9]{5})$"
    )
    counted = given.str.extract(r"^([0-9]{5})$").cast(pl.Int32)
    serial = counted.to_frame("n").select(pl.lit(SPREADSHEET_DAY_0) + pl.duration(days=pl.col("n"))).to_series()
    found = american.to_frame("a").select(pl.coalesce(pl.col("a"), iso, serial)).to_series()
    bad = found.is_null() | ~whole | (found < EARLIEST) | (found > latest)

    def why(cell: str) -> str:
        if re.match(r"^([0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9][0-9]-[0-9][0-9]|[0-9]{5}$)", cell):
            read = pl.Series([cell])
            day = date(read, datetime.date(2199, 1, 1)).values[0]
            if day and day < EARLIEST.isoformat():
                return f"{_show(cell)} is before 1990"
            if day and days_ahead is not None and day > latest.isoformat():
                more = f"more than {days_ahead} days ahead" if days_ahead else "in the future"
                return f"{_show(cell)} is {more}"
        return f"{_show(cell)} is not a date (MM/DD/YYYY or YYYY-MM-DD)"

    return Cells(found.cast(pl.String).fill_null(""), bad.fill_null(True) & (given != ""), why)


def container(given: pl.Series, as_of: datetime.date) -> Cells:
    """A container number without blanks and hyphens; a wrong check digit is no reason to refuse it."""
    plain = given.str.to_uppercase().str.replace_all(r"[\s-]", "")
    return Cells(plain, ~plain.str.contains(r"^[A-Z0-9]{0,20}$"), _says("is not a container number"))


def email(given: pl.Series, as_of: datetime.date) -> Cells:
    """An address for mail, lower-cased."""
    lower = given.str.to_lowercase()
    bad = ~lower.str.contains(r"^[^@\s<>\"]+@[^@\s<>\".]+(\.[^@\s<>\".]+)+$") | (lower.str.len_chars() > 254)
    return Cells(lower, bad & (lower != ""), _says("is not a mail address"))


def riders(given: pl.Series, as_of: datetime.date) -> Cells:
    """Codes with semicolons between, as an array literal."""
    known = {"RECON", "USVI", "DEFERRED_TAX", "NAME", "ADDRESS", "USER"}
    parts = [[part.strip() for part in cell.upper().split(";") if part.strip()] for cell in given.to_list()]
    bad = pl.Series([bool(set(codes) - known) for codes in parts], dtype=pl.Boolean)
    values = pl.Series(["{" + ",".join(codes) + "}" for codes in parts], dtype=pl.String)
    return Cells(values, bad, _says("has a rider that is not one of " + ", ".join(sorted(known))))


#: A program with CTPAT's tier and since when, each behind a colon.
PROGRAM = re.compile(r"(ACE|ISA|CTPAT)(?::([123]?)(?::([0-9]{4}-[0-9]{2}-[0-9]{2}))?)?")


def _parse_programs(cell: str, longest: int) -> str:
    """The list in one spelling: `ACE;CTPAT:2:2024-05-01`. Raises ValueError, which says what is wrong with the cell."""
    if len(cell) > longest:
        raise ValueError(f"is longer than {longest} characters")
    parts = [stripped for part in cell.upper().split(";") if (stripped := part.strip())]
    found = [PROGRAM.fullmatch(part) for part in parts]
    if not all(found):
        raise ValueError(
            "is not a list of ACE, CTPAT and ISA with semicolons between, CTPAT perhaps with tier 1 to 3 and a date"
        )
    listed = [one.groups() for one in found if one]
    for program, tier, since in listed:
        if tier and program != "CTPAT":
            raise ValueError(f"gives a tier to {program}, and CTPAT alone has tiers")
        if since and not _is_day(since):
            raise ValueError(f"gives {program} a date that is none (from {EARLIEST.year} on)")
        if [one for one, *_ in listed].count(program) > 1:
            raise ValueError(f"names {program} twice")
    return ";".join(parts)


def _is_day(iso: str) -> bool:
    try:
        return datetime.date.fromisoformat(iso) >= EARLIEST
    except ValueError:
        return False


def programs(given: pl.Series, as_of: datetime.date, *, longest: int) -> Cells:
    """Programs with semicolons between, each perhaps with a tier (CTPAT alone) and the date since when behind colons."""
    read, wrong = {"": ""}, {}
    for cell in given.unique().to_list():
        try:
            read[cell] = _parse_programs(cell, longest)
        except ValueError as error:
            wrong[cell] = f"{_show(cell)} {error}"
    values = given.replace_strict(read, default="", return_dtype=pl.String)
    return Cells(values, given.is_in(list(wrong)), wrong.__getitem__)


#: Character to digit for the check digit: digits themselves, letters as the table says, 255 for anything else.
_DIGITS = np.full(256, 255, dtype=np.uint8)
for _character in "0123456789":
    _DIGITS[ord(_character)] = int(_character)
for _character, _digit in LETTERS.items():
    _DIGITS[ord(_character)] = int(_digit)
_DOUBLED = np.array([(2 * d + (2 * d > 9)) % 10 for d in range(10)], dtype=np.uint8)


def right_check_digits(numbers: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which of these entry numbers of eleven characters have the right form and check digit; for whole arrays."""
    raw = np.array(numbers, dtype="S11").view(np.uint8).reshape(-1, 11)
    digits = _DIGITS[raw]
    numeric = (raw[:, 3:] >= ord("0")) & (raw[:, 3:] <= ord("9"))
    fine = (digits != 255).all(axis=1) & numeric.all(axis=1)
    safe = np.where(digits == 255, 0, digits)
    total = safe[:, 0:10:2].sum(axis=1) + _DOUBLED[safe[:, 1:10:2]].sum(axis=1)
    not_zero = (raw[:, :3] != ord("0")).any(axis=1)
    right: np.ndarray[tuple[int], np.dtype[np.bool_]] = fine & not_zero & ((10 - total % 10) % 10 == safe[:, 10])
    return right


def entry_number(given: pl.Series, as_of: datetime.date) -> Cells:
    """An entry number; a numeric filer code that lost its zeros gets them back where the check digit proves it."""
    plain = given.str.to_uppercase().str.replace_all(r"[\s-]", "")
    short = plain.str.contains(r"^[0-9]{8,10}$")
    values = plain.to_frame("x").select(pl.when(short).then(plain.str.zfill(11)).otherwise(plain)).to_series()
    unique = values.unique()
    candidates = unique.filter(unique.str.contains(r"^[A-Z0-9]{11}$")).to_list()
    known = {number for number, right in zip(candidates, right_check_digits(candidates), strict=True) if right}
    bad = ~values.is_in(list(known)) & (given != "")
    return Cells(values, bad, _explain(parse_entry_number), short)


def _explain(parse: Callable[[str], object]) -> Callable[[str], str]:
    def why(cell: str) -> str:
        try:
            parse(cell)
        except ValueError as error:
            return str(error).rstrip(".")
        return f"{_show(cell)} cannot be read"

    return why


def importer_number(given: pl.Series, as_of: datetime.date) -> Cells:
    """An importer number as the key under which it is found; Social Security numbers come sealed beside it."""
    return _numbers(given, lambda cell: parse_importer_number(cell))


def account_identifier(given: pl.Series, as_of: datetime.date) -> Cells:
    """An importer number, or a filer code of three characters."""
    return _numbers(given, lambda cell: parse_filer_code(cell) if len(cell) == 3 else parse_importer_number(cell))


def _numbers(given: pl.Series, parse: Callable[[str], object]) -> Cells:
    good: dict[str, str] = {}
    for cell in given.unique():
        if not cell:
            continue
        try:
            number = parse(cell)
        except ValueError:
            continue
        good[cell] = number if isinstance(number, str) else number.value  # type: ignore[attr-defined]
    values = given.replace_strict(good, default="", return_dtype=pl.String) if good else pl.Series([""] * len(given))
    bad = (values == "") & (given != "")
    return Cells(values, bad, _explain(parse), given.str.contains(r"^[0-9]{10}$"))
