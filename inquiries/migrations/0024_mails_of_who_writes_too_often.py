from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0023_answered_otherwise")]

    operations = [
        migrations.AlterField(
            model_name="inboundmail",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("address", "No address of ours, or a forged one"),
                    ("several", "Addresses of several inquiries"),
                    ("automatic", "Written by a machine"),
                    ("spam", "Taken for spam by who brought it"),
                    ("sender", "Not sent from the person's known address"),
                    ("gone", "The person may not write for this account (any more)"),
                    ("lapsed", "The person's access is closed since nobody used it"),
                    ("many", "Too many within an hour"),
                    ("often", "More than a person writes to one inquiry in a day"),
                    ("empty", "Nothing new in it"),
                    ("large", "Too large"),
                    ("unreadable", "Cannot be read"),
                    ("closed", "The account has left the program"),
                    ("unproved", "Nobody vouches for its sender"),
                ],
                max_length=10,
            ),
        ),
    ]
