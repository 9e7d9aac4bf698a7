from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("effect", "0001_initial"),
        ("effect", "0002_row_security"),
        ("effect", "0003_study_runs"),
    ]

    operations = [AtOnce(replaces)]
