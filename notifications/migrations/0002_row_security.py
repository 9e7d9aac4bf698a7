from django.db import migrations

from accounts.row_security import protect, within

MINE = f"(person_id = (SELECT acting_person()) OR {within('account_id', 'managed')})"
TOLD = "EXISTS (SELECT 1 FROM notifications_delivery d WHERE d.message_id = notifications_message.id)"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        # A person changes of their own rows only what the grants let web change: that they have read it.
        protect(
            "notifications_delivery",
            MINE,
            write="((SELECT reach_all()) OR person_id = (SELECT acting_person()))",
        ),
        protect("notifications_message", TOLD),
    ]
