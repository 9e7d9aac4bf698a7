from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("trends", "0001_initial"),
        ("trends", "0002_row_security"),
        ("trends", "0003_shared"),
        ("trends", "0004_row_security_of_shared"),
        ("trends", "0005_shadows"),
    ]

    operations = [AtOnce(replaces)]
