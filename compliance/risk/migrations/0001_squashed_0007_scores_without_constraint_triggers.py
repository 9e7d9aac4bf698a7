from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("risk", "0001_initial"),
        ("risk", "0002_row_security"),
        ("risk", "0003_model_in_the_database"),
        ("risk", "0004_first_models"),
        ("risk", "0005_backtest"),
        ("risk", "0006_backtest_row_security"),
        ("risk", "0007_scores_without_constraint_triggers"),
    ]

    operations = [AtOnce(replaces)]
