"""How much of what is imported is under management: one statement over the monthly sums, for headquarters' page."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

READ = """
SELECT coalesce(sum(value), 0), coalesce(sum(value) FILTER (WHERE managed), 0),
  coalesce(sum(duty), 0), coalesce(sum(duty) FILTER (WHERE managed), 0),
  coalesce(sum(lines), 0), coalesce(sum(lines) FILTER (WHERE managed), 0),
  count(*), count(*) FILTER (WHERE managed)
FROM (
  SELECT account_id, sum(value) AS value, sum(duty) AS duty, sum(lines) AS lines,
    EXISTS (SELECT FROM accounts_assignment s WHERE s.account_id = m.account_id AND s.starts <= %(as_of)s
            AND (s.ends IS NULL OR s.ends > %(as_of)s)) AS managed
  FROM examinations_entrymonth m WHERE source = 'cbp' AND month >= %(year)s AND month < %(this)s GROUP BY account_id
) AS each
"""


@dataclass(frozen=True)
class Coverage:
    """Of twelve whole months: all importers, and those with a manager on the day. Dollars, lines, importers."""

    value: Decimal
    managed_value: Decimal
    duty: Decimal
    managed_duty: Decimal
    lines: int
    managed_lines: int
    importers: int
    managed_importers: int


def coverage(as_of: datetime.date) -> Coverage:
    """Sum the twelve whole months before a day's month, by who has a manager on that day."""
    this = as_of.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(READ, {"as_of": as_of, "this": this, "year": this.replace(year=this.year - 1)})
        return Coverage(*cursor.fetchone())
