from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("measurement", "0014_only_what_moved"),
        ("measurement", "0015_groups_of_chapters"),
        ("measurement", "0016_looks_at_cargo_and_groups_of_a_plan"),
    ]

    operations = [AtOnce(replaces)]
