"""The ledgers of entries and their rows as they were before a load, column by column as their tables have them."""

from django.db import models

from examinations.models import Entry, EntryLine


def _columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(one.column for one in model._meta.local_concrete_fields if not one.primary_key)


ENTRY_COLUMNS, LINE_COLUMNS = _columns(Entry), _columns(EntryLine)
OF_ENTRY, OF_LINE = ", ".join(ENTRY_COLUMNS), ", ".join(LINE_COLUMNS)

#: SQL: keep entries, followed by a query of the row's id, the load that takes its place, why, when, and its columns.
KEEP_ENTRIES = f"INSERT INTO examinations_earlierentry (row, replaced_by_id, why, at, {OF_ENTRY})"
#: The same of their rows, with the number of the entry before the columns.
KEEP_LINES = f"INSERT INTO examinations_earlierentryline (row, replaced_by_id, why, at, number, {OF_LINE})"

#: What loads replaced of entries, for `loading.undoing`.
ENTRIES = f"""SELECT row AS id, number AS key, account_id,
    (SELECT to_jsonb(r) FROM (SELECT row AS id, {OF_ENTRY}) r) AS was, replaced_by_id AS replaced_by, load_id::text AS brought_by
  FROM examinations_earlierentry"""


def of(alias: str, columns: tuple[str, ...]) -> str:
    """SQL: these columns of an alias."""
    return ", ".join(f"{alias}.{name}" for name in columns)
