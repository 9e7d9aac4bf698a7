import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bonds", "0006_room_to_review")]

    operations = [
        migrations.AddField(
            model_name="patherrors",
            name="reckoned",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                size=None,
                verbose_name="changes of duty with which the year ahead of all was reckoned",
            ),
        ),
    ]
