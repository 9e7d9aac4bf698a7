from django.db import migrations, models

ONE_AT_A_TIME = """
UPDATE accounts_delegation d SET revoked_at = now() WHERE revoked_at IS NULL AND EXISTS (
  SELECT 1 FROM accounts_delegation newer
  WHERE (newer.importer_id, newer.broker_id) = (d.importer_id, d.broker_id) AND newer.revoked_at IS NULL
    AND newer.id > d.id)
"""
#: Who manages the people of the importer opens its data and takes that back; both sides read it already.
ADMINISTERS = """importer_id IN (SELECT account_id FROM accounts_membership
  WHERE person_id = (SELECT acting_person()) AND administrator AND ended_at IS NULL)"""
ADMINISTRATORS = f"""
CREATE POLICY administrators_open ON accounts_delegation FOR INSERT TO portal_web WITH CHECK ({ADMINISTERS});
CREATE POLICY administrators_change ON accounts_delegation FOR UPDATE TO portal_web
  USING ({ADMINISTERS}) WITH CHECK ({ADMINISTERS});
"""
DROP = """
DROP POLICY administrators_change ON accounts_delegation;
DROP POLICY administrators_open ON accounts_delegation;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_row_security_of_tokens")]

    operations = [
        migrations.RunSQL(ONE_AT_A_TIME, migrations.RunSQL.noop),
        # The update above left triggers to fire, and an index waits for none.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("importer", "broker"),
                name="delegation_once_at_a_time",
                violation_error_message="This broker has a delegation already.",
            ),
        ),
        migrations.RunSQL(ADMINISTRATORS, DROP),
    ]
