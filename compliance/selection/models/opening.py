"""The opening of a large round: asked for by a person, done once by a worker, followed on the page of the round."""

import uuid

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Account, Person
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.selection.models.round import BUSY, Round
from compliance.selection.signals import opening_asked
from examinations.locks import is_in_hand, take_in_hand

#: First key of the lock that proves that a process opens the round.
LOCK = 7_100_014
#: Up to so many accounts a round is opened while one waits; 100,000 take a quarter of a minute.
AT_ONCE = 3_000
FAILED = (
    "It ended with a fault of the portal: the round is a draft as before. Open it again; if it stays so, tell who runs the "
    "portal."
)
GAVE_UP = "The process that opened this round ended three times before it was done: the round is a draft as before. Open it again."


class Opening(OfHeadquarters):
    """One opening. Whatever becomes of its process, the round is a draft as before, or open with everybody in it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Failed"

    UNFINISHED = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="openings")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField("times begun", default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(state__in=["waiting", "running"]), name="one_opening_a_round_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"Opening of the {self.round}: {self.get_state_display().lower()}"

    @property
    def finished(self) -> bool:
        return self.state not in self.UNFINISHED

    @property
    def stage(self) -> str:
        """What a worker does just now, in a few words."""
        return str(cache.get(f"opening:{self.pk}", "Waiting for a worker"))

    @classmethod
    def is_needed(cls) -> bool:
        """Whether there are more accounts than a person should wait for."""
        return Account.objects.count() > AT_ONCE

    @classmethod
    def ask(cls, chosen: Round, *, by: Person) -> "Opening":
        """Ask a worker, on commit. Raises ValidationError for anything but a draft, while another round is open, and while
        a worker opens this one already."""
        chosen.check_may_open()
        try:
            with transaction.atomic():
                asked = cls.objects.create(round=chosen, by=by)
        except IntegrityError as doubled:  # the database counts, two at once included
            raise ValidationError(BUSY) from doubled
        transaction.on_commit(lambda: opening_asked.send(cls, opening=str(asked.pk)), robust=True)
        return asked

    # ---- the worker's side ---------------------------------------------------------------------------------------

    def is_in_hand(self) -> bool:
        """Whether a process does it now."""
        return is_in_hand(LOCK, self.pk)

    def do(self) -> bool:
        """Do it; False where another process does, or did. Raises nothing for what the round refuses: its page says why."""
        mine = type(self).objects.filter(pk=self.pk, state__in=self.UNFINISHED)
        if self.is_in_hand() or not mine.update(
            state=self.State.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1
        ):
            return False
        try:
            with transaction.atomic():
                if not take_in_hand(LOCK, self.pk) or not mine.select_for_update().exists():
                    return False
                self.round.open(by=self.by, asked=self.pk, tell=self._tell)
                self.finish(self.State.DONE)
        except ValidationError as refused:
            self.finish(self.State.REFUSED, " ".join(refused.messages))
        except Exception:
            self.finish(self.State.FAILED, FAILED)
            raise
        return True

    def _tell(self, stage: str) -> None:
        cache.set(f"opening:{self.pk}", stage, 3600)

    def finish(self, state: str, message: str = "") -> None:
        """Keep how it ended, once."""
        type(self).objects.filter(pk=self.pk, state__in=self.UNFINISHED).update(
            state=state, message=message, finished_at=timezone.now()
        )
        self.refresh_from_db()
