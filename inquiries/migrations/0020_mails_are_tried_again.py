from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0019_searches_are_planned_each_time")]

    operations = [
        migrations.AddField(
            model_name="inboundmail",
            name="try_after",
            field=models.DateTimeField(null=True, verbose_name="is tried again from then on"),
        ),
    ]
