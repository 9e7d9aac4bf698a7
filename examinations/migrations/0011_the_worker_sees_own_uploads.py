from django.db import migrations

from accounts.row_security import WORKER

#: `own_is_private` of every table, each with its own rule: the worker brings in what an account uploads itself.
UNBIND = f"""
DO $do$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename, qual FROM pg_policies WHERE schemaname = 'public' AND policyname = 'own_is_private' LOOP
    EXECUTE format('ALTER POLICY own_is_private ON %I USING (%s OR (%s))', one.tablename, $worker${WORKER}$worker$, one.qual);
  END LOOP;
END $do$
"""


class Migration(migrations.Migration):
    dependencies = [("examinations", "0010_duty_by_program_and_month")]

    operations = [migrations.RunSQL(UNBIND, migrations.RunSQL.noop)]
