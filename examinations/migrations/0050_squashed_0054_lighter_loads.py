from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("examinations", "0050_an_answer_may_be_amended"),
        ("examinations", "0051_what_a_file_tells_beside"),
        ("examinations", "0052_additional_duties_of_notices"),
        ("examinations", "0053_few_goods_by_index"),
        ("examinations", "0054_lighter_loads"),
    ]

    operations = [AtOnce(replaces)]
