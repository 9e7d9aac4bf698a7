"""The sums by dimension, counted again for whole accounts: eight set-based statements."""

import datetime
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from examinations.closing.windows import SAID_LIQUIDATED, UNDATED
from examinations.figures.period import twelve_whole_months
from examinations.models import Entry, Examination
from examinations.models.entry import COUNTED_TYPES
from examinations.models.examination import TOLD
from examinations.working_days import SummaryDeadline, holidays_until, working_days_sql

LOCK = 7_042
TABLES = ("entrybreakdown", "examinationbreakdown", "discrepancybreakdown", "entryday", "linecode")
TABLES += ("tradedgoods", "tradedorigin")
LONG_STAY = 5
_OF_THESE = "(%(all)s OR {0}.account_id = ANY (%(accounts)s::uuid[]))"

_SUMS = "(account_id, filer_id, source, month, dimension, code, entries, examined, lines, value, duty, fees)"
_LOOKED_AT = f"""
looked_at AS (
  SELECT entry_id, bool_or(line IS NULL) AS whole, array_agg(line) AS lines FROM examinations_examination x
  WHERE type <> 'ESR' AND entry_id IS NOT NULL AND {_OF_THESE.format("x")} GROUP BY entry_id)
"""

#: What is one for an entry needs no look at its lines.
ENTRIES = f"""
INSERT INTO examinations_entrybreakdown {_SUMS}
WITH {_LOOKED_AT}
SELECT e.account_id, e.filer_id, e.source, date_trunc('month', e.entry_date)::date, dimension, code,
  count(*) FILTER (WHERE counts), count(k.entry_id) FILTER (WHERE counts),
  coalesce(sum(e.lines) FILTER (WHERE counts), 0), sum(e.value), sum(e.duty),
  sum(e.mpf + coalesce(e.hmf, 0) + e.tax + e.other_fees)
FROM examinations_entry e LEFT JOIN looked_at k ON k.entry_id = e.id
CROSS JOIN LATERAL (SELECT e.entry_type = ANY (%(counted)s) AS counts) c
CROSS JOIN LATERAL (VALUES ('all', ''), ('port', e.port), ('entry_type', e.entry_type)) AS d (dimension, code)
WHERE {_OF_THESE.format("e")}
GROUP BY 1, 2, 3, 4, 5, 6
"""

#: One row a line, with the heading, origin and supplier of the row that stands for it; then one an entry and value.
#: Cents as whole numbers between: a sum of them takes a quarter of the memory.
LINES = f"""
INSERT INTO examinations_entrybreakdown {_SUMS}
WITH {_LOOKED_AT},
article AS (
  SELECT entry_id, line,
    max(hts) FILTER (WHERE stands_for_line) AS hts, max(origin) FILTER (WHERE stands_for_line) AS origin,
    max(manufacturer_id) FILTER (WHERE stands_for_line) AS manufacturer,
    coalesce(sum(100 * value) FILTER (WHERE counts_value), 0)::bigint AS value, sum(100 * duty)::bigint AS duty,
    sum(100 * (coalesce(mpf, 0) + coalesce(hmf, 0) + tax + other_fees))::bigint AS fees
  FROM examinations_entryline l WHERE {_OF_THESE.format("l")} GROUP BY entry_id, line),
part AS (
  SELECT e.account_id, e.filer_id, e.source, e.entry_date, e.entry_type = ANY (%(counted)s) AS counts, dimension, code,
    bool_or(coalesce(k.whole OR a.line = ANY (k.lines), false)) AS examined,
    count(*) AS lines, sum(a.value)::bigint AS value, sum(a.duty)::bigint AS duty, sum(a.fees)::bigint AS fees
  FROM article a JOIN examinations_entry e ON e.id = a.entry_id LEFT JOIN looked_at k ON k.entry_id = a.entry_id
  CROSS JOIN LATERAL (VALUES ('chapter', left(a.hts, 2)), ('heading', left(a.hts, 4)), ('origin', a.origin),
    ('manufacturer', a.manufacturer)) AS d (dimension, code)
  GROUP BY e.id, dimension, code)
SELECT account_id, filer_id, source, date_trunc('month', entry_date)::date, dimension, coalesce(code, ''),
  count(*) FILTER (WHERE counts), count(*) FILTER (WHERE counts AND examined),
  coalesce(sum(lines) FILTER (WHERE counts), 0), sum(value) / 100.0, sum(duty) / 100.0, sum(fees) / 100.0
FROM part GROUP BY 1, 2, 3, 4, 5, 6
"""

#: Examinations that may be told, and every value that they have. An open review of papers is in no row at all.
_EXAMINED = f"""
told AS (
  SELECT x.id, x.account_id, x.filer_id, date_trunc('month', x.selected)::date AS month, x.entry_id, x.line, x.port,
    x.type, s.reason, x.disposition, x.released, x.selected, x.type <> 'ESR' AS cargo, x.closed IS NOT NULL AS closed,
    x.closed IS NOT NULL AND x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING') AS wrong
  FROM examinations_examination x JOIN examinations_selection s ON s.examination_id = x.id
  WHERE (x.type <> 'ESR' OR x.closed IS NOT NULL) AND {_OF_THESE.format("x")}),
placed AS (
  SELECT id, dimension, code FROM told x
  CROSS JOIN LATERAL (VALUES ('all', ''), ('port', port), ('type', type), ('reason', reason)) AS d (dimension, code)
  UNION ALL
  SELECT x.id, 'entry_type', e.entry_type FROM told x JOIN examinations_entry e ON e.id = x.entry_id
  UNION ALL
  SELECT DISTINCT x.id, dimension, code FROM told x
  JOIN examinations_entryline l ON l.entry_id = x.entry_id AND l.stands_for_line AND (x.line IS NULL OR l.line = x.line)
  CROSS JOIN LATERAL (VALUES ('chapter', left(hts, 2)), ('heading', left(hts, 4)), ('origin', origin),
    ('manufacturer', manufacturer_id)) AS d (dimension, code)
  UNION ALL
  SELECT x.id, 'unplaced', '' FROM told x WHERE NOT EXISTS (
    SELECT FROM examinations_entryline l
    WHERE l.entry_id = x.entry_id AND l.stands_for_line AND (x.line IS NULL OR l.line = x.line)))
"""

EXAMINATIONS = f"""
INSERT INTO examinations_examinationbreakdown
  (account_id, filer_id, month, dimension, code, cargo, held, days, long_stays, closed, wrong, reviews, reviews_wrong,
   reviews_major, random_cargo, random_cargo_wrong, other, other_wrong, owed, overpaid)
WITH {_EXAMINED}
SELECT account_id, filer_id, month, dimension, code,
  count(*) FILTER (WHERE cargo),
  count(*) FILTER (WHERE cargo AND released IS NULL AND disposition IN ('PENDING', 'DETAINED')),
  coalesce(array_agg(greatest(released - selected, 0)) FILTER (WHERE cargo AND released IS NOT NULL), '{{}}'),
  count(*) FILTER (WHERE cargo AND {working_days_sql("selected", "released")} > {LONG_STAY}),
  count(*) FILTER (WHERE closed), count(*) FILTER (WHERE wrong),
  count(*) FILTER (WHERE review), count(*) FILTER (WHERE review AND wrong),
  count(*) FILTER (WHERE review AND wrong AND disposition <> 'DISCREPANCY_LOL'),
  count(*) FILTER (WHERE random_cargo), count(*) FILTER (WHERE random_cargo AND wrong),
  count(*) FILTER (WHERE other), count(*) FILTER (WHERE other AND wrong),
  coalesce(sum(owed) FILTER (WHERE closed), 0), coalesce(sum(overpaid) FILTER (WHERE closed), 0)
FROM placed JOIN told USING (id)
CROSS JOIN LATERAL (SELECT NOT cargo AND line IS NOT NULL AND closed AND reason = 'RANDOM' AS review,
  cargo AND closed AND reason = 'RANDOM' AS random_cargo,
  closed AND reason IN ('TARGETED', 'AGENCY', 'FOLLOWUP') AS other) w
LEFT JOIN LATERAL (
  SELECT sum(greatest(revenue_difference, 0)) AS owed, -sum(least(revenue_difference, 0)) AS overpaid
  FROM examinations_discrepancy d WHERE d.examination_id = told.id) d ON true
GROUP BY account_id, filer_id, month, dimension, code
"""

#: An examination under each type that it found, and wrong ones that found none under "".
DISCREPANCIES = f"""
INSERT INTO examinations_discrepancybreakdown
  (account_id, filer_id, month, dimension, code, type, found, at_random, owed, overpaid, owed_in_all, overpaid_in_all)
WITH {_EXAMINED},
difference AS (
  SELECT examination_id AS id, type, sum(greatest(revenue_difference, 0)) AS owed, -sum(least(revenue_difference, 0)) AS overpaid
  FROM examinations_discrepancy d WHERE {_OF_THESE.format("d")} GROUP BY 1, 2),
found AS (
  SELECT *, sum(owed) OVER (PARTITION BY id) AS owed_in_all, sum(overpaid) OVER (PARTITION BY id) AS overpaid_in_all
  FROM difference)
SELECT account_id, filer_id, month, dimension, code, coalesce(found.type, ''),
  count(*) FILTER (WHERE wrong), count(*) FILTER (WHERE wrong AND NOT cargo AND line IS NOT NULL AND reason = 'RANDOM'),
  coalesce(sum(owed), 0), coalesce(sum(overpaid), 0), coalesce(sum(owed_in_all), 0), coalesce(sum(overpaid_in_all), 0)
FROM told JOIN placed USING (id) LEFT JOIN found USING (id)
WHERE closed AND (wrong OR found.id IS NOT NULL)
GROUP BY account_id, filer_id, month, dimension, code, coalesce(found.type, '')
"""

#: Which codes the tariff rows of an account have at all, and on which days.
CODES = f"""
INSERT INTO examinations_linecode (account_id, filer_id, source, "column", code, first, last)
SELECT account_id, filer_id, source, d.name, d.code, min(entry_date), max(entry_date)
FROM examinations_entryline l
CROSS JOIN LATERAL (VALUES ('port', port), ('origin', origin), ('hts', hts), ('manufacturer_id', manufacturer_id),
  ('spi', spi), ('adcvd_case', adcvd_case)) AS d (name, code)
WHERE {_OF_THESE.format("l")} GROUP BY account_id, filer_id, source, d.name, d.code
"""

#: What was traded in the twelve whole months before this one, and in this one. Once a month and article, then its months.
GOODS = f"""
INSERT INTO examinations_tradedgoods (account_id, identifier_id, filer_id, source, entry_type, port, hts, origin, spi,
  months, values, duties, value, duty)
SELECT account_id, identifier_id, filer_id, source, entry_type, port, hts, origin, spi,
  array_agg(month ORDER BY month), array_agg(value ORDER BY month), array_agg(duty ORDER BY month),
  coalesce(sum(value) FILTER (WHERE month < %(this_month)s), 0),
  coalesce(sum(duty) FILTER (WHERE month < %(this_month)s), 0)
FROM (
  SELECT l.account_id, e.identifier_id, l.filer_id, l.source, e.entry_type, l.port, l.hts, l.origin, l.spi,
    date_trunc('month', l.entry_date)::date AS month, coalesce(sum(l.value) FILTER (WHERE l.counts_value), 0) AS value,
    sum(l.duty) AS duty
  FROM examinations_entryline l JOIN examinations_entry e ON e.id = l.entry_id
  WHERE l.entry_date >= %(a_year_ago)s AND l.entry_date < %(next_month)s AND {_OF_THESE.format("l")}
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) m
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""

#: The same without the article, of CBP's rows.
ORIGINS = f"""
INSERT INTO examinations_tradedorigin (account_id, filer_id, origin, port, entry_type, spi, value)
SELECT account_id, filer_id, origin, port, entry_type, spi, sum(value) FROM examinations_tradedgoods g
WHERE source = 'cbp' AND {_OF_THESE.format("g")} GROUP BY 1, 2, 3, 4, 5, 6
"""


def recount(accounts: Sequence[uuid.UUID] | None) -> None:
    """Count again for these accounts, or for all where None. Two at once queue behind a lock."""
    if accounts is not None and not accounts:
        return  # all of them are gone by the time the task runs
    today = timezone.localdate()
    year = twelve_whole_months(today)
    given = {
        "all": accounts is None,
        "accounts": [str(pk) for pk in accounts or ()],
        "counted": list(COUNTED_TYPES),
        "holidays": holidays_until(today),
        "a_year_ago": year.start,
        "this_month": today.replace(day=1),
        "next_month": (today.replace(day=1) + datetime.timedelta(days=32)).replace(day=1),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL work_mem = '64MB'")  # groups of many accounts are counted in memory
        # Before the rows are read: what is noted meanwhile stays for the count behind it.
        cursor.execute(f"DELETE FROM examinations_uncounted b WHERE {_OF_THESE.format('b')}", given)
        for table in TABLES:
            cursor.execute(f"DELETE FROM examinations_{table} b WHERE {_OF_THESE.format('b')}", given)
        for statement in (ENTRIES, LINES, EXAMINATIONS, DISCREPANCIES, CODES, GOODS, ORIGINS):
            cursor.execute(statement, given)
        cursor.execute(*_days(accounts))


OF_DAY = "account_id, filer_id, source, entry_date, liquidation_date, undated, said_liquidated, examined, "
OF_DAY += "entries, value, duty, with_summary, late, corrected, lines, fees, estimated, hmf_unknown, "
OF_DAY += "most_value, most_duty"


def _days(accounts: Sequence[uuid.UUID] | None) -> tuple[str, tuple[Any, ...]]:
    """Entries by the days that their windows follow from: the statement and its parameters."""
    rows = Entry.objects.all() if accounts is None else Entry.objects.filter(account__in=accounts)
    said = {"undated": UNDATED, "said_liquidated": SAID_LIQUIDATED}
    told = {name: Case(When(when, then=True), default=False) for name, when in said.items()}
    told["was_examined"] = Exists(Examination.objects.filter(TOLD, entry=OuterRef("pk")))
    keys = ("account", "filer", "source", "entry_date", "liquidation_date", *told)
    first = rows.aggregate(first=Min("entry_date"))["first"] or timezone.localdate()
    late = Q(summary_date__gt=SummaryDeadline(first, max(first, timezone.localdate())))
    sums = rows.annotate(**told).order_by().values(*keys)
    counted = {
        "n": Count("pk"),
        "sum_value": Sum("value"),
        "sum_duty": Sum("duty"),
        "n_summary": Count("summary_date"),
        "n_late": Count("pk", filter=late),
        "n_corrected": Count("pk", filter=Q(corrected=True)),
        "sum_lines": Sum("lines"),
        "sum_fees": Sum(F("mpf") + Coalesce("hmf", Decimal(0)) + F("tax") + F("other_fees")),
        "n_estimated": Count("pk", filter=Q(fees_estimated=True)),
        "n_hmf_unknown": Count("pk", filter=Q(hmf=None)),
        "most_value": Max("value"),
        "most_duty": Max("duty"),
    }
    asked, parameters = sums.annotate(**counted).values_list(*keys, *counted).query.sql_with_params()
    return f"INSERT INTO examinations_entryday ({OF_DAY}) {asked}", parameters
