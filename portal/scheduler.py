"""The scheduler of beat, which keeps its schedule in the database."""

from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler


class PatientScheduler(DatabaseScheduler):
    """Asked to end in the middle of a round, it ends that first.

    Celery writes the schedule down in its handler of the signal, wherever that meets the process: in the middle of a
    statement, it would close the connection beneath it. It writes it down once more behind the round, which is enough.
    """

    in_a_round = False

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        self.in_a_round = True
        try:
            return super().tick(*args, **kwargs)
        finally:
            self.in_a_round = False

    def close(self) -> None:
        if not self.in_a_round:
            super().close()
