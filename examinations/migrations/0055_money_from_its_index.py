from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("examinations", "0054_lighter_loads")]

    # Both are made before those in whose place they come are gone: whoever reads waits for a removal alone.
    operations = [
        migrations.AddIndex(
            model_name="cost",
            index=models.Index(fields=["account"], include=("examination", "amount", "by"), name="cost_by_account"),
        ),
        migrations.AddIndex(
            model_name="discrepancy",
            index=models.Index(
                fields=["account"],
                include=("examination", "revenue_difference"),
                name="discrepancy_money_by_account",
                condition=models.Q(("revenue_difference__isnull", False)),
            ),
        ),
        migrations.RemoveIndex(model_name="cost", name="cost_of_account"),
        migrations.RemoveIndex(model_name="discrepancy", name="discrepancy_money_of_account"),
    ]
