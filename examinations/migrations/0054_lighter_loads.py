from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("examinations", "0053_few_goods_by_index"),
    ]

    operations = [
        # A load brings rows by the thousand: numbering them one by one, each thirty-second written to disk, takes twice the time.
        migrations.RunSQL(
            "ALTER SEQUENCE examinations_entryline_id_seq CACHE 1000",
            "ALTER SEQUENCE examinations_entryline_id_seq CACHE 1",
        ),
        migrations.RemoveIndex(
            model_name="entry",
            name="entry_of_identifier",
        ),
    ]
