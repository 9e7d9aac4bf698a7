"""What the plans in work have to show: closed examinations of each cell that were drawn by lot; one statement a side.

Of goods entered since counting started alone: what came in before tells of the time before the cure, whenever it is looked
at; an examination whose entry has not come yet waits for it. Drawn by lot: at random, or as a follow-up drawn from a plan's
cell (it has a probability). What was selected within the last LAG_DAYS is left out: a find takes longer to close than a clean
result, so the newest would speak for a cure too soon.
"""

import datetime
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from accounts.models import Account
from compliance.plans.models import Verification

LAG_DAYS = 30

#: The lines that a plan's cell means; a dimension that plays no part asks nothing.
_MEANT = """(p.heading = '' OR left(l.hts, 4) = p.heading) AND (p.origin = '' OR l.origin = p.origin)
    AND (p.manufacturer_id = '' OR l.manufacturer_id = p.manufacturer_id)"""
#: An examination of a line has the line's values, one of a whole entry those in which its lines agree.
_SHOWS = """x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING') AND (p.discrepancy_type = '' OR EXISTS (
  SELECT 1 FROM examinations_discrepancy d WHERE d.examination_id = x.id AND d.type = p.discrepancy_type
    AND d.disposition NOT IN ('NO_DISCREPANCY', 'PENDING')))"""
_COUNTED = """
FROM plans_verification v JOIN plans_plan p ON p.id = v.plan_id JOIN accounts_account a ON a.id = p.account_id
LEFT JOIN examinations_examination x ON x.{side} = p.account_id AND x.selected BETWEEN v.counted_from AND %(last)s
  AND x.closed <= %(as_of)s
  AND EXISTS (SELECT 1 FROM examinations_entry e WHERE e.id = x.entry_id AND e.entry_date >= v.counted_from)
  AND (p.other_side_id IS NULL OR x.{other} = p.other_side_id)
  AND (p.port = '' OR x.port = p.port)
  AND EXISTS (
    SELECT 1 FROM examinations_selection s WHERE s.examination_id = x.id AND (s.reason = 'RANDOM' OR
      s.reason = 'FOLLOWUP' AND EXISTS (SELECT 1 FROM examinations_draw d WHERE d.examination_id = x.id)))
  AND (p.heading = '' AND p.origin = '' AND p.manufacturer_id = '' OR (EXISTS (
    SELECT 1 FROM examinations_entryline l WHERE l.entry_id = x.entry_id AND l.stands_for_line
      AND (x.line IS NULL OR l.line = x.line) AND {meant})
    AND (x.line IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM examinations_entryline l WHERE l.entry_id = x.entry_id AND l.stands_for_line
        AND ({meant}) IS NOT TRUE))))
"""
COUNT = """
SELECT v.id, count(x.id), count(x.id) FILTER (WHERE {shows})
{counted} WHERE v.outcome = '' AND p.state = 'agreed' AND a.kind = %(kind)s
  AND (%(every)s OR p.account_id = ANY (%(accounts)s::uuid[]))
GROUP BY v.id
"""
SIDES = (
    (Account.Kind.IMPORTER, {"side": "account_id", "other": "filer_id"}),
    (Account.Kind.BROKER, {"side": "filer_id", "other": "account_id"}),
)


def count(accounts: Sequence[UUID] | None, as_of: datetime.date) -> dict[int, tuple[int, int]]:
    """By id of each verification that runs: how many were examined, and how many of these showed it.

    accounts: whose plans; all for None.
    """
    given = {
        "as_of": as_of,
        "last": as_of - datetime.timedelta(days=LAG_DAYS),
        "every": accounts is None,
        "accounts": [str(pk) for pk in accounts or ()],
    }
    counted: dict[int, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        for kind, names in SIDES:
            counted_of = _COUNTED.format(meant=_MEANT, **names)
            cursor.execute(COUNT.format(counted=counted_of, shows=_SHOWS), given | {"kind": kind})
            counted |= {pk: (examined, found) for pk, examined, found in cursor.fetchall()}
    return counted


ROWS = """
SELECT x.id, {shows}
{counted} WHERE v.id = %(verification)s AND x.id IS NOT NULL ORDER BY x.selected DESC, x.id DESC LIMIT %(most)s
"""


def rows_counted(verification: Verification, most: int) -> dict[int, bool]:
    """The ids of the newest examinations that a verification counted last, and whether each showed it.

    Which they are tells that a closed follow-up was drawn by lot: for headquarters alone, as the draw itself is.
    """
    if verification.as_of is None:
        return {}
    names = dict(SIDES)[Account.Kind(verification.plan.account.kind)]
    given = {
        "as_of": verification.as_of,
        "last": verification.as_of - datetime.timedelta(days=LAG_DAYS),
        "verification": verification.pk,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS.format(counted=_COUNTED.format(meant=_MEANT, **names), shows=_SHOWS), given)
        return dict(cursor.fetchall())
