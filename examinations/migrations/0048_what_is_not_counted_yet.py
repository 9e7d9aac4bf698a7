from django.db import migrations

# The columns of 0047 hold nothing yet where an importer has examinations and no entries, either.
NOTE = """
INSERT INTO examinations_uncounted (account_id)
SELECT DISTINCT account_id FROM examinations_examination x
WHERE account_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM examinations_uncounted u WHERE u.account_id = x.account_id)
"""


class Migration(migrations.Migration):
    dependencies = [("examinations", "0047_lists_from_sums")]

    operations = [migrations.RunSQL(NOTE, migrations.RunSQL.noop)]
