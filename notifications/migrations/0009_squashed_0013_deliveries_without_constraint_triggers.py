from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0009_fewer_indexes_of_deliveries"),
        ("notifications", "0010_marked_when_sent"),
        ("notifications", "0011_who_left_reads_nothing_more"),
        ("notifications", "0012_what_went_out"),
        ("notifications", "0013_deliveries_without_constraint_triggers"),
    ]

    operations = [AtOnce(replaces)]
