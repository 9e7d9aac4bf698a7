from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("programs", "0001_initial"),
        ("programs", "0002_row_security"),
    ]

    operations = [AtOnce(replaces)]
