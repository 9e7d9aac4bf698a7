from django.db import migrations

#: An unknown reason enters no rate; told as "other", members' lists held what their figures leave out.
UNTELL = """
UPDATE examinations_examination x SET disclosed_reason = '' FROM examinations_selection s
WHERE s.examination_id = x.id AND s.reason = 'UNKNOWN' AND x.disclosed_reason = 'other'
"""


class Migration(migrations.Migration):
    dependencies = [("examinations", "0015_breakdowns")]

    operations = [migrations.RunSQL(UNTELL, migrations.RunSQL.noop)]
