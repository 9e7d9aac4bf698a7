"""Rows that migrations bring stand again after a test that empties the database."""

from django.conf import settings
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

from tests.committed import BROUGHT

#: Of tables that are never emptied.
KEPT = {"accounts.migrations.0003_centers", "examinations.migrations.0003_ports"}


def test_every_migration_that_brings_rows_is_known_to_what_empties_them() -> None:
    found = {
        migration.__module__
        for migration in MigrationLoader(None).disk_migrations.values()
        if migration.__module__.split(".")[0] in {path.name for path in settings.BASE_DIR.iterdir()}
        and any(isinstance(operation, RunPython) for operation in migration.operations)
    }
    assert found == set(BROUGHT) | KEPT
