from django.db import migrations

from accounts.row_security import protect, within

PART = within("account_id", "managed")
#: Whoever looks after an account that has a part in it.
HAS_A_PART = f"EXISTS (SELECT FROM trends_sharedpart p WHERE p.shared_id = trends_sharedtrend.id AND p.{PART})"


class Migration(migrations.Migration):
    dependencies = [("trends", "0003_shared")]

    operations = [
        protect("trends_sharedpart", PART, write="false"),
        protect("trends_sharedtrend", HAS_A_PART, write="false"),
    ]
