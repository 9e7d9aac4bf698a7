from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("inquiries", "0020_mails_are_tried_again"),
        ("inquiries", "0021_what_tells_who_asked_in_any_case"),
        ("inquiries", "0022_more_reasons_of_refused_mails"),
        ("inquiries", "0023_answered_otherwise"),
        ("inquiries", "0024_mails_of_who_writes_too_often"),
        ("inquiries", "0025_members_close_what_is_late"),
    ]

    operations = [AtOnce(replaces)]
