from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("examinations", "0045_reviews_of_whole_entries"),
        ("examinations", "0046_goods_and_duty_for_notices"),
        ("examinations", "0047_lists_from_sums"),
        ("examinations", "0048_what_is_not_counted_yet"),
        ("examinations", "0049_sums_of_trade_without_the_article"),
    ]

    operations = [AtOnce(replaces)]
