from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("inquiries", "0003_inquiries"),
        ("inquiries", "0004_row_security_of_inquiries"),
        ("inquiries", "0005_first_categories"),
    ]

    operations = [AtOnce(replaces)]
