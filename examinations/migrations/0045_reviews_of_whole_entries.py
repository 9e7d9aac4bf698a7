from django.db import migrations

# Reviews of whole entries leave the sums of lines, with the money of their finds, as the loader counts from now on.
TAKE_OUT = """
WITH whole AS (
  SELECT x.account_id, x.filer_id, date_trunc('month', x.selected)::date AS month, count(*) AS reviews,
    count(*) FILTER (WHERE wrong) AS wrong, count(*) FILTER (WHERE wrong AND x.disposition <> 'DISCREPANCY_LOL') AS major,
    coalesce(sum(d.owed) FILTER (WHERE wrong), 0) AS owed
  FROM examinations_examination x
  JOIN examinations_selection s ON s.examination_id = x.id AND s.reason = 'RANDOM'
  CROSS JOIN LATERAL (SELECT x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING') AS wrong) w
  LEFT JOIN LATERAL (SELECT sum(greatest(revenue_difference, 0)) AS owed
    FROM examinations_discrepancy d WHERE d.examination_id = x.id) d ON true
  WHERE x.type = 'ESR' AND x.line IS NULL AND x.closed IS NOT NULL
  GROUP BY 1, 2, 3)
UPDATE examinations_examinationmonth m SET reviews = m.reviews - whole.reviews,
  reviews_wrong = m.reviews_wrong - wrong, reviews_major = m.reviews_major - major,
  owed_on_finds = m.owed_on_finds - whole.owed
FROM whole
WHERE m.account_id = whole.account_id AND m.filer_id IS NOT DISTINCT FROM whole.filer_id AND m.month = whole.month
"""
# Sums by dimension are counted again behind the next load of an account, and each night for all; until then pages read
# the rows of these accounts where they can.
NOTE = """
INSERT INTO examinations_uncounted (account_id)
SELECT DISTINCT account_id FROM examinations_examination WHERE type = 'ESR' AND line IS NULL AND closed IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("examinations", "0044_row_security_of_announced_duty")]

    operations = [
        migrations.RunSQL(TAKE_OUT, migrations.RunSQL.noop),
        migrations.RunSQL(NOTE, migrations.RunSQL.noop),
    ]
