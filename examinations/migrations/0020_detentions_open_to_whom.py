from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

# The policy of examinations applies inside the subquery: a detention opens to who may see the goods' examination.
SEEN = "EXISTS (SELECT 1 FROM examinations_examination e WHERE e.id = {examination})"
STAFF = (
    "((SELECT reach_all()) OR EXISTS (SELECT 1 FROM examinations_examination e WHERE e.id = {examination} AND "
    + within("e.account_id", "managed")
    + "))"
)


def of(rule: str, column: str) -> str:
    return rule.format(examination=column)


class Migration(migrations.Migration):
    dependencies = [("examinations", "0019_detentions"), ("accounts", "0002_row_security")]

    operations = [
        protect("examinations_detention", of(SEEN, "examination_id"), write=of(STAFF, "examination_id")),
        protect("examinations_detentionitem", of(SEEN, "detention_id"), write=of(STAFF, "detention_id")),
        protect_ledger("examinations_detentionevent"),
        protect_ledger("examinations_detentionitemevent"),
    ]
