"""Which accounts traded what a notice is about, in the last twelve months: one set-based question over the sums.

Asked of `examinations_tradedgoods`, which has a row for each number, broker, article, origin, port, type of entry and claim
(own files left out); or, where nothing is asked of the article, of `examinations_tradedorigin`, the same without it. Neither knows
manufacturers or AD/CVD cases: where a notice names those, the lines of the accounts that have one of them are asked.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from compliance.measurement.issues import ISSUES
from compliance.risk.issues import ADCVD_TYPES
from examinations.announced import shortest
from examinations.figures.period import after, months_earlier
from examinations.nomenclature import HEADING, with_provinces
from notices.codes import NONE_CLAIMED

if TYPE_CHECKING:
    from notices.models import Notice


@dataclass(frozen=True)
class Asked:
    """What is asked of a row of trade; empty asks for nothing. As the fields of the same names."""

    hts_prefixes: tuple[str, ...] = ()
    excluded_hts_prefixes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    spi_codes: tuple[str, ...] = ()
    entry_types: tuple[str, ...] = ()
    manufacturers: tuple[str, ...] = ()
    adcvd_cases: tuple[str, ...] = ()

    @property
    def of_lines(self) -> bool:
        """Whether the sums cannot answer it."""
        return bool(self.manufacturers or self.adcvd_cases)

    @property
    def of_goods(self) -> bool:
        """Whether anything is asked of the article."""
        return bool(
            self.hts_prefixes
            or self.excluded_hts_prefixes
            or any("hts" in _ISSUE.get(code, "") for code in self.issues)
        )

    def without(self, name: str) -> Asked:
        """The same without one condition; goods are widened to their headings."""
        kept = tuple(sorted({one[:HEADING] for one in self.hts_prefixes})) if name == "hts_prefixes" else ()
        return replace(self, **{name: kept})


NAMES = tuple(Asked.__dataclass_fields__)
#: The column of a row of trade that a condition reads.
COLUMNS = {
    "hts_prefixes": "hts",
    "excluded_hts_prefixes": "hts",
    "countries": "origin",
    "ports": "port",
    "spi_codes": "spi",
    "entry_types": "entry_type",
    "manufacturers": "manufacturer",
    "adcvd_cases": "adcvd_case",
}


def asked_of(notice: Notice) -> Asked:
    """What a notice asks of trade."""
    return Asked(**{name: tuple(getattr(notice, name)) for name in NAMES})


#: The rows of trade. Own files never enter.
SUMS = "(SELECT * FROM examinations_tradedgoods WHERE source = 'cbp')"
#: The same without the article: a third of the rows, where an origin alone would touch nearly all.
ORIGINS = "examinations_tradedorigin"
#: The same of lines: of the accounts that have one of the manufacturers, or cases, at all.
LINES = """(
  SELECT l.account_id, l.filer_id, e.entry_type, l.port, l.hts, l.origin, l.spi, l.manufacturer_id AS manufacturer,
    translate(l.adcvd_case, '- ', '') AS adcvd_case,
    CASE WHEN l.counts_value AND l.entry_date < %(this_month)s THEN l.value ELSE 0 END AS value
  FROM examinations_entryline l JOIN examinations_entry e ON e.id = l.entry_id
  WHERE l.source = 'cbp' AND l.entry_date >= %(a_year_ago)s AND l.entry_date < %(next_month)s {candidates})"""
CANDIDATES = """AND l.account_id IN (SELECT c.account_id FROM examinations_linecode c
    WHERE c.source = 'cbp' AND c.last >= %(a_year_ago)s AND ({having}))"""
HAVING = {
    "manufacturers": "(c.\"column\" = 'manufacturer_id' AND c.code LIKE ANY (%(manufacturers)s))",
    "adcvd_cases": "(c.\"column\" = 'adcvd_case' AND translate(c.code, '- ', '') LIKE ANY (%(adcvd_cases)s))",
}
_ISSUE = {one.code: one.of_line.replace("adcvd", f"entry_type IN {ADCVD_TYPES}") for one in ISSUES}


#: A colon comes after every digit.
AFTER_DIGITS = ":"


def ranges(prefixes: Iterable[str], excluded: Iterable[str]) -> list[tuple[str, str]]:
    """The numbers that begin with one of these prefixes and with none of those: from (inclusive), to (exclusive), in order,
    none over another. An index is read by them, and no row is looked at that is left out."""
    found = []
    out = shortest(excluded)
    for prefix in shortest(prefixes):
        if any(prefix.startswith(one) for one in out):
            continue
        low = prefix
        for one in out:
            if one.startswith(prefix):
                found.append((low, one))
                low = one + AFTER_DIGITS
        found.append((low, prefix + AFTER_DIGITS))
    return [(low, high) for low, high in found if low < high]


def _where(asked: Asked) -> list[str]:
    """The conditions on a row `g`, but for the prefixes and what they leave out, which are joined."""
    found = []
    if asked.excluded_hts_prefixes and not asked.hts_prefixes:
        found.append("NOT g.hts LIKE ANY (%(excluded_hts_prefixes)s)")
    for name in ("countries", "ports", "entry_types"):
        if getattr(asked, name):
            found.append(f"g.{COLUMNS[name]} = ANY (%({name})s)")
    if asked.issues:
        found.append("(" + " OR ".join(f"({_ISSUE[code]})" for code in asked.issues if code in _ISSUE) + ")")
    if asked.spi_codes:
        found.append("g.spi = ANY (%(spi_codes)s)")
    for name in ("manufacturers", "adcvd_cases"):
        if getattr(asked, name):
            found.append(f"g.{COLUMNS[name]} LIKE ANY (%({name})s)")
    return found


def rows_of(
    asked: Asked, today: datetime.date, *, lines: bool = False, goods: bool = False
) -> tuple[str, dict[str, Any]]:
    """SQL of the rows of trade that meet all that is asked (`FROM … WHERE …`, rows `g`), and what it is given.

    lines: ask the lines even where the sums can answer: to compare. goods: the article of the rows is looked at, whatever is
    asked.
    """
    this_month = today.replace(day=1)
    between = ranges(asked.hts_prefixes, asked.excluded_hts_prefixes)
    given: dict[str, Any] = {
        "this_month": this_month,
        "a_year_ago": months_earlier(today, 12),
        "next_month": after(this_month),
        "hts_from": [low for low, _ in between],
        "hts_to": [high for _, high in between],
        "spi_codes": ["" if code == NONE_CLAIMED else code for code in asked.spi_codes],
        "countries": with_provinces(asked.countries),
        **{name: list(getattr(asked, name)) for name in ("ports", "entry_types")},
        **{name: [f"{one}%" for one in getattr(asked, name)] for name in ("manufacturers", "adcvd_cases")},
        "excluded_hts_prefixes": [f"{one}%" for one in asked.excluded_hts_prefixes],
    }
    having = [sql for name, sql in HAVING.items() if getattr(asked, name)]
    # Each of these must be met, so one of the candidates is enough to look for.
    candidates = CANDIDATES.format(having=having[0]) if having and not lines else ""
    rows = (
        LINES.format(candidates=candidates) if asked.of_lines or lines else SUMS if goods or asked.of_goods else ORIGINS
    )
    joined = ""
    if asked.hts_prefixes:  # no range lies over another, so a row joins once
        joined = (
            "JOIN unnest(%(hts_from)s::text[], %(hts_to)s::text[]) p (low, high) ON g.hts >= p.low AND g.hts < p.high"
        )
    where = " AND ".join(_where(asked))
    return f"FROM {rows} g {joined}" + (f" WHERE {where}" if where else ""), given


def matched_sql(asked: Asked, today: datetime.date, *, lines: bool = False) -> tuple[str, dict[str, Any]]:
    """SQL of (account_id, imported, filed): dollars of the twelve whole months by who imported and by who filed.

    Whoever began in the running month stands there with nothing.
    """
    rows, given = rows_of(asked, today, lines=lines)
    return (ONCE if lines or asked.of_lines or asked.of_goods else TWICE).format(rows=rows), given


#: Without an article: read twice from its index, in its order, rather than hashed once by who imported and who filed.
TWICE = """
    SELECT coalesce(i.account_id, f.filer_id) AS account_id, coalesce(i.value, 0) AS imported, coalesce(f.value, 0) AS filed
    FROM (SELECT g.account_id, sum(g.value) AS value {rows} GROUP BY 1) i
    FULL JOIN (SELECT filer_id, sum(value) AS value
      FROM (SELECT g.account_id, g.filer_id, g.value {rows}) g WHERE filer_id <> account_id GROUP BY 1) f
      ON f.filer_id = i.account_id"""
#: Goods, and lines, are read once.
ONCE = """
    WITH hit AS MATERIALIZED (SELECT g.account_id, g.filer_id, sum(g.value) AS value {rows} GROUP BY 1, 2)
    SELECT coalesce(i.account_id, f.filer_id) AS account_id, coalesce(i.value, 0) AS imported, coalesce(f.value, 0) AS filed
    FROM (SELECT account_id, sum(value) AS value FROM hit GROUP BY 1) i
    FULL JOIN (SELECT filer_id, sum(value) AS value FROM hit WHERE filer_id <> account_id GROUP BY 1) f
      ON f.filer_id = i.account_id"""


def window(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last of the twelve whole months before a day."""
    return months_earlier(today, 12), months_earlier(today, 1)


def positional(sql: str, given: dict[str, Any]) -> tuple[str, list[Any]]:
    """The same with parameters in their order, as Django's RawSQL takes them."""
    order: list[Any] = []

    class Take(dict[str, Any]):
        def __missing__(self, name: str) -> str:
            order.append(given[name])
            return "%s"

    return sql % Take(), order


def accounts_sql(notice: Notice) -> tuple[str, list[Any]]:
    """SQL of the ids of the accounts that traded what a notice is about, and its parameters."""
    sql, given = matched_sql(asked_of(notice), timezone.localdate())
    return positional(f"SELECT matched.account_id FROM ({sql}) matched", given)
