from django.db import migrations

# What went out is written by a change of `sent_at` alone, in no index: the new version stands beside the old one, where
# its page has room. With the next commit that waits for the disk the state of all that are marked follows. A function
# keeps its plan from call to call, in a session that a pooler lends too. A mail that went out while its message was
# stopped is called sent: it was.
MARK = """
CREATE FUNCTION mark_sent(delivery bigint, by_claim uuid, durable boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE marked boolean;
BEGIN
  PERFORM set_config('synchronous_commit', CASE WHEN durable THEN 'on' ELSE 'off' END, true);
  UPDATE notifications_delivery
  SET sent_at = now(), state = CASE WHEN state = 'stopped' THEN 'sent' ELSE state END
  WHERE id = delivery AND claim = by_claim AND state IN ('claimed', 'stopped') AND sent_at IS NULL;
  marked := FOUND;
  IF durable THEN
    UPDATE notifications_delivery SET state = 'sent', claimed_until = NULL, last_error = ''
    WHERE state = 'claimed' AND sent_at IS NOT NULL AND claim = by_claim;
  END IF;
  RETURN marked;
END $$;
ALTER TABLE notifications_delivery SET (fillfactor = 85);
"""
UNMARK = "ALTER TABLE notifications_delivery RESET (fillfactor); DROP FUNCTION mark_sent(bigint, uuid, boolean);"


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0009_fewer_indexes_of_deliveries"),
    ]

    operations = [
        migrations.RunSQL(MARK, UNMARK),
    ]
