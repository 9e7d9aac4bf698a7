from django.db import migrations

from accounts.row_security import protect, protect_ledger

MINE = "person_id = (SELECT acting_person())"
# Nobody has signed in where a calendar program asks: the secret that it brings opens the one row that it belongs to.
BY_SECRET = "digest = (SELECT nullif(current_setting('app.feed', true), ''))"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_feeds"), ("accounts", "0002_row_security")]

    operations = [
        protect("notifications_feed", f"{MINE} OR {BY_SECRET}", write=f"({MINE})"),
        protect_ledger("notifications_feedevent"),
    ]
