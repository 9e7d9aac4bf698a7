"""Long work that a person asks for and a worker does once, followed on a page. Whatever becomes of its process, nothing is
changed, or all of it is done."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import Person
from examinations.locks import is_in_hand, take_in_hand
from examinations.resuming import resume, tried_enough

#: How long what a worker does just now is told; longer than any of this work takes.
TOLD_SECONDS = 3600
Tell = Callable[[str], None]


class AskedWork(models.Model):
    """One piece of such work. A subclass says what it is about, by a constraint that there is one at a time, and does it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Failed"

    UNFINISHED = (State.WAITING, State.RUNNING)
    #: First key of the lock that proves that a process does it.
    LOCK: ClassVar[int]
    #: Sent on commit with `work`, the id of what is asked for as text.
    ASKED: ClassVar[Signal]
    #: What the page says while there is one already, after a fault, and after the third process that died with it.
    BUSY: ClassVar[str]
    FAILED: ClassVar[str]
    GAVE_UP: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField("times begun", default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-created_at"]

    def act(self, tell: Tell) -> None:
        """Do it, in the open transaction; `tell` says on the page what is done just now. Raises ValidationError for what
        is refused."""
        raise NotImplementedError

    @property
    def finished(self) -> bool:
        return self.state not in self.UNFINISHED

    @property
    def stage(self) -> str:
        """What a worker does just now, in a few words."""
        return str(cache.get(self._told, self.State.WAITING.label))

    @property
    def _told(self) -> str:
        return f"{self._meta.label_lower}:{self.pk}"

    @classmethod
    def ask_for(cls, **about: Any) -> Self:
        """Ask a worker, on commit. about: the fields of the subclass, and `by`. Raises ValidationError where a worker is
        asked for it already."""
        try:
            with transaction.atomic():
                asked = cls._default_manager.create(**about)
        except IntegrityError as doubled:  # the database counts, two at once included
            raise ValidationError(cls.BUSY) from doubled
        transaction.on_commit(lambda: cls.ASKED.send(cls, work=str(asked.pk)), robust=True)
        return asked

    # ---- the worker's side ---------------------------------------------------------------------------------------

    @classmethod
    def take_up(cls, work: str) -> bool:
        """Do the work of this id; handed out twice it is done once. False where there is nothing left to do."""
        one = cls._default_manager.filter(pk=uuid.UUID(work)).first()
        return one is not None and not one.finished and not one.gave_up() and one.do()

    @classmethod
    def resume(cls, hand_out: Callable[[str], object]) -> int:
        """Take up what a process died with: again, or as failed after the third time. Returns how many."""
        return resume(
            cls._default_manager.all(),
            in_hand=lambda pk: is_in_hand(cls.LOCK, pk),
            gave_up=lambda one: one.gave_up(),
            hand_out=hand_out,
        )

    def gave_up(self) -> bool:
        """Whether it was begun too often; it has failed then."""
        if not tried_enough(self, lambda pk: is_in_hand(self.LOCK, pk)):
            return False
        self.finish(self.State.FAILED, self.GAVE_UP)
        return True

    def do(self) -> bool:
        """Do it; False where another process does, or did. Raises nothing for what is refused: its page says why."""
        mine = type(self)._default_manager.filter(pk=self.pk, state__in=self.UNFINISHED)
        if is_in_hand(self.LOCK, self.pk) or not mine.update(
            state=self.State.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1
        ):
            return False
        try:
            with transaction.atomic():
                if not take_in_hand(self.LOCK, self.pk) or not mine.select_for_update().exists():
                    return False
                self.act(lambda stage: cache.set(self._told, stage, TOLD_SECONDS))
                self.finish(self.State.DONE)
        except ValidationError as refused:
            self.finish(self.State.REFUSED, " ".join(refused.messages))
        except Exception:
            self.finish(self.State.FAILED, self.FAILED)
            raise
        return True

    def finish(self, state: str, message: str = "") -> None:
        """Keep how it ended, once."""
        type(self)._default_manager.filter(pk=self.pk, state__in=self.UNFINISHED).update(
            state=state, message=message, finished_at=timezone.now()
        )
        self.refresh_from_db()
