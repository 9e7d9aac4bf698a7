import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

#: A manager arranges cover for oneself, and changes what is not over; headquarters could all along.
TODAY = "(SELECT (now() AT TIME ZONE 'America/New_York')::date)"
MANAGES = "(SELECT role = 'manager' AND is_active FROM accounts_person WHERE id = (SELECT acting_person()))"
AWAY = f"(absent_id = (SELECT acting_person()) AND {MANAGES})"
ABSENT = f"""
CREATE POLICY the_absent_arrange ON accounts_cover FOR INSERT TO portal_web WITH CHECK ({AWAY} AND starts >= {TODAY});
CREATE POLICY the_absent_change ON accounts_cover FOR UPDATE TO portal_web
  USING ({AWAY} AND ends > {TODAY}) WITH CHECK ({AWAY});
CREATE POLICY the_absent_cancel ON accounts_cover FOR DELETE TO portal_web USING ({AWAY} AND starts >= {TODAY});
"""
DROP = """
DROP POLICY the_absent_cancel ON accounts_cover; DROP POLICY the_absent_change ON accounts_cover;
DROP POLICY the_absent_arrange ON accounts_cover;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_delegations_by_administrators")]

    operations = [
        migrations.RunSQL(ABSENT, DROP),
        pgtrigger.migrations.AddTrigger(
            model_name="cover",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_coverevent" ("absent_id", "covered_by_id", "ends", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts") VALUES (OLD."absent_id", OLD."covered_by_id", OLD."ends", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."starts"); RETURN NULL;',
                    hash="ef9eceb1b029996b43e2431f04e964c974247fc5",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_33d76",
                    table="accounts_cover",
                    when="AFTER",
                ),
            ),
        ),
    ]
