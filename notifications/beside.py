"""What a sender asks the database while its mails go out: a thread with a connection of its own, one question at a time.

Claiming five hundred and waiting for the disk take as long as many mails, and depend on none of them.
"""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import Error, connection

Answer = TypeVar("Answer")


def _asked(question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except Error:
        connection.close()  # the next question opens another
        raise


def _close() -> None:
    connection.close()  # that of the thread which calls this


class Beside:
    """Takes questions in their order. A question that fails raises where its answer is asked for."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")

    def ask(self, question: Callable[[], Answer]) -> Future[Answer]:
        """Hand a question over; not waited for."""
        return self.thread.submit(_asked, question)

    def close(self) -> None:
        """Wait for what was asked, and close the connection."""
        with contextlib.suppress(RuntimeError):
            self.thread.submit(_close)
        self.thread.shutdown()
