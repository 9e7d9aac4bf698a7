from django.db import migrations, models

# What stands in the months already, counted as the loader counts it from now on.
BACKFILL = """
UPDATE examinations_examinationmonth m SET owed_on_finds = f.owed
FROM (SELECT x.account_id, x.filer_id, date_trunc('month', x.selected)::date AS month,
             sum(greatest(d.revenue_difference, 0)) AS owed
      FROM examinations_examination x
      JOIN examinations_selection s ON s.examination_id = x.id
      JOIN examinations_discrepancy d ON d.examination_id = x.id
      WHERE x.closed IS NOT NULL AND x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING')
        AND (s.reason IN ('TARGETED', 'AGENCY', 'FOLLOWUP') OR (x.type = 'ESR' AND s.reason = 'RANDOM'))
      GROUP BY 1, 2, 3) f
WHERE m.account_id = f.account_id AND m.filer_id IS NOT DISTINCT FROM f.filer_id AND m.month = f.month
  AND f.owed IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("examinations", "0005_entry_number_with_one_index")]

    operations = [
        migrations.AddField(
            model_name="load",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="times begun"),
        ),
        migrations.AddField(
            model_name="examinationmonth",
            name="owed_on_finds",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                max_digits=18,
                verbose_name="more owed, on the discrepancies counted above",
            ),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
