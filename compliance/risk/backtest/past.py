"""What was known on a past day, by the time of loading: the same sums from the rows of then, and today's statements on them.

Temporary tables take the names of the stored ones, and PostgreSQL looks among them first. So the statements that count sums,
fit rates and score accounts read the past without knowing it. All of it is rolled back: nothing stored is ever changed.
Known limits: Centers, programs and covered numbers are those of now; of a bond only the version that still stands.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from accounts.models import Account
from compliance.risk.months import months_before
from examinations.breakdowns import counting
from examinations.duty import months
from examinations.loading.entries.earlier import OF_ENTRY, OF_LINE
from examinations.loading.entries.summaries import ADDS, GROUP, SUMS, contributions
from examinations.loading.examination_months import RECOUNT

#: Rows of so many months are read: of trade 18, of examinations 24.
MONTHS = 25
KNOWN = """
CREATE TEMPORARY TABLE known_load ON COMMIT DROP AS SELECT id FROM public.examinations_load
WHERE account_id IS NULL
  AND (coalesce(finished_at, created_at) AT TIME ZONE 'America/New_York')::date <= %(day)s
"""
_LOADED = "load_id IN (SELECT id FROM known_load)"
_THEN = """(at AT TIME ZONE 'America/New_York')::date > %(day)s"""
# A version that was replaced since the day, and had come in by then, stands for the one of now.
ROWS = {
    "examinations_entry": f"""
INSERT INTO examinations_entry (id, {OF_ENTRY})
SELECT id, {OF_ENTRY} FROM public.examinations_entry WHERE {_LOADED} AND entry_date >= %(since)s
UNION ALL SELECT row, {OF_ENTRY} FROM public.examinations_earlierentry WHERE {_LOADED} AND {_THEN}""",
    "examinations_entryline": f"""
INSERT INTO examinations_entryline (id, {OF_LINE})
SELECT id, {OF_LINE} FROM public.examinations_entryline WHERE {_LOADED} AND entry_date >= %(since)s
UNION ALL SELECT row, {OF_LINE} FROM public.examinations_earlierentryline WHERE {_LOADED} AND {_THEN}""",
    "examinations_examination": f"""
INSERT INTO examinations_examination
SELECT * FROM public.examinations_examination WHERE {_LOADED} AND selected >= %(since)s
UNION ALL
SELECT r.* FROM public.examinations_supersededrow s,
  jsonb_populate_record(NULL::public.examinations_examination, s.was) r
WHERE s."table" = 'examinations_examination' AND {_THEN}
  AND (s.was ->> 'load_id')::uuid IN (SELECT id FROM known_load)""",
}
FOUND = """
INSERT INTO examinations_discrepancy
SELECT d.* FROM public.examinations_discrepancy d JOIN public.examinations_examination x ON x.id = d.examination_id
WHERE x.load_id IN (SELECT id FROM known_load)
UNION ALL
SELECT d.* FROM public.examinations_supersededrow s
CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(s.was -> 'discrepancies') WHEN 'array'
  THEN s.was -> 'discrepancies' ELSE '[]' END) AS one,
  jsonb_populate_record(NULL::public.examinations_discrepancy, one) d
WHERE s."table" = 'examinations_examination' AND (s.at AT TIME ZONE 'America/New_York')::date > %(day)s
  AND (s.was ->> 'load_id')::uuid IN (SELECT id FROM known_load)
"""
BONDS = f"INSERT INTO bonds_bond SELECT * FROM public.bonds_bond WHERE {_LOADED}"
ENTRY_MONTHS = f"""
INSERT INTO examinations_entrymonth ({GROUP}, {", ".join(ADDS)})
SELECT {GROUP}, {SUMS} FROM ({contributions(1)}) c GROUP BY {GROUP}
"""
#: Without indexes, which only what is kept needs.
LIKE = "INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING GENERATED"
#: Tables that stand for the stored ones while the past is read; what is counted stands empty first.
SHADOWS = (
    *ROWS,
    *("examinations_discrepancy", "bonds_bond", "examinations_entrymonth", "examinations_examinationmonth"),
    *("examinations_entrybreakdown", "examinations_examinationbreakdown", "examinations_discrepancybreakdown"),
    *("examinations_dutymonth", "measurement_accountyear", "risk_tradefacts"),
)
#: Kept by their key.
KEPT = ("measurement_accountyear", "risk_tradefacts")


@contextmanager
def as_known_on(day: datetime.date) -> Iterator[None]:
    """Within it every statement reads the rows, sums and facts of what had been loaded by the end of that day."""
    given: dict[str, Any] = {"day": day, "since": months_before(day, MONTHS)}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute(KNOWN, given)
            for table in SHADOWS:
                like = f"LIKE public.{table} {LIKE if table not in KEPT else 'INCLUDING ALL'}"
                cursor.execute(f"CREATE TEMPORARY TABLE {table} ({like}) ON COMMIT DROP")
            for rows in ROWS.values():
                cursor.execute(rows, given)
            cursor.execute(FOUND, given)
            cursor.execute(BONDS, given)
            for table in (*ROWS, "examinations_discrepancy"):
                cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")  # by which statements group
                cursor.execute(f"ANALYZE {table}")
            _sums(cursor)
        yield
        transaction.set_rollback(True)


def _sums(cursor: Any) -> None:
    cursor.execute(ENTRY_MONTHS)
    accounts = [str(pk) for pk in Account.objects.values_list("pk", flat=True)]
    cursor.execute(RECOUNT, {"accounts": accounts})
    counting.recount(None)
    months.recount(None)
