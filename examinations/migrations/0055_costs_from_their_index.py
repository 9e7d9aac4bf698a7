from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("examinations", "0054_lighter_loads")]

    operations = [
        migrations.RemoveIndex(model_name="cost", name="cost_of_account"),
        migrations.AddIndex(
            model_name="cost",
            index=models.Index(fields=["account"], include=("examination", "amount", "by"), name="cost_by_account"),
        ),
    ]
