from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("notices", "0008_chapter_99_and_informed_compliance"),
        ("notices", "0009_chapter_99_rows_asked_for"),
    ]

    operations = [AtOnce(replaces)]
