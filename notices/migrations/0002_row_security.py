from django.db import migrations

from accounts.row_security import protect, protect_ledger

# Told to this person, or to somebody of an account that it manages: the policy of deliveries applies inside.
TOLD = """(state = 'published' AND EXISTS (
    SELECT 1 FROM notifications_message m JOIN notifications_delivery d ON d.message_id = m.id
    WHERE m.key = 'notice:' || notices_notice.id))"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
        ("notifications", "0002_row_security"),
        ("accounts", "0002_row_security"),
    ]

    operations = [
        protect("notices_notice", TOLD),
        protect("notices_notice_centers", "false"),
        protect("notices_notice_accounts", "false"),
        protect_ledger("notices_noticeevent"),
    ]
