from django.db import migrations

from accounts.row_security import protect, protect_ledger

OWN = "user_id = (SELECT acting_person())"
#: Who sends a token is not known before it is found: the one row whose hash was asked for opens, and no other.
SENT = "digest = (SELECT nullif(current_setting('app.token', true), ''))"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_api_tokens")]

    operations = [
        protect("accounts_apitoken", f"({OWN} OR {SENT})", write=f"((SELECT reach_all()) OR {OWN})"),
        protect_ledger("accounts_apitokenevent"),
    ]
