"""Migration operations that put a table under row-level security."""

from django.db import migrations

#: Functions that policies use. Inlined or run once a statement; they read what accounts/scope.py wrote.
FUNCTIONS = """
CREATE FUNCTION reach_all() RETURNS boolean LANGUAGE sql STABLE AS
  $$ SELECT coalesce(current_setting('app.all', true), '') = 'on' $$;
CREATE FUNCTION reach(kind text) RETURNS uuid[] LANGUAGE sql STABLE AS
  $$ SELECT coalesce(nullif(current_setting('app.' || kind, true), ''), '{}')::uuid[] $$;
CREATE FUNCTION acting_person() RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('app.person', true), '')::uuid $$;
"""
DROP_FUNCTIONS = "DROP FUNCTION acting_person(); DROP FUNCTION reach(text); DROP FUNCTION reach_all();"


#: SQL: who asks is the worker and has not stepped down. Its login is a member of portal_web, so that it may step down;
#: a restrictive policy for portal_web therefore binds it too, unless it says this.
WORKER = "(SELECT pg_has_role('portal_worker', 'USAGE'))"


def within(column: str, kind: str) -> str:
    """SQL: the row's account is open for that kind of data."""
    return f"{column} = ANY ((SELECT reach('{kind}'))::uuid[])"


def protect(table: str, read: str, write: str = "(SELECT reach_all())") -> migrations.RunSQL:
    """Enable row security: web reads where `read` (or everything, headquarters) and writes where `write`.

    Not FORCE: under it an owner's data migration would change nothing, without an error.
    """
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY web_reads ON {table} FOR SELECT TO portal_web USING ((SELECT reach_all()) OR {read});
        CREATE POLICY web_adds ON {table} FOR INSERT TO portal_web WITH CHECK ({write});
        CREATE POLICY web_changes ON {table} FOR UPDATE TO portal_web USING ({write}) WITH CHECK ({write});
        CREATE POLICY web_removes ON {table} FOR DELETE TO portal_web USING ({write});
        CREATE POLICY worker ON {table} TO portal_worker USING (true) WITH CHECK (true);
        """,
        f"""
        DROP POLICY worker ON {table}; DROP POLICY web_removes ON {table}; DROP POLICY web_changes ON {table};
        DROP POLICY web_adds ON {table}; DROP POLICY web_reads ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def protect_ledger(table: str, read: str = "false") -> migrations.RunSQL:
    """An append-only table: web adds any row and reads where `read` (or everything, headquarters)."""
    return protect(table, read, write="true")
