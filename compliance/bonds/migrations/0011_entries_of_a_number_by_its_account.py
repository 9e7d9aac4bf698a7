from django.db import migrations

# What CBP loads stands under the account that has the number, as the covered number does: entries are found by that account
# and their days. An index by number, which every load had to write, was read for nothing else.
BEFORE = """
CREATE OR REPLACE FUNCTION entries_on_single_bonds(only_identifiers bigint[], first_month date, last_month date)
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
# Which single bonds there are is asked first: hardly any importer has one, and most have thousands of entries.
NOW = """
CREATE OR REPLACE FUNCTION entries_on_single_bonds(only_identifiers bigint[], first_month date, last_month date)
RETURNS TABLE (identifier_id bigint, month date, duties_taxes_fees numeric, refunded numeric, entries bigint)
LANGUAGE sql STABLE AS $$
  WITH alone AS MATERIALIZED (
    SELECT s.number, c.identifier_id, c.account_id FROM bonds_bond s JOIN bonds_coverednumber c ON c.bond_id = s.id
    WHERE s.bond_type = '9' AND (only_identifiers IS NULL OR c.identifier_id = ANY (only_identifiers)))
  SELECT e.identifier_id, date_trunc('month', e.entry_date)::date,
    sum(CASE WHEN e.entry_type IN ('08', '21', '22', '23', '26') THEN 0
        ELSE e.duty + e.mpf + coalesce(e.hmf, 0) + e.tax + e.other_fees END),
    sum(greatest(e.duty - coalesce(e.liquidated_duty, e.duty), 0)), count(*)
  FROM alone a JOIN examinations_entry e
    ON e.account_id = a.account_id AND e.identifier_id = a.identifier_id AND e.bond_number = a.number
  WHERE e.source = 'cbp' AND e.entry_date >= first_month AND e.entry_date < last_month + interval '1 month'
  GROUP BY 1, 2
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("bonds", "0010_one_principal")]

    operations = [migrations.RunSQL(NOW, BEFORE)]
