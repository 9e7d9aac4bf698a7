from django.db import migrations

from accounts.row_security import WORKER, protect, protect_ledger, within

BONDS = within("account_id", "bonds")
MANAGED = within("account_id", "managed")
ITS_PEOPLE = f"((SELECT reach_all()) OR {within('account_id', 'own')} OR {MANAGED})"
SIGNED_IN = "acting_person() IS NOT NULL"
#: A person enters what it knows under its own name; what the review found, the worker alone writes.
STEPS = f"""
CREATE POLICY by_whom ON bonds_bondstep AS RESTRICTIVE FOR INSERT TO portal_web
  WITH CHECK ({WORKER} OR (kind <> 'reviewed' AND by_id = acting_person()));
CREATE POLICY moved_by_headquarters ON bonds_bondstep AS RESTRICTIVE FOR UPDATE TO portal_web
  USING ({WORKER} OR (SELECT reach_all()));
"""
NO_STEPS = "DROP POLICY by_whom ON bonds_bondstep; DROP POLICY moved_by_headquarters ON bonds_bondstep;"

# Entries on a bond of their own (type 9), where the file names it: the continuous bond does not answer for them.
ALONE = """
CREATE FUNCTION entries_on_single_bonds(only_identifiers bigint[], first_month date, last_month date)
RETURNS TABLE (identifier_id bigint, month date, duties_taxes_fees numeric, refunded numeric, entries bigint)
LANGUAGE sql STABLE AS $$
  SELECT e.identifier_id, date_trunc('month', e.entry_date)::date,
    sum(CASE WHEN e.entry_type IN ('08', '21', '22', '23', '26') THEN 0
        ELSE e.duty + e.mpf + coalesce(e.hmf, 0) + e.tax + e.other_fees END),
    sum(greatest(e.duty - coalesce(e.liquidated_duty, e.duty), 0)), count(*)
  FROM bonds_bond s JOIN bonds_coverednumber c ON c.bond_id = s.id
  JOIN examinations_entry e ON e.identifier_id = c.identifier_id AND e.bond_number = s.number
  WHERE s.bond_type = '9' AND e.source = 'cbp' AND e.entry_date >= first_month
    AND e.entry_date < last_month + interval '1 month'
    AND (only_identifiers IS NULL OR c.identifier_id = ANY (only_identifiers))
  GROUP BY 1, 2
$$;
"""

#: Who asks may see the bond of its principal: these functions run with their owner's rights, so they ask first.
MAY = """((SELECT reach_all()) OR b.account_id = ANY ((SELECT reach('bonds'))::uuid[])
      OR (current_setting('role') <> 'portal_web' AND pg_has_role(session_user, 'portal_worker', 'MEMBER')))"""
DEFINER = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"


def for_web(signature: str) -> str:
    return f"""
REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {signature} TO portal_web, portal_worker;
"""


DUTIES = f"""
CREATE OR REPLACE FUNCTION bond_duties(of_bond bigint, first_month date, last_month date)
RETURNS TABLE (duties_taxes_fees numeric, unsure_entries bigint) {DEFINER} AS $$
  WITH numbers AS MATERIALIZED (
    SELECT c.identifier_id FROM bonds_bond b JOIN bonds_coverednumber c ON c.bond_id = b.id
    WHERE b.id = of_bond AND {MAY})
  SELECT coalesce(sum(m.duties_taxes_fees), 0) - coalesce((
      SELECT sum(s.duties_taxes_fees)
      FROM entries_on_single_bonds((SELECT array_agg(identifier_id) FROM numbers), first_month, last_month) s
      WHERE EXISTS (SELECT FROM numbers)), 0),
    coalesce(sum(greatest(m.estimated_entries, m.hmf_unknown_entries)), 0)::bigint
  FROM numbers c JOIN examinations_entrymonth m ON m.identifier_id = c.identifier_id
  WHERE m.source = 'cbp' AND m.month BETWEEN first_month AND last_month
$$;
"""
DUTIES_BEFORE = """
CREATE OR REPLACE FUNCTION bond_duties(of_bond bigint, first_month date, last_month date)
RETURNS TABLE (duties_taxes_fees numeric, unsure_entries bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(sum(m.duties_taxes_fees), 0), coalesce(sum(greatest(m.estimated_entries, m.hmf_unknown_entries)), 0)
  FROM bonds_bond b JOIN bonds_coverednumber c ON c.bond_id = b.id
  JOIN examinations_entrymonth m ON m.identifier_id = c.identifier_id
  WHERE b.id = of_bond AND m.source = 'cbp' AND m.month BETWEEN first_month AND last_month
    AND ((SELECT reach_all()) OR b.account_id = ANY ((SELECT reach('bonds'))::uuid[])
      OR (current_setting('role') <> 'portal_web' AND pg_has_role(session_user, 'portal_worker', 'MEMBER')))
$$;
"""
MONTHS = f"""
CREATE FUNCTION bond_months(of_bond bigint, first_month date, last_month date)
RETURNS TABLE (month date, entries bigint, duty numeric, mpf numeric, hmf numeric, tax numeric, other_fees numeric,
  duties_taxes_fees numeric, refunded numeric, estimated_entries bigint, hmf_unknown_entries bigint,
  left_out numeric, left_out_refunded numeric, left_out_entries bigint) {DEFINER} AS $$
  WITH numbers AS MATERIALIZED (
    SELECT c.identifier_id FROM bonds_bond b JOIN bonds_coverednumber c ON c.bond_id = b.id
    WHERE b.id = of_bond AND {MAY}),
  alone AS (
    SELECT s.month, sum(s.duties_taxes_fees) AS total, sum(s.refunded) AS refunded, sum(s.entries) AS entries
    FROM entries_on_single_bonds((SELECT array_agg(identifier_id) FROM numbers), first_month, last_month) s
    WHERE EXISTS (SELECT FROM numbers) GROUP BY 1)
  SELECT m.month, sum(m.entries), sum(m.duty), sum(m.mpf), sum(m.hmf), sum(m.tax), sum(m.other_fees),
    sum(m.duties_taxes_fees), sum(m.refunded), sum(m.estimated_entries), sum(m.hmf_unknown_entries),
    coalesce(max(a.total), 0), coalesce(max(a.refunded), 0), coalesce(max(a.entries), 0)::bigint
  FROM numbers c JOIN examinations_entrymonth m ON m.identifier_id = c.identifier_id
  LEFT JOIN alone a ON a.month = m.month
  WHERE m.source = 'cbp' AND m.month BETWEEN first_month AND last_month
  GROUP BY m.month ORDER BY m.month
$$;
""" + for_web("bond_months(bigint, date, date)")
ADDED = f"""
CREATE FUNCTION bond_duty_added(of_bond bigint, changes jsonb, first_month date, last_month date)
RETURNS TABLE (change int, month date, value numeric, duty numeric, added numeric) {DEFINER} AS $$
  WITH numbers AS MATERIALIZED (
    SELECT c.identifier_id, c.account_id FROM bonds_bond b JOIN bonds_coverednumber c ON c.bond_id = b.id
    WHERE b.id = of_bond AND {MAY})
  SELECT a.change, a.month, sum(a.value), sum(a.duty), sum(a.added)
  FROM duty_added(changes, first_month, last_month, (SELECT coalesce(array_agg(account_id), '{{}}') FROM numbers)) a
  JOIN numbers n ON n.identifier_id = a.identifier_id GROUP BY 1, 2
$$;
""" + for_web("bond_duty_added(bigint, jsonb, date, date)")


class Migration(migrations.Migration):
    dependencies = [
        ("bonds", "0004_review_of_bonds"),
        ("accounts", "0002_row_security"),
        ("examinations", "0044_row_security_of_announced_duty"),
    ]

    operations = [
        protect("bonds_bondreview", BONDS),
        protect("bonds_bondstep", BONDS, write=ITS_PEOPLE),
        migrations.RunSQL(STEPS, NO_STEPS),
        protect("bonds_bondterms", SIGNED_IN),
        protect_ledger("bonds_bondtermsevent"),
        protect("bonds_delinquency", BONDS, write=f"((SELECT reach_all()) OR {MANAGED})"),
        protect_ledger("bonds_delinquencyevent"),
        protect("bonds_patherrors", SIGNED_IN),
        protect(
            "bonds_whatif",
            f"(by_id = acting_person() AND {BONDS} OR sent_at IS NOT NULL AND {MANAGED})",
            write=f"(by_id = acting_person() AND ((SELECT reach_all()) OR {BONDS}))",
        ),
        migrations.RunSQL(ALONE, "DROP FUNCTION entries_on_single_bonds(bigint[], date, date)"),
        migrations.RunSQL(DUTIES, DUTIES_BEFORE),
        migrations.RunSQL(MONTHS, "DROP FUNCTION bond_months(bigint, date, date)"),
        migrations.RunSQL(ADDED, "DROP FUNCTION bond_duty_added(bigint, jsonb, date, date)"),
    ]
