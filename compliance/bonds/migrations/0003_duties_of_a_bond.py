from django.db import migrations

# A bond answers for all numbers on it, also for those that another account holds and whose rows the principal may
# not read: their sum is told, the rows are not. It runs with its owner's rights, so it asks first who asks.
FUNCTION = """
CREATE FUNCTION bond_duties(of_bond bigint, first_month date, last_month date)
RETURNS TABLE (duties_taxes_fees numeric, unsure_entries bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(sum(m.duties_taxes_fees), 0), coalesce(sum(greatest(m.estimated_entries, m.hmf_unknown_entries)), 0)
  FROM bonds_bond b JOIN bonds_coverednumber c ON c.bond_id = b.id
  JOIN examinations_entrymonth m ON m.identifier_id = c.identifier_id
  WHERE b.id = of_bond AND m.source = 'cbp' AND m.month BETWEEN first_month AND last_month
    AND ((SELECT reach_all()) OR b.account_id = ANY ((SELECT reach('bonds'))::uuid[])
      OR (current_setting('role') <> 'portal_web' AND pg_has_role(session_user, 'portal_worker', 'MEMBER')))
$$;
REVOKE ALL ON FUNCTION bond_duties(bigint, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bond_duties(bigint, date, date) TO portal_web, portal_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("bonds", "0002_row_security"), ("examinations", "0002_row_security")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION bond_duties(bigint, date, date)")]
