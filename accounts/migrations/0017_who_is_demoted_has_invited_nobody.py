from django.db import migrations

#: Who no longer manages an account's people has no invitation open there: they could come back by their own as an administrator.
DEMOTE = """
CREATE FUNCTION withdraw_what_they_invited() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE accounts_invitation SET withdrawn_at = now()
   WHERE account_id = NEW.account_id AND invited_by_id = NEW.person_id AND accepted_at IS NULL AND withdrawn_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER withdraw_what_they_invited AFTER UPDATE OF administrator ON accounts_membership
  FOR EACH ROW WHEN (OLD.administrator AND NOT NEW.administrator) EXECUTE FUNCTION withdraw_what_they_invited();
"""
DROP = """
DROP TRIGGER withdraw_what_they_invited ON accounts_membership; DROP FUNCTION withdraw_what_they_invited();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_row_security_of_people")]

    operations = [migrations.RunSQL(DEMOTE, DROP)]
