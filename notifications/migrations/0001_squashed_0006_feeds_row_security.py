from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_row_security"),
        ("notifications", "0003_claims_and_mail_home"),
        ("notifications", "0004_only_headquarters_queues"),
        ("notifications", "0005_feeds"),
        ("notifications", "0006_feeds_row_security"),
    ]

    operations = [AtOnce(replaces)]
