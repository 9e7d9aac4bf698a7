"""Marks of mails that went out, on a connection of their own: the next mail goes on its way while the database writes.

What was handed to the database is written even if its sender is killed in the next moment: a server that has a whole statement
carries it out. So the mark is handed over before the next body goes out, and its answer is awaited before the next mark,
and before the sender asks the database anything else.
"""

import select

import psycopg2
from django.db import connection
from psycopg2 import extensions, extras

from notifications.gone import MARK


class Aside:
    """A connection on which one mark at a time is on its way. Raises psycopg2.Error where the database is away."""

    def __init__(self) -> None:
        self.link: extensions.connection | None = None
        self.cursor: extensions.cursor | None = None
        self.on_its_way = False

    def mark(self, pk: int) -> None:
        """Hand over the mark of one delivery; not waited for."""
        self.wait()
        link, cursor = self._open()
        cursor.execute(MARK.format(int(pk)))
        self.on_its_way = True
        while link.poll() == extensions.POLL_WRITE:  # until all of it is with the database's machine
            select.select([], [link], [])

    def wait(self) -> None:
        """Wait until the last mark is written, though not on the disk."""
        if self.on_its_way and self.link is not None and self.link.poll() != extensions.POLL_OK:
            extras.wait_select(self.link)
        self.on_its_way = False

    def close(self) -> None:
        link, self.link, self.cursor, self.on_its_way = self.link, None, None, False
        if link is not None:
            link.close()

    def _open(self) -> tuple[extensions.connection, extensions.cursor]:
        if self.link is None or self.cursor is None:
            self.link = psycopg2.connect(**connection.get_connection_params(), async_=True)
            extras.wait_select(self.link)
            self.cursor = self.link.cursor()
        return self.link, self.cursor
