from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("bonds", "0004_review_of_bonds"),
        ("bonds", "0005_row_security_of_reviews"),
    ]

    operations = [AtOnce(replaces)]
