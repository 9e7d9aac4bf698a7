from django.db import migrations

from accounts.row_security import WORKER, protect, protect_ledger, within

ENTRIES = f"({within('account_id', 'entries')} OR {within('filer_id', 'filed')})"
OWN_IS_PRIVATE = migrations.RunSQL(
    f"""CREATE POLICY own_is_private ON examinations_tradedgoods AS RESTRICTIVE FOR SELECT TO portal_web
        USING ({WORKER} OR source <> 'own' OR {within("account_id", "own")})""",
    "DROP POLICY own_is_private ON examinations_tradedgoods",
)

# Of entries whose duty a bond of activity 1 counts (domain 2.7). Prefixes of one change overlap nowhere, so that a row
# joins it once; a colon comes after every digit. What replaces puts its rate in the place of the duty that was paid.
# It runs with the rights of whoever asks, so that it adds up what that person may read.
ADDED = """
CREATE FUNCTION duty_added(changes jsonb, first_month date, last_month date, only_accounts uuid[])
RETURNS TABLE (change int, account_id uuid, identifier_id bigint, month date, value numeric, duty numeric, added numeric)
LANGUAGE sql STABLE AS $$
  WITH asked AS (
    SELECT c.*, p.prefix FROM jsonb_to_recordset(changes) AS c (place int, prefixes text[], excluded text[],
      origins text[], exempt text[], replaces boolean, points numeric)
    CROSS JOIN LATERAL unnest(c.prefixes) AS p (prefix))
  SELECT c.place, g.account_id, g.identifier_id, m.month, sum(m.value), sum(m.duty),
    round(sum(m.value * c.points / 100 - CASE WHEN c.replaces THEN m.duty ELSE 0 END), 2)
  FROM asked c
  JOIN examinations_tradedgoods g ON g.hts >= c.prefix AND g.hts < c.prefix || ':'
  CROSS JOIN LATERAL unnest(g.months, g.values, g.duties) AS m (month, value, duty)
  WHERE g.source = 'cbp' AND g.entry_type NOT IN ('08', '21', '22', '23', '26')
    AND (only_accounts IS NULL OR g.account_id = ANY (only_accounts))
    AND (cardinality(c.origins) = 0 OR g.origin = ANY (c.origins))
    AND NOT g.spi = ANY (c.exempt)
    AND NOT EXISTS (SELECT FROM unnest(c.excluded) AS x (prefix) WHERE starts_with(g.hts, x.prefix))
    AND m.month BETWEEN first_month AND last_month
  GROUP BY 1, 2, 3, 4
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("examinations", "0043_goods_and_announced_duty"),
        ("accounts", "0002_row_security"),
    ]

    operations = [
        protect("examinations_tradedgoods", ENTRIES),
        OWN_IS_PRIVATE,
        protect("examinations_dutychange", "acting_person() IS NOT NULL"),
        protect_ledger("examinations_dutychangeevent"),
        migrations.RunSQL(ADDED, "DROP FUNCTION duty_added(jsonb, date, date, uuid[])"),
    ]
