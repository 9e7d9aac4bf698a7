from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

WHOLE = f"({within('account_id', 'own')} OR {within('account_id', 'managed')})"
#: Who manages the people of the account asks, in their own name, and takes that back; headquarters alone decides.
ADMINISTERS = """account_id IN (SELECT account_id FROM accounts_membership
  WHERE person_id = (SELECT acting_person()) AND administrator AND ended_at IS NULL)"""
ADMINISTRATORS = f"""
CREATE POLICY administrators_ask ON accounts_centerappeal FOR INSERT TO portal_web
  WITH CHECK ({ADMINISTERS} AND state = 'open' AND asked_by_id = (SELECT acting_person()));
CREATE POLICY administrators_withdraw ON accounts_centerappeal FOR UPDATE TO portal_web
  USING ({ADMINISTERS} AND state = 'open') WITH CHECK ({ADMINISTERS} AND state = 'withdrawn');
"""
DROP = """
DROP POLICY administrators_withdraw ON accounts_centerappeal;
DROP POLICY administrators_ask ON accounts_centerappeal;
"""
#: Whoever changes an account's Center, by a file, the admin or a verb, the days are kept. A stay that was planned for
#: today is already there. A first Center reaches back as far as anything is known of the account.
KEEP = """
CREATE FUNCTION keep_center_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE today date := (now() AT TIME ZONE 'America/New_York')::date;
BEGIN
  IF EXISTS (SELECT 1 FROM accounts_centerstay s WHERE s.account_id = NEW.id AND s.center_id = NEW.center_id
             AND coalesce(s.starts <= today, true) AND coalesce(s.ends > today, true)) THEN
    RETURN NULL;
  END IF;
  DELETE FROM accounts_centerstay WHERE account_id = NEW.id AND starts = today;
  UPDATE accounts_centerstay SET ends = today
   WHERE account_id = NEW.id AND coalesce(starts < today, true) AND coalesce(ends > today, true);
  IF NEW.center_id IS NOT NULL THEN
    INSERT INTO accounts_centerstay (account_id, center_id, starts, ends)
    VALUES (NEW.id, NEW.center_id, CASE WHEN TG_OP = 'UPDATE' THEN today END,
            (SELECT min(starts) FROM accounts_centerstay WHERE account_id = NEW.id AND starts > today));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_first_center AFTER INSERT ON accounts_account
  FOR EACH ROW WHEN (NEW.center_id IS NOT NULL) EXECUTE FUNCTION keep_center_stay();
CREATE TRIGGER keep_center AFTER UPDATE OF center_id ON accounts_account
  FOR EACH ROW WHEN (OLD.center_id IS DISTINCT FROM NEW.center_id) EXECUTE FUNCTION keep_center_stay();
"""
DROP_KEEP = """
DROP TRIGGER keep_center ON accounts_account; DROP TRIGGER keep_first_center ON accounts_account;
DROP FUNCTION keep_center_stay();
"""
KNOWN = """
INSERT INTO accounts_centerstay (account_id, center_id)
SELECT id, center_id FROM accounts_account WHERE center_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_center_appeals")]

    operations = [
        protect("accounts_centerstay", WHOLE),
        protect("accounts_centerappeal", WHOLE),
        protect_ledger("accounts_centerappealevent"),
        migrations.RunSQL(ADMINISTRATORS, DROP),
        migrations.RunSQL(KEEP, DROP_KEEP),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
