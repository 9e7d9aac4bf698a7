from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("selection", "0001_initial"),
        ("selection", "0002_row_security"),
        ("selection", "0003_openings"),
        ("selection", "0004_centers_of_chapters"),
    ]

    operations = [AtOnce(replaces)]
