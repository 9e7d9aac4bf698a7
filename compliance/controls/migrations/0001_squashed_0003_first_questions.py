from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("controls", "0001_initial"),
        ("controls", "0002_row_security"),
        ("controls", "0003_first_questions"),
    ]

    operations = [AtOnce(replaces)]
