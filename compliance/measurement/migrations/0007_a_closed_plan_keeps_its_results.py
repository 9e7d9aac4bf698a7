from django.db import migrations, models

# What the lines of plans that are closed already rest on, as it is now: nothing older is left of it.
KEEP = """
UPDATE measurement_drawnline d SET kept = jsonb_build_object(
  'examination', f.id, 'disposition', f.disposition, 'closed', f.closed, 'findings', coalesce((
    SELECT jsonb_agg(jsonb_build_array(c.type, c.declared::text, c.found::text, c.revenue_difference::text) ORDER BY c.ordinal)
    FROM examinations_discrepancy c WHERE c.examination_id = f.id), '[]'))
FROM (
  SELECT DISTINCT ON (l.id) l.id AS drawn, x.id, x.disposition, x.closed
  FROM measurement_drawnline l
  JOIN measurement_measurementplan p ON p.id = l.plan_id AND p.closed_on IS NOT NULL
  JOIN examinations_examination x ON x.entry_number = l.entry_number AND x.line = l.line AND x.type = 'ESR'
    AND x.closed <= p.closed_on AND x.selected >= p.frozen_on
  JOIN examinations_selection s ON s.examination_id = x.id AND s.reason = 'RANDOM'
  ORDER BY l.id, x.closed, x.id) f
WHERE f.drawn = d.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("measurement", "0006_own_rate_group_reviews"),
        ("examinations", "0036_sums_that_are_behind"),
    ]

    operations = [
        migrations.AddField(
            model_name="drawnline",
            name="kept",
            field=models.JSONField(
                blank=True,
                editable=False,
                null=True,
                verbose_name="what its review found, as it was when the plan was closed",
            ),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
