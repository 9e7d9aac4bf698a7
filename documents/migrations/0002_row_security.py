from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

# Who may see the examinations of the account, and the broker who filed what the document is about.
SEEN = f"({within('account_id', 'examinations')} OR {within('filer_id', 'filed')})"
MINE = f"((SELECT reach_all()) OR (by_id = (SELECT acting_person()) AND {SEEN}))"
# The policy of documents applies inside the subquery as well.
OF_SEEN = "EXISTS (SELECT 1 FROM documents_document d WHERE d.id = document_id)"


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("documents_document", SEEN, write=MINE),
        protect("documents_reading", OF_SEEN, write=f"(person_id = (SELECT acting_person()) AND {OF_SEEN})"),
        protect_ledger("documents_documentevent"),
    ]
