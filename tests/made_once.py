"""What nearly every test begins with, made by its models once in a process and written again, as it was, for each test.

The seventy statements of the named people cost a test more than most tests do; their rows as one statement cost a
quarter. Triggers fire as they did, keys are the same, and each test gets objects of its own.
"""

import datetime
import json
import pickle
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_save
from django.utils import timezone

T = TypeVar("T")


class MadeOnce(Generic[T]):
    """make: makes it in an empty database, and only by saving models. It is made anew when the day changes."""

    def __init__(self, make: Callable[[], T]) -> None:
        self.make = make
        self.day: datetime.date | None = None
        self.statement = ""
        self.values: list[str] = []
        self.objects = b""

    def again(self) -> T:
        if self.day != timezone.localdate():
            return self._first()
        with connection.cursor() as cursor:
            cursor.execute(self.statement, self.values)
        return pickle.loads(self.objects)  # type: ignore[no-any-return]

    def _first(self) -> T:
        saved: dict[type[Model], list[Any]] = {}

        def note(sender: type[Model], instance: Model, **kwargs: object) -> None:
            keys = saved.setdefault(sender, [])
            if instance.pk not in keys:
                keys.append(instance.pk)

        post_save.connect(note)
        try:
            made = self.make()
        finally:
            post_save.disconnect(note)
        written = [_written(model, keys) for model, keys in saved.items()]
        self.statement = "; ".join(statement for statement, _ in written)
        self.values = [rows for _, rows in written]
        self.objects = pickle.dumps(made)
        self.day = timezone.localdate()
        return made


def _written(model: type[Model], keys: list[Any]) -> tuple[str, str]:
    """An INSERT of these rows, and what it takes."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        ((columns,),) = cursor.fetchall()
        cursor.execute(f'SELECT "{key}"::text, to_jsonb(one) FROM {table} one WHERE "{key}" = ANY(%s)', [keys])
        rows = {row_key: row if isinstance(row, dict) else json.loads(row) for row_key, row in cursor.fetchall()}
    insert = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(null::{table}, %s)"
    return insert, json.dumps([rows[str(one)] for one in keys])
