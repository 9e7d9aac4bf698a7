from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("bonds", "0001_initial"),
        ("bonds", "0002_row_security"),
        ("bonds", "0003_duties_of_a_bond"),
    ]

    operations = [AtOnce(replaces)]
