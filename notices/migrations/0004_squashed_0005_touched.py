from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("notices", "0004_written_reviewed_and_replaced"),
        ("notices", "0005_touched"),
    ]

    operations = [AtOnce(replaces)]
