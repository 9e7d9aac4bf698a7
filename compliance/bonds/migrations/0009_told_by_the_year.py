from django.db import migrations

# Until 0008 a reminder of the weeks before the forecast month was known by that month's year; since then by the day from which
# the bond is expected to become too small. What was told by the year within twelve months is told already, as the code before
# would have had it: it takes the new name, so that nobody hears it once more. 0008 knew the day only as the one of the last
# reckoning, often later than what was told; so the two are not compared.
TOLD = """
UPDATE notifications_message m SET key = n.new FROM (
  SELECT format('bond:%s:ahead:%s:%s', r.bond_id, to_char(r.short_half, 'YYYY'), weeks) AS old,
    format('bond:%s:ahead:%s:%s', r.bond_id, to_char(coalesce(r.short_since, r.since), 'YYYY-MM-DD'), weeks) AS new
  FROM bonds_bondreview r, unnest(ARRAY[12, 8, 4, 2]) AS weeks WHERE r.short_half IS NOT NULL) n
WHERE m.key = n.old AND m.created_at > now() - interval '12 months'
  AND NOT EXISTS (SELECT FROM notifications_message o WHERE o.key = n.new);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bonds", "0008_overdue_and_expected_since"),
        ("notifications", "0011_who_left_reads_nothing_more"),
    ]

    operations = [migrations.RunSQL(TOLD, migrations.RunSQL.noop)]
