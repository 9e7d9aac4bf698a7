"""Who reaches which accounts, as a function that keeps its plan."""

from django.db import migrations

# Members by membership, managers by assignment or as cover, delegates by kind; a changed role closes all, and so does an
# access that lapsed. It reads with the rights of who asks. Of an array PostgreSQL takes the index of who files for whom; of
# a table it reads all of them, more with each account that joins.
DECIDE_REACH = """
CREATE FUNCTION decide_reach(asks uuid) RETURNS TABLE (kind text, account uuid)
LANGUAGE plpgsql STABLE SECURITY INVOKER AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
WITH who AS (SELECT id, role FROM accounts_person WHERE id = asks AND is_active
               AND NOT EXISTS (SELECT 1 FROM accounts_lapse l
                               WHERE l.person_id = asks AND l.closed_on IS NOT NULL AND l.ended_at IS NULL)),
     today AS (SELECT (now() AT TIME ZONE 'America/New_York')::date AS day),
     own AS (SELECT m.account_id FROM accounts_membership m JOIN who ON who.id = m.person_id
             WHERE m.ended_at IS NULL AND who.role = 'member'),
     managed AS (SELECT a.account_id FROM accounts_assignment a, who, today
                 WHERE who.role = 'manager' AND a.starts <= day AND (a.ends IS NULL OR a.ends > day)
                   AND (a.manager_id = who.id OR a.manager_id IN (
                        SELECT c.absent_id FROM accounts_cover c
                        WHERE c.covered_by_id = who.id AND c.starts <= day AND c.ends > day))),
     both_ways AS (SELECT account_id FROM own UNION SELECT account_id FROM managed),
     delegated AS (SELECT d.importer_id AS account_id, unnest(d.kinds) AS kind FROM accounts_delegation d, today
                   WHERE d.broker_id IN (SELECT account_id FROM own) AND d.revoked_at IS NULL
                     AND d.power_of_attorney <= day AND d.expires >= day)
SELECT 'own'::text, account_id FROM own
UNION ALL SELECT 'administers', m.account_id FROM accounts_membership m JOIN who ON who.id = m.person_id
          WHERE m.ended_at IS NULL AND m.administrator AND who.role = 'member'
UNION ALL SELECT 'managed', account_id FROM managed
UNION ALL SELECT kind, account_id FROM delegated
UNION ALL SELECT 'known', account_id FROM delegated
UNION ALL SELECT 'known', f.broker_id FROM accounts_filingrelation f
          WHERE f.importer_id = ANY (ARRAY(TABLE both_ways))
UNION ALL SELECT 'known', f.importer_id FROM accounts_filingrelation f WHERE f.broker_id = ANY (ARRAY(TABLE both_ways));
END
$$;
REVOKE ALL ON FUNCTION decide_reach(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION decide_reach(uuid) TO portal_web, portal_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_squashed_0018_invitations_keep_the_name_that_was_written")]

    operations = [migrations.RunSQL(DECIDE_REACH, "DROP FUNCTION decide_reach(uuid)")]
