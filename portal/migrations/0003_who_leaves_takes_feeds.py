from django.db import migrations

# As accounts 0016, of what lies in a room below: the portal puts the two together. A calendar's address opens nothing once
# its person left (Feed.may_be_read); here the row says so too, in the transaction in which they leave.
LEAVE = """
CREATE FUNCTION leave_no_feeds_behind() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE notifications_feed SET revoked_at = now()
   WHERE account_id = NEW.account_id AND person_id = NEW.person_id AND revoked_at IS NULL;
  DELETE FROM portal_monthlyreport WHERE account_id = NEW.account_id AND person_id = NEW.person_id;
  RETURN NULL;
END $$;
CREATE TRIGGER leave_no_feeds_behind AFTER UPDATE OF ended_at ON accounts_membership
  FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION leave_no_feeds_behind();
"""
DROP = """
DROP TRIGGER leave_no_feeds_behind ON accounts_membership; DROP FUNCTION leave_no_feeds_behind();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0002_monthly_report"),
        ("notifications", "0006_feeds_row_security"),
        ("accounts", "0016_row_security_of_people"),
    ]

    operations = [migrations.RunSQL(LEAVE, DROP)]
