from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

CAUSES = (
    ("No written procedure", "Nobody has written down who decides, by what, and who checks."),
    ("Procedure not followed", "It is written down, and not done."),
    ("Broker not instructed or not checked", "The broker decides without facts, or nobody looks at what it filed."),
    ("Classification data out of date", "The parts list has old numbers, or none."),
    ("Supplier gives wrong or late data", "Invoices, origins or descriptions are wrong before they reach you."),
    (
        "Other departments do not tell",
        "Purchasing, finance or engineering know of assists, prices or changes, and import does not.",
    ),
    ("Not trained, or too few people", "Who does it was never shown how, or has no time."),
    ("System or master data error", "A table, an interface or a unit of measure is wrong."),
    ("The rule changed", "A ruling, a rate or a program changed, and practice did not."),
    ("Something else", "Say in words what it is."),
)

ITS_OWN = f"(SELECT reach_all()) OR {within('account_id', 'own')} OR {within('account_id', 'managed')}"
ITS_MANAGER = f"(SELECT reach_all()) OR {within('account_id', 'managed')}"
READ = within("account_id", "trends")
#: A member moves a plan between its own states alone; who answers for the account agrees, a worker judges.
MEMBERS_MOVE = f"""
CREATE POLICY members_move ON plans_plan AS RESTRICTIVE FOR UPDATE TO portal_web
  USING ((SELECT pg_has_role('portal_worker', 'USAGE')) OR {ITS_MANAGER}
    OR state IN ('draft', 'review', 'not_cured', 'reopened'))
  WITH CHECK ((SELECT pg_has_role('portal_worker', 'USAGE')) OR {ITS_MANAGER}
    OR state IN ('draft', 'review', 'not_cured', 'reopened', 'closed'));
"""


def fill(apps, schema_editor):
    cause = apps.get_model("plans", "RootCause")
    cause.objects.bulk_create(
        cause(name=name, explained=explained, place=10 * place) for place, (name, explained) in enumerate(CAUSES, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("plans_rootcause", "true"),
        protect("plans_plan", READ, write=ITS_OWN),
        migrations.RunSQL(MEMBERS_MOVE, "DROP POLICY members_move ON plans_plan"),
        protect("plans_planversion", READ, write=ITS_OWN),
        protect("plans_planstep", READ, write=ITS_OWN),
        protect("plans_action", READ, write=ITS_OWN),
        protect("plans_verification", READ, write=ITS_MANAGER),
        protect("plans_look", READ, write="false"),
        protect_ledger("plans_actionevent"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
