from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("bonds", "0006_room_to_review"),
        ("bonds", "0007_changes_reckoned_with"),
        ("bonds", "0008_overdue_and_expected_since"),
        ("bonds", "0009_told_by_the_year"),
        ("bonds", "0010_one_principal"),
        ("bonds", "0011_entries_of_a_number_by_its_account"),
    ]

    operations = [AtOnce(replaces)]
