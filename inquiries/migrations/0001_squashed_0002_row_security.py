from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("inquiries", "0001_initial"),
        ("inquiries", "0002_row_security"),
    ]

    operations = [AtOnce(replaces)]
