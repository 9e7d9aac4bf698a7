from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("plans", "0001_initial"),
        ("plans", "0002_row_security"),
    ]

    operations = [AtOnce(replaces)]
