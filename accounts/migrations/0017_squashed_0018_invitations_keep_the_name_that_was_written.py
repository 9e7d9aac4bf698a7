from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0017_who_is_demoted_has_invited_nobody"),
        ("accounts", "0018_invitations_keep_the_name_that_was_written"),
    ]

    operations = [AtOnce(replaces)]
