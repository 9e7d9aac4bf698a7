from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_row_security"),
        ("accounts", "0003_centers"),
        ("accounts", "0004_delegation_kinds_known"),
        ("accounts", "0005_api_tokens"),
        ("accounts", "0006_row_security_of_tokens"),
        ("accounts", "0007_delegations_by_administrators"),
        ("accounts", "0008_absence_by_managers"),
        ("accounts", "0009_hours_of_people"),
        ("accounts", "0010_center_appeals"),
        ("accounts", "0011_row_security_of_centers"),
        ("accounts", "0012_night_contacts"),
        ("accounts", "0013_row_security_of_night_contacts"),
        ("accounts", "0014_who_leaves_and_when"),
    ]

    operations = [AtOnce(replaces)]
