"""Every table stands under row-level security with policies, or on this short list with its reason."""

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
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, privilege_type FROM information_schema.role_table_grants
               WHERE grantee = 'portal_web' AND table_schema = 'public'"""
        )
        found: dict[str, set[str]] = {}
        for table, right in cursor.fetchall():
            found.setdefault(table, set()).add(right)
    for table in models & set(tables()):
        listed = {
            part.strip().split(" ")[0]
            for part in grants.web_rights(table).split(",")
            if "(" not in part and ")" not in part
        }
        assert found.get(table, set()) == listed & {"SELECT", "INSERT", "UPDATE", "DELETE"}, table


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
