from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("notices", "0001_initial"),
        ("notices", "0002_row_security"),
        ("notices", "0003_retracted_notices_are_told_so"),
    ]

    operations = [AtOnce(replaces)]
