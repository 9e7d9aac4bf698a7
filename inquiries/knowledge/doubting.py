"""Entries whose heading a notice or a ruling touches, published since they were answered or confirmed: marked, never changed."""

import datetime

from django.db import connection

#: The newest that touches. Due and not yet: run late it marks what was missed, run twice nothing more.
DOUBT = """
WITH touched AS (
  SELECT DISTINCT ON (e.id) e.id, n.id AS notice
  FROM inquiries_knowledgeentry e
  JOIN notices_notice n ON n.state = 'published' AND n.id IS DISTINCT FROM e.notice_id
   AND (n.published_at AT TIME ZONE 'America/New_York')::date >= coalesce(e.confirmed_on, e.answered_on)
   AND (e.confirmed_on IS NULL OR (n.published_at AT TIME ZONE 'America/New_York')::date > e.confirmed_on)
  WHERE e.state = 'published' AND e.doubted_on IS NULL AND e.heading <> ''
    AND EXISTS (SELECT FROM unnest(n.hts_prefixes) p WHERE p <> '' AND (starts_with(e.heading, p) OR starts_with(p, e.heading)))
  ORDER BY e.id, n.published_at DESC)
UPDATE inquiries_knowledgeentry e SET doubted_on = %s, doubted_by_id = touched.notice FROM touched WHERE touched.id = e.id
"""
#: What rests on a notice that holds no more, unless it was confirmed on the day on which that ended, or since.
FALLEN = """
UPDATE inquiries_knowledgeentry e SET doubted_on = %s, doubted_by_id = n.id FROM notices_notice n
WHERE e.state = 'published' AND e.doubted_on IS NULL AND n.id = e.notice_id
  AND n.state IN ('retracted', 'superseded', 'corrected')
  AND (e.confirmed_on IS NULL
    OR (coalesce(n.retracted_at, n.ended_at) AT TIME ZONE 'America/New_York')::date > e.confirmed_on)
"""


def doubt(today: datetime.date) -> int:
    """Mark what may be out of date; two statements, whatever the number of entries and notices. Returns how many."""
    marked = 0
    with connection.cursor() as cursor:
        for statement in (DOUBT, FALLEN):
            cursor.execute(statement, [today])
            marked += cursor.rowcount
    return marked
