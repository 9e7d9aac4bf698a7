from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("risk", "0010_next_night_reads_the_index"),
        ("risk", "0011_by_score"),
    ]

    operations = [AtOnce(replaces)]
