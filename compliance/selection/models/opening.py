"""The opening of a large round, by a worker."""

from django.db import models
from django.db.models import Q

from accounts.models import Account, Person
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.selection.models.round import BUSY, Round
from compliance.selection.signals import opening_asked
from examinations.work import AskedWork, Tell

#: Up to so many accounts a round is opened while one waits; 100,000 take a quarter of a minute.
AT_ONCE = 3_000


class Opening(AskedWork, OfHeadquarters):
    """One opening. Whatever becomes of its process, the round is a draft as before, or open with everybody in it."""

    LOCK = 7_100_014
    ASKED = opening_asked
    BUSY = BUSY
    FAILED = (
        "It ended with a fault of the portal: the round is a draft as before. Open it again; if it stays so, tell who runs "
        "the portal."
    )
    GAVE_UP = (
        "The process that opened this round ended three times before it was done: the round is a draft as before. Open it "
        "again."
    )

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="openings")

    class Meta(AskedWork.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(state__in=["waiting", "running"]), name="one_opening_a_round_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"Opening of the {self.round}: {self.get_state_display().lower()}"

    @classmethod
    def is_needed(cls) -> bool:
        """Whether there are more accounts than a person should wait for."""
        return Account.objects.count() > AT_ONCE

    @classmethod
    def ask(cls, chosen: Round, *, by: Person) -> "Opening":
        """Ask a worker, on commit. Raises ValidationError for anything but a draft, while another round is open, and while
        a worker opens this one already."""
        chosen.check_may_open()
        return cls.ask_for(round=chosen, by=by)

    def act(self, tell: Tell) -> None:
        self.round.open(by=self.by, asked=self.pk, tell=tell)
