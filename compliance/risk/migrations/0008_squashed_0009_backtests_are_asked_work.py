from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("risk", "0008_only_what_moved"),
        ("risk", "0009_backtests_are_asked_work"),
    ]

    operations = [AtOnce(replaces)]
