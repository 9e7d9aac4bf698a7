"""A migration that changes rows and then a table has the rows' deferred checks made in between.

PostgreSQL alters no table and makes no index on it while a check of its rows is pending, and an empty database never
tells: only one with rows does, at its next update.
"""

import re
from collections.abc import Iterator

from django.db.migrations import Migration, RunPython, RunSQL, operations
from django.db.migrations.loader import MigrationLoader

OF_TABLES = (
    operations.AddConstraint,
    operations.AddField,
    operations.AddIndex,
    operations.AlterField,
    operations.RemoveConstraint,
    operations.RemoveField,
    operations.RemoveIndex,
)
# These change rows of other tables, or columns that no check looks at: each was applied to databases with rows.
APPLIED_OVER_ROWS = {
    ("contenttypes", "0002_remove_content_type_name"),
    ("examinations", "0037_the_past_of_entries_in_columns"),
    ("examinations", "0040_which_codes_lines_have"),
    ("examinations", "0049_sums_of_trade_without_the_article"),
    ("inquiries", "0012_answers_name_what_they_rest_on"),
    ("measurement", "0014_only_what_moved"),
    ("notifications", "0003_claims_and_mail_home"),
    ("risk", "0008_only_what_moved"),
}


def _statements(operation: object) -> Iterator[str]:
    """The statements of an operation in SQL, without bodies of functions and comments."""
    if isinstance(operation, RunSQL):
        parts = [operation.sql] if isinstance(operation.sql, str) else operation.sql
        whole = ";".join(part if isinstance(part, str) else part[0] for part in parts)
        bare = re.sub(r"--.*", "", re.sub(r"\$(\w*)\$.*?\$\1\$", "", whole, flags=re.DOTALL))
        yield from (statement.strip() for statement in bare.split(";"))


def changes_a_table_over_pending_checks(migration: Migration) -> bool:
    """Whether rows are changed before a table is, with no `SET CONSTRAINTS ALL IMMEDIATE` between them."""
    pending = False
    for operation in migration.operations:
        for statement in _statements(operation):
            if re.match(r"(UPDATE|INSERT|DELETE|WITH)\b", statement):
                pending = True
            if statement.startswith("SET CONSTRAINTS ALL IMMEDIATE"):
                pending = False
            if pending and re.match(r"(ALTER TABLE|CREATE (UNIQUE )?INDEX)\b", statement):
                return True
        pending = pending or isinstance(operation, RunPython)
        if pending and isinstance(operation, OF_TABLES):
            return True
    return False


def test_rows_are_checked_before_their_table_changes() -> None:
    found = {
        key
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if migration.atomic and changes_a_table_over_pending_checks(migration)
    }
    assert found == APPLIED_OVER_ROWS
