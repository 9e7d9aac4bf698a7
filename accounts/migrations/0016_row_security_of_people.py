from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

ME = "(SELECT acting_person())"
TODAY = "(SELECT (now() AT TIME ZONE 'America/New_York')::date)"
WHOLE = f"({within('account_id', 'own')} OR {within('account_id', 'managed')})"
ADMINISTERS = within("account_id", "administers")
#: Nobody has signed in where an invitation is opened: the address that was signed opens the one row that it names.
BY_ADDRESS = "id::text = (SELECT nullif(current_setting('app.invitation', true), ''))"
#: Under its own policy this reads the members of one's own accounts, of those in one's care, and oneself.
MEMBERS = "SELECT person_id FROM accounts_membership WHERE ended_at IS NULL"
OPEN = "accepted_at IS NULL AND withdrawn_at IS NULL"
INVITED = f"""EXISTS (SELECT 1 FROM accounts_invitation i
  WHERE i.account_id = accounts_membership.account_id AND i.person_id = {ME} AND i.accepted_at IS NULL
    AND i.withdrawn_at IS NULL AND i.last_day >= {TODAY} AND i.administrator = accounts_membership.administrator)"""
POLICIES = f"""
CREATE POLICY administrators_invite ON accounts_invitation FOR INSERT TO portal_web
  WITH CHECK ({ADMINISTERS} AND invited_by_id = {ME} AND {OPEN});
CREATE POLICY administrators_change ON accounts_invitation FOR UPDATE TO portal_web
  USING ({ADMINISTERS} AND {OPEN}) WITH CHECK ({ADMINISTERS} AND accepted_at IS NULL);
CREATE POLICY the_invited_accept ON accounts_invitation FOR UPDATE TO portal_web
  USING (person_id = {ME} AND {OPEN}) WITH CHECK (person_id = {ME} AND withdrawn_at IS NULL);
CREATE POLICY the_invited_join ON accounts_membership FOR INSERT TO portal_web
  WITH CHECK (person_id = {ME} AND ended_at IS NULL AND {INVITED});
CREATE POLICY administrators_change ON accounts_membership FOR UPDATE TO portal_web
  USING ({ADMINISTERS} AND ended_at IS NULL) WITH CHECK ({ADMINISTERS});
CREATE POLICY renewed ON accounts_lapse FOR UPDATE TO portal_web
  USING (ended_at IS NULL AND (person_id = {ME} OR person_id IN ({MEMBERS} AND {ADMINISTERS})))
  WITH CHECK (ended_by_id = {ME});
"""
DROP = """
DROP POLICY renewed ON accounts_lapse;
DROP POLICY administrators_change ON accounts_membership;
DROP POLICY the_invited_join ON accounts_membership;
DROP POLICY the_invited_accept ON accounts_invitation;
DROP POLICY administrators_change ON accounts_invitation;
DROP POLICY administrators_invite ON accounts_invitation;
"""
#: Whoever ends a membership, in whatever way: with it goes what would open the account again. It runs as the owner of the
#: tables, since no colleague may read another's tokens, and not even an administrator may need to.
LEAVE = """
CREATE FUNCTION leave_nothing_behind() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE accounts_invitation SET withdrawn_at = now()
   WHERE account_id = NEW.account_id AND accepted_at IS NULL AND withdrawn_at IS NULL
     AND (person_id = NEW.person_id OR invited_by_id = NEW.person_id);
  IF NOT EXISTS (SELECT 1 FROM accounts_membership WHERE person_id = NEW.person_id AND ended_at IS NULL) THEN
    DELETE FROM accounts_apitoken WHERE user_id = NEW.person_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER leave_nothing_behind AFTER UPDATE OF ended_at ON accounts_membership
  FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION leave_nothing_behind();
"""
DROP_LEAVE = """
DROP TRIGGER leave_nothing_behind ON accounts_membership; DROP FUNCTION leave_nothing_behind();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_people_of_accounts")]

    operations = [
        protect("accounts_invitation", f"person_id = {ME} OR {BY_ADDRESS} OR {WHOLE}"),
        protect("accounts_lapse", f"person_id = {ME} OR person_id IN ({MEMBERS})"),
        protect_ledger("accounts_invitationevent"),
        protect_ledger("accounts_lapseevent"),
        migrations.RunSQL(POLICIES, DROP),
        migrations.RunSQL(LEAVE, DROP_LEAVE),
    ]
