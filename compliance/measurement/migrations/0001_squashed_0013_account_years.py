from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("measurement", "0001_initial"),
        ("measurement", "0002_row_security"),
        ("measurement", "0003_rules_without_admissibility"),
        ("measurement", "0004_own_rates"),
        ("measurement", "0005_own_rates_row_security"),
        ("measurement", "0006_own_rate_group_reviews"),
        ("measurement", "0007_a_closed_plan_keeps_its_results"),
        ("measurement", "0008_lines_of_the_entry"),
        ("measurement", "0009_work_on_plans"),
        ("measurement", "0010_work_row_security"),
        ("measurement", "0011_where_a_rate_is_from"),
        ("measurement", "0012_rates_without_constraint_triggers"),
        ("measurement", "0013_account_years"),
    ]

    operations = [AtOnce(replaces)]
