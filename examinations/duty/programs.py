"""Which program a tariff row's duty belongs to: one pure function over a dated table, and the same as SQL.

Marks of evidence: [S] stands in a source that domain 1.5 names, [A] is a choice of this project, to be verified.
"""

import datetime
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db import models
from django.db.models import Q

from examinations.headings import in_heading


class Program(models.TextChoices):
    REGULAR = "regular", "Regular duty"
    SECTION_301 = "s301", "Section 301"
    SECTION_232 = "s232", "Section 232"
    EMERGENCY = "ieepa", "Emergency duties (IEEPA)"
    OTHER_99 = "other99", "Other chapter 99"
    ADCVD = "adcvd", "Rows under an AD/CVD case"
    MPF = "mpf", "Processing fee (MPF)"
    HMF = "hmf", "Harbor fee (HMF)"
    OTHER_FEES = "fees", "Other fees"
    TAX = "tax", "Tax"


@dataclass(frozen=True)
class Heading:
    """Numbers of chapter 99 that begin with `prefix` belong to `program` for entries from `since` on."""

    prefix: str
    program: Program
    since: datetime.date


HEADINGS = (
    Heading("990301", Program.EMERGENCY, datetime.date(2025, 2, 4)),  # [S] charged February 2025 to February 2026
    Heading("990302", Program.EMERGENCY, datetime.date(2025, 2, 4)),  # [S]
    Heading("990380", Program.SECTION_232, datetime.date(2018, 3, 23)),  # steel [S]; day [A]
    Heading("990381", Program.SECTION_232, datetime.date(2018, 3, 23)),  # steel, later numbers [S]; day [A]
    Heading("990385", Program.SECTION_232, datetime.date(2018, 3, 23)),  # aluminum [A]
    Heading("990394", Program.SECTION_232, datetime.date(2025, 4, 3)),  # automobiles and parts [A]
    Heading("990388", Program.SECTION_301, datetime.date(2018, 7, 6)),  # [S]; day [A]
    Heading("990391", Program.SECTION_301, datetime.date(2024, 9, 27)),  # [A]
)


def program_of(hts: str, entry_date: datetime.date, adcvd_case: str = "") -> Program:
    """The program of a tariff row. hts: digits without dots.

    ES-003 gives one amount for a row: where it names an AD/CVD case, regular duty is in that amount and cannot be
    told apart, so the row stands under the case.
    """
    for heading in HEADINGS:
        if hts.startswith(heading.prefix) and entry_date >= heading.since:
            return heading.program
    if hts.startswith("99"):
        return Program.OTHER_99
    return Program.ADCVD if adcvd_case else Program.REGULAR


#: Programs that are amounts of a row beside its duty, and their columns.
FEES = {
    Program.MPF: "mpf",
    Program.HMF: "hmf",
    Program.OTHER_FEES: "other_fees",
    Program.TAX: "tax",
}


def rows_of(program: Program) -> Q:
    """The tariff rows on which a program's dollars stand: those of `program_of`, or those that bear its fee."""
    if program in FEES:
        column = FEES[program]
        return Q(**{f"{column}__isnull": False}) & ~Q(**{column: 0})
    named = [(one.program, in_heading(one.prefix) & Q(entry_date__gte=one.since)) for one in HEADINGS]
    if program == Program.OTHER_99:
        return reduce(and_, (~rows for _, rows in named), in_heading("99"))
    if program in (Program.ADCVD, Program.REGULAR):
        of_case = Q(hts__lt="99") & ~Q(adcvd_case="")
        return of_case if program == Program.ADCVD else Q(hts__lt="99", adcvd_case="")
    return reduce(or_, (rows for one, rows in named if one == program))


def program_sql() -> str:
    """`program_of` as an SQL expression over the columns of a tariff row."""
    cases = "".join(
        f"WHEN left(hts, 6) = '{one.prefix}' AND entry_date >= '{one.since}' THEN '{one.program.value}' "
        for one in HEADINGS
    )
    return (
        f"CASE {cases}WHEN left(hts, 2) = '99' THEN '{Program.OTHER_99.value}' "
        f"WHEN adcvd_case <> '' THEN '{Program.ADCVD.value}' ELSE '{Program.REGULAR.value}' END"
    )
