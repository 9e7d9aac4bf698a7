from django.db import migrations

from accounts.row_security import WORKER

#: What an examination cost opens to who may see the examination too; its policies apply inside.
OF_SEEN = f"""
CREATE POLICY of_an_examination_seen ON examinations_cost AS RESTRICTIVE FOR SELECT TO portal_web
  USING ((SELECT reach_all()) OR {WORKER} OR EXISTS (SELECT 1 FROM examinations_examination e WHERE e.id = examination_id));
"""
#: Headquarters moves what the checks found with a number that goes to another account; which columns, portal/grants.py says.
MOVES = """
ALTER POLICY web_changes ON examinations_checkfinding USING ((SELECT reach_all())) WITH CHECK ((SELECT reach_all()));
ALTER POLICY web_removes ON examinations_checkfinding USING ((SELECT reach_all()));
"""
STAYS = """
ALTER POLICY web_changes ON examinations_checkfinding USING (false) WITH CHECK (false);
ALTER POLICY web_removes ON examinations_checkfinding USING (false);
"""
#: Files that were made for an account before a number of its went to another. Nobody but its owner sees a file's row,
#: headquarters that moves a number included, so that this is done as the owner of the table.
END = """
CREATE FUNCTION end_exports(accounts uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
  UPDATE examinations_export SET
    expires_at = now() + CASE state WHEN 'running' THEN interval '7 days' ELSE interval '0' END,
    state = CASE state WHEN 'running' THEN 'failed' ELSE state END,
    message = CASE state WHEN 'running' THEN 'A number of the account went to another meanwhile. Ask again.' ELSE message END
  WHERE account_id = ANY (accounts) AND state IN ('running', 'ready');
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("examinations", "0026_duty_taken_off_by_later_versions")]

    operations = [
        migrations.RunSQL(OF_SEEN, "DROP POLICY of_an_examination_seen ON examinations_cost"),
        migrations.RunSQL(MOVES, STAYS),
        migrations.RunSQL(END, "DROP FUNCTION end_exports(uuid[])"),
    ]
