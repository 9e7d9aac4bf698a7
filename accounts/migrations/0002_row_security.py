from django.db import migrations

from accounts.row_security import DROP_FUNCTIONS, FUNCTIONS, protect, protect_ledger, within

# What accounts/access.py reads to decide is open to the person it is about, before any reach is written.
MINE = "SELECT account_id FROM accounts_membership WHERE person_id = (SELECT acting_person()) AND ended_at IS NULL"
TODAY = "(SELECT (now() AT TIME ZONE 'America/New_York')::date)"
# Under its own policy this reads one's own assignments and those of colleagues whom one covers for.
MANAGED = f"SELECT account_id FROM accounts_assignment WHERE starts <= {TODAY} AND (ends IS NULL OR ends > {TODAY})"
COVERED = (
    "SELECT absent_id FROM accounts_cover WHERE covered_by_id = (SELECT acting_person())"
    f" AND starts <= {TODAY} AND ends > {TODAY}"
)
WHOLE = f"({within('account_id', 'own')} OR {within('account_id', 'managed')})"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        protect("accounts_account", within("id", "known")),
        protect("accounts_identifier", WHOLE),
        protect("accounts_identifierownership", WHOLE),
        protect("accounts_enrollment", WHOLE),
        protect("accounts_membership", f"person_id = (SELECT acting_person()) OR {WHOLE}"),
        protect(
            "accounts_assignment",
            f"manager_id = (SELECT acting_person()) OR manager_id IN ({COVERED}) OR {WHOLE}",
        ),
        # Who covers for whom is no secret among those who have signed in.
        protect("accounts_cover", "(SELECT acting_person()) IS NOT NULL"),
        protect(
            "accounts_delegation",
            f"broker_id IN ({MINE}) OR {within('importer_id', 'own')} OR {within('importer_id', 'managed')}",
        ),
        protect(
            "accounts_filingrelation",
            f"importer_id IN ({MINE}) OR broker_id IN ({MINE})"
            f" OR importer_id IN ({MANAGED}) OR broker_id IN ({MANAGED})",
        ),
        *(
            protect_ledger(f"accounts_{name}event")
            for name in (
                "account",
                "assignment",
                "cover",
                "delegation",
                "enrollment",
                "identifier",
                "membership",
                "person",
            )
        ),
    ]
