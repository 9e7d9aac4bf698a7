"""A new database is made at once by what replaces the migrations: as they would make it, and nothing of them is lost."""

import pytest
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests import squashed


def test_what_was_compared_has_not_changed_since() -> None:
    """Else compare again: `python -m tests.squashed`, which takes a minute, writes it down where both are equal."""
    assert squashed.COMPARED.read_text() == squashed.compared()


def test_each_replaces_what_follows_upon_another_without_a_gap() -> None:
    disk = MigrationLoader(None).disk_migrations
    found = [key for key, migration in disk.items() if squashed.at_once(migration)]
    assert len(found) >= 20
    for app_label, name in found:
        others = sorted(key for key in disk if key[0] == app_label and not squashed.at_once(disk[key]))
        replaces = disk[app_label, name].replaces
        first = others.index(replaces[0])
        assert replaces == others[first : first + len(replaces)]
        assert name == f"{replaces[0][1][:4]}_squashed_{replaces[-1][1]}"


def test_both_ways_lead_to_the_same_models() -> None:
    """`make check` holds the squashed ones against the models of the code."""
    with squashed.one_by_one():
        one_by_one = MigrationLoader(None).project_state()
    loader = MigrationLoader(None)
    at_once = loader.project_state()
    assert len(one_by_one.models) > 150
    # Options too, for triggers and constraints; fields the long way, since an array is never equal to another.
    assert {key: state.options for key, state in at_once.models.items()} == {
        key: state.options for key, state in one_by_one.models.items()
    }
    assert MigrationAutodetector(one_by_one, at_once).changes(loader.graph) == {}


@pytest.mark.django_db
def test_a_database_that_began_with_the_old_ones_goes_on_untouched() -> None:
    applied = MigrationRecorder.Migration.objects.all()
    applied.filter(name__contains="_squashed_").delete()
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    executor.check_replacements()
    assert applied.filter(name__contains="_squashed_").count() >= 16


@pytest.mark.django_db
def test_a_database_in_the_middle_of_the_old_ones_ends_with_them() -> None:
    app_label, name = next(
        key for key, migration in MigrationLoader(None).disk_migrations.items() if squashed.at_once(migration)
    )
    last = MigrationLoader(None).disk_migrations[app_label, name].replaces[-1][1]
    applied = MigrationRecorder.Migration.objects.filter(app=app_label)
    applied.filter(name__contains="_squashed_").delete()
    missing = [one for one in applied.values_list("name", flat=True) if one >= last]
    applied.filter(name__in=missing).delete()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    found = {one for migration, _ in plan for _, one in migration.replaces or [("", migration.name)]}
    assert found == set(missing)
    assert last in found
