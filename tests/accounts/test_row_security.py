"""Every table stands under row-level security with policies, or on this short list with its reason."""

import re

import pytest
from django.apps import apps
from django.db import connection

from portal import grants

#: Tables without row-level security, and why that is right.
OPEN = {
    "accounts_center": "public facts",
    "accounts_person": "sign-in reads it before anybody is known",
    "django_migrations": "what the owner did; web may only read",
    "django_content_type": "names of tables",
    "django_session": "read by its secret key alone",
    "django_admin_log": "written by headquarters, read in the admin alone",
    "examinations_additionalduty": "public facts",
    "examinations_port": "public facts",
    "pghistory_context": "not used: each event carries its own context",
    "portal_heartbeat": "when the scheduler last reached a worker",
}
OPEN_PREFIXES = {
    "account_": "sign-in of allauth, before anybody is known",
    "auth_": "permissions of Django, not used",
    "axes_": "attempts to sign in, before anybody is known",
    "django_celery_beat_": "the schedule, no trade data",
    "mfa_": "second factors, asked for before anybody is known",
}

pytestmark = pytest.mark.django_db


def tables() -> dict[str, tuple[bool, int]]:
    """Each table with: row security enabled, number of policies."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, c.relrowsecurity, (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"""
        )
        return {name: (enabled, policies) for name, enabled, policies in cursor.fetchall()}


def test_every_table_is_protected_or_open_for_a_reason() -> None:
    unprotected = {
        name
        for name, (enabled, policies) in tables().items()
        if not (enabled and policies) and name not in OPEN and not name.startswith(tuple(OPEN_PREFIXES))
    }
    assert unprotected == set()


#: Policies of web that ask nothing of a row, and why that is right. The rights of the login stand beside: what it may
#: only add to it changes by no policy.
ASK_NOTHING = {
    "inquiries_inboundmail": "mail from outside is of nobody yet; web may add, and read none",
    "notifications_mailreport": "what a provider tells of mails is of nobody yet; web may add, and read none",
}


def open_policies() -> set[tuple[str, str]]:
    """Table and command of each policy that lets web do something to whatever row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, p.polcmd::text FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
               WHERE (p.polroles = '{0}' OR 'portal_web'::regrole = ANY (p.polroles)) AND p.polpermissive AND 'true' IN (
                 coalesce(pg_get_expr(p.polqual, p.polrelid), ''), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''))"""
        )
        return set(cursor.fetchall())


def test_no_policy_opens_rows_of_whatever_account_to_web() -> None:
    """Of history it may add rows: the tables that it may change write them."""
    found = open_policies()
    assert len(found) > 100
    read = {(table, command) for table, command in found if command in ("r", "*")}
    assert read == set()
    changed = {table for table, command in found if not table.endswith("event")}
    assert changed == set(ASK_NOTHING)


def test_a_policy_that_opens_every_row_is_noticed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE POLICY open ON examinations_entry FOR SELECT TO portal_web USING (true)")
        cursor.execute("CREATE POLICY open ON examinations_examination USING (true)")
    assert {("examinations_entry", "r"), ("examinations_examination", "*")} <= open_policies()


def test_each_table_under_row_security_has_a_policy_of_web() -> None:
    """One of the worker alone would hide all from web, and no list would say so."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
               AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*')
                               AND 'portal_web'::regrole = ANY (p.polroles))"""
        )
        assert cursor.fetchall() == []


def test_the_list_of_open_tables_names_no_table_that_is_gone_or_protected() -> None:
    found = tables()
    assert {name for name in OPEN if name not in found or found[name][0]} == set()


def test_no_view_answers_with_its_owners_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
               AND relname NOT LIKE 'pg_stat%' AND NOT coalesce(reloptions @> '{security_invoker=true}', false)"""
        )
        assert cursor.fetchall() == []


def test_web_has_only_the_rights_that_the_list_grants() -> None:
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    whole, columns = rights_of_web()
    some = 0
    for table in models & set(tables()):
        listed = dict(RIGHT.findall(grants.web_rights(table)))
        assert whole.get(table, set()) == {right for right, names in listed.items() if not names}, table
        of_columns = {right: {one.strip(' "') for one in names.split(",")} for right, names in listed.items() if names}
        assert columns.get(table, {}) == of_columns, table
        some += len(of_columns)
    assert some > 15


#: A right of the list, and the columns to which alone it is given.
RIGHT = re.compile(r"(\w+)(?: \(([^)]*)\))?(?:, |$)")


def rights_of_web() -> tuple[dict[str, set[str]], dict[str, dict[str, set[str]]]]:
    """By table the rights to whole rows, and those to some columns with their names."""
    whole: dict[str, set[str]] = {}
    columns: dict[str, dict[str, set[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, a.privilege_type, NULL FROM pg_class c, aclexplode(c.relacl) a
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.grantee = 'portal_web'::regrole
               UNION ALL SELECT c.relname, a.privilege_type, t.attname
               FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
               WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 'portal_web'::regrole"""
        )
        for table, right, column in cursor.fetchall():
            if column is None:
                whole.setdefault(table, set()).add(right)
            else:
                columns.setdefault(table, {}).setdefault(right, set()).add(column)
    return whole, columns


@pytest.mark.parametrize("table", ["examinations_entryline", "examinations_entry", "risk_assessment"])
def test_web_can_add_no_trade_data(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('portal_web', %s, 'INSERT')", [table])
        assert cursor.fetchone() == (False,)


def test_history_can_only_be_added_to() -> None:
    events = [name for name in tables() if name.endswith("event") and not name.startswith("pghistory")]
    assert len(events) >= 8
    with connection.cursor() as cursor:
        for table in events:
            cursor.execute(
                "SELECT has_table_privilege('portal_web', %s, 'INSERT'), has_table_privilege('portal_web', %s, 'UPDATE'),"
                " has_table_privilege('portal_web', %s, 'DELETE')",
                [table] * 3,
            )
            assert cursor.fetchone() == (True, False, False), table
