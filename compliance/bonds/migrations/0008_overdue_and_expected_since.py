from django.db import migrations, models

# Whether each number on a bond stands on another continuous bond of activity 1 that is in force, whoever is its principal: of
# bonds that whoever asks may not see it tells this alone. It runs with its owner's rights, so it asks first who asks.
FOLLOWED = """
CREATE FUNCTION bond_followed(of_bond bigint, day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM bonds_bond b JOIN bonds_coverednumber c ON c.bond_id = b.id
    WHERE b.id = of_bond AND ((SELECT reach_all()) OR b.account_id = ANY ((SELECT reach('bonds'))::uuid[])
      OR (current_setting('role') <> 'portal_web' AND pg_has_role(session_user, 'portal_worker', 'MEMBER'))))
  AND NOT EXISTS (
    SELECT FROM bonds_coverednumber c WHERE c.bond_id = of_bond AND NOT EXISTS (
      SELECT FROM bonds_coverednumber o JOIN bonds_bond n ON n.id = o.bond_id
      WHERE o.identifier_id = c.identifier_id AND n.id <> of_bond AND n.bond_type = '8' AND n.activity_code = '1'
        AND n.effective <= day AND (n.terminates IS NULL OR n.terminates > day)))
$$;
REVOKE ALL ON FUNCTION bond_followed(bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bond_followed(bigint, date) TO portal_web, portal_worker;
"""
# What is expected already began when it was last looked at: nobody knows better. The checks that these rows wait for are
# made at once: PostgreSQL makes no index on a table while some are pending.
EXPECTED = """
UPDATE bonds_bondreview SET short_since = coalesce(ahead_on, since) WHERE short_half IS NOT NULL;
UPDATE bonds_bondreview r SET delinquent_since = o.since FROM (
  SELECT account_id, min(since) AS since FROM bonds_delinquency WHERE until IS NULL GROUP BY 1) o
WHERE o.account_id = r.account_id AND o.since <= CURRENT_DATE;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("bonds", "0007_changes_reckoned_with")]

    operations = [
        migrations.AddField(
            model_name="bondreview",
            name="delinquent_since",
            field=models.DateField(null=True, verbose_name="bills overdue since"),
        ),
        migrations.AddField(
            model_name="bondreview",
            name="short_since",
            field=models.DateField(null=True, verbose_name="expected to become too small since"),
        ),
        migrations.AddField(
            model_name="bondreview",
            name="short_over",
            field=models.DateField(null=True, verbose_name="not expected any more since"),
        ),
        migrations.RunSQL(EXPECTED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="bondreview",
            index=models.Index(
                condition=models.Q(("delinquent_since__isnull", False)),
                fields=["delinquent_since"],
                name="bond_review_manual",
            ),
        ),
        migrations.RunSQL(FOLLOWED, "DROP FUNCTION bond_followed(bigint, date)"),
    ]
