from django.db import migrations

from accounts.row_security import protect, within

#: Who is of the account, or answers for it, moves a trend on; a delegate only reads.
ITS_OWN = f"(SELECT reach_all()) OR {within('account_id', 'own')} OR {within('account_id', 'managed')}"


class Migration(migrations.Migration):
    dependencies = [("trends", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("trends_trend", within("account_id", "trends"), write=ITS_OWN),
        protect("trends_trendstep", within("account_id", "trends"), write=ITS_OWN),
        protect("trends_peerfit", "false", write="false"),
        protect("trends_accounttest", "false", write="false"),
    ]
