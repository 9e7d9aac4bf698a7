from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("examinations", "0043_goods_and_announced_duty"),
        ("examinations", "0044_row_security_of_announced_duty"),
    ]

    operations = [AtOnce(replaces)]
