"""A round of selection, and what is done with it: drafted, opened, decided, closed by a second person."""

import datetime
import secrets
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.history import acting
from accounts.models import Person
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.selection import closing, freezing, moving, ranking, telling
from compliance.selection.models.candidate import Candidate
from compliance.selection.pools import name_of, parse_capacities, refuse_too_small
from compliance.selection.record import Replay, checksum_of, computed_again, counted_by, write_record
from compliance.selection.versions import check_version
from look.formats import plural

SCORE = {
    "max_digits": 5,
    "decimal_places": 2,
    "validators": [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
}
MOST_WIDTH = Decimal(20)
BUSY = "A worker opens this round just now: wait until its page says how that ended."
ANOTHER = "Another round is open: close it or give it up before you open this one."
Told = Callable[[str], None]


def nobody(stage: str) -> None:
    """For who wants no progress told."""


@pghistory.track(exclude=["record"])
class Round(OfHeadquarters):
    """Whom the program takes in and lets go on a day. One is open at a time."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        ABANDONED = "abandoned", "Given up"

    as_of = models.DateField("date")
    model_version = models.PositiveSmallIntegerField("version of the risk model")
    enter_from = models.DecimalField("score to enter", default=Decimal(56), **SCORE)
    stay_from = models.DecimalField("score to stay", default=Decimal(48), **SCORE)
    capacities = models.JSONField(
        "weighted accounts that each Center, and all brokers' managers, can carry", default=dict
    )
    lottery_width = models.DecimalField(
        "lottery within so many points of the score to enter",
        max_digits=4,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(MOST_WIDTH)],
        help_text="0: no lottery. Who stands so near to the threshold enters by a recorded lot, so that the program can "
        "later show what it brought.",
    )
    seed = models.CharField(max_length=40, blank=True, editable=False)
    rule = models.PositiveSmallIntegerField("rule of ranking", default=ranking.RULE, editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    given_up_because = models.CharField(max_length=300, blank=True, editable=False)
    #: What the opening counted, so that no page counts it again.
    counted = models.JSONField(default=dict, editable=False)
    record = models.JSONField(null=True, editable=False)
    checksum = models.CharField("SHA-256 of the record", max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="open"), name="one_round_open"),
            models.CheckConstraint(condition=Q(stay_from__lte=F("enter_from")), name="stay_not_above_enter"),
            models.CheckConstraint(condition=Q(lottery_width__gte=0), name="lottery_width_not_negative"),
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("opened_by")), name="round_closed_by_a_second_person"
            ),
        ]

    def __str__(self) -> str:
        return f"Selection round of {self.as_of:%B} {self.as_of.day}, {self.as_of.year}"

    @property
    def terms(self) -> ranking.Terms:
        """What headquarters set, as the ranking takes it."""
        return ranking.Terms(
            enter=self.enter_from,
            stay=self.stay_from,
            capacities={pool: Decimal(text) for pool, text in self.capacities.items()},
            width=self.lottery_width,
            seed=self.seed,
        )

    def clean_fields(self, exclude: Any = None) -> None:
        self.capacities = parse_capacities(self.capacities)  # numbers become what JSON can hold
        super().clean_fields(exclude)

    def clean(self) -> None:
        if self.as_of and self.as_of > timezone.localdate():
            raise ValidationError({"as_of": "This day lies ahead: choose today, or a day that is scored already."})
        if self.stay_from is not None and self.enter_from is not None and self.stay_from > self.enter_from:
            raise ValidationError(
                {"stay_from": "Above the score to enter: whoever enters would leave at once. Choose a lower one."}
            )
        if self.model_version is not None and self.as_of:
            check_version(self.model_version, self.as_of)

    # ---- drafted and opened ------------------------------------------------------------------------------------

    @classmethod
    def draft(cls, *, by: Person, **fields: Any) -> "Round":
        """Write a round down. Raises ValidationError where it cannot be, saying what to do."""
        made = cls(made_by=by, **fields)
        made.full_clean()
        with transaction.atomic(), acting(by, "draft"):
            made.save()
        return made

    def change(self, *, by: Person, **fields: Any) -> None:
        """Change a draft. Raises ValidationError."""
        self._refuse_meanwhile()
        with transaction.atomic(), acting(by, "change"):
            now = self._locked(self.State.DRAFT)
            for name, value in fields.items():
                setattr(now, name, value)
            now.full_clean()
            now.save()
        self.refresh_from_db()

    def check_may_open(self) -> None:
        """Raise ValidationError for anything but a draft, and while another round is open; asked without a lock."""
        self.refresh_from_db()
        self._refuse_unless(self.State.DRAFT)
        if type(self).objects.filter(state=self.State.OPEN).exists():
            raise ValidationError(ANOTHER)

    def open(
        self,
        *,
        by: Person,
        seed: str | None = None,
        at: datetime.datetime | None = None,
        asked: uuid.UUID | None = None,
        tell: Told = nobody,
    ) -> int:
        """Freeze everybody as they are and mark who would enter, stay and leave; returns how many candidates.

        seed: of the lottery; None: one that nobody could guess. at: the moment, for worlds that are invented. asked: the
        opening that a worker does. tell: hears what is being done. Raises ValidationError for anything but a draft, for a
        second open round, and for a capacity below the present caseload.
        """
        self._refuse_meanwhile(asked)
        try:
            with transaction.atomic(), acting(by, "open"):
                now = self._locked(self.State.DRAFT)
                now.full_clean()
                now.state, now.opened_by, now.opened_at = now.State.OPEN, by, at or timezone.now()
                now.seed, now.rule = seed or secrets.token_hex(16), ranking.RULE
                now.save()
                many = now._freeze(tell)
                now._tell_if_ready()
        except IntegrityError as doubled:
            if "one_round_open" not in str(doubled):
                raise
            raise ValidationError(ANOTHER) from doubled
        self.refresh_from_db()
        return many

    def _freeze(self, tell: Told) -> int:
        tell("Copying what is known of every importer and broker")
        standings = freezing.freeze(self.as_of, self.model_version)
        refuse_too_small(self.capacities, standings)
        tell(f"Ranking {plural(len(standings), 'candidate')}")
        placed = ranking.RULES[self.rule](standings, self.terms)
        tell(f"Writing {plural(len(standings), 'candidate')}")
        many = freezing.write(self.pk, placed)
        self.counted = counted_by(placed)
        self.save(update_fields=["counted"])
        return many

    def give_up(self, reason: str, *, by: Person) -> None:
        """End a draft or an open round without changing an account. Raises ValidationError."""
        if not reason.strip():
            raise ValidationError("Say in a sentence why this round is given up.")
        self._refuse_meanwhile()
        with transaction.atomic(), acting(by, "give up"):
            now = self._locked(self.State.DRAFT, self.State.OPEN)
            now.state, now.given_up_because = self.State.ABANDONED, reason.strip()[:300]
            now.save(update_fields=["state", "given_up_because"])
        self.refresh_from_db()

    def _locked(self, *states: str) -> "Round":
        now: Round = type(self).objects.select_for_update().get(pk=self.pk)
        now._refuse_unless(*states)
        return now

    def _refuse_meanwhile(self, asked: uuid.UUID | None = None) -> None:
        """Raise ValidationError while a worker opens it, but for that worker; before its row is locked, which takes as long."""
        if self.openings.filter(state__in=["waiting", "running"]).exclude(pk=asked).exists():
            raise ValidationError(BUSY)

    def _refuse_unless(self, *states: str) -> None:
        if self.state not in states:
            said = {
                self.State.DRAFT: "This round is a draft: open it first.",
                self.State.OPEN: "This round is open already: go on with its list.",
                self.State.CLOSED: "This round is closed, and its record stands: open another.",
                self.State.ABANDONED: "This round was given up: open another.",
            }
            raise ValidationError(said[self.state])

    # ---- decided and closed ------------------------------------------------------------------------------------

    def decide(self, candidates: "QuerySet[Candidate]", decision: str, reason: str, *, by: Person) -> int:
        """Accept, decline or defer what the list proposes for these candidates; one statement, returns how many.

        Who stays as they are needs no decision and is left out. Raises ValidationError without a reason, where nobody of
        them is to be decided, and for an ISA participant that is not accepted.
        """
        given = self._reason(reason)
        if decision not in (ranking.ACCEPTED, ranking.DECLINED, ranking.DEFERRED):
            raise ValidationError("Accept, decline or defer.")
        with transaction.atomic(), acting(by, "decide"):
            self._locked(self.State.OPEN)
            chosen = self.candidates.filter(pk__in=candidates.order_by().values("pk"), mark__in=Candidate.TO_DECIDE)
            if decision != ranking.ACCEPTED:
                self._refuse_isa(chosen)
            many = int(chosen.update(decision=decision, reason=given, decided_by=by, decided_at=timezone.now()))
            if not many:
                raise ValidationError("None of the chosen enters or leaves, so there is nothing to decide about them.")
            self._move_up(set(chosen.values_list("pool", flat=True).distinct().order_by()))
            self._tell_if_ready()
        return many

    def take_in(self, candidate: Candidate, reason: str, *, by: Person) -> None:
        """Let one enter that the list does not propose, with a reason. Raises ValidationError where it has no room."""
        given = self._reason(reason)
        with transaction.atomic(), acting(by, "take in"):
            self._locked(self.State.OPEN)
            one = self.candidates.filter(pk=candidate.pk).first()
            if one is None or one.was_active or one.mark == Candidate.Mark.ENTERS:
                raise ValidationError("Only who is outside the program and not proposed can be taken in out of turn.")
            room = closing.rooms(self)[one.pool]
            if one.decision != ranking.TAKEN_IN and one.weight > room.left:
                raise ValidationError(
                    f"{name_of(one.pool)} has room for {max(room.left, Decimal(0)):.1f} more and this account weighs "
                    f"{one.weight:.1f}: decline or defer another first."
                )
            one.decision, one.reason, one.decided_by, one.decided_at = ranking.TAKEN_IN, given, by, timezone.now()
            one.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
            self._move_up({one.pool})

    def _move_up(self, pools: set[str]) -> None:
        """Propose who waits where a place was declined, and propose them no more where it is taken after all."""
        now = type(self).objects.get(pk=self.pk)
        if now.rule not in ranking.MOVING:
            return
        moves = moving.moves(now, pools)
        if moves.up or moves.back:
            moving.write(now, moves)
            marks = now.counted["marks"]
            for mark, more in ((ranking.ENTERS, 1), (ranking.WAITS, -1)):
                marks[mark] = marks.get(mark, 0) + more * (len(moves.up) - len(moves.back))
            now.save(update_fields=["counted"])
            self.counted = now.counted

    @staticmethod
    def _reason(text: str) -> str:
        if not text.strip():
            raise ValidationError("Give a reason: it stays in the record beside the decision.")
        if len(text.strip()) > 300:
            raise ValidationError("The reason is longer than 300 characters: shorten it.")
        return text.strip()

    @staticmethod
    def _refuse_isa(chosen: "QuerySet[Candidate]") -> None:
        names = list(chosen.filter(isa=True).order_by("rank").values_list("name", flat=True)[:3])
        if names:
            raise ValidationError(
                f"{', '.join(names)}: an ISA participant always has a manager, so its entry can only be accepted. "
                "Leave it out of the choice."
            )

    @property
    def proposals(self) -> int:
        """How many would enter or leave, as the opening counted."""
        marks = self.counted.get("marks", {})
        return int(sum(marks.get(mark, 0) for mark in Candidate.TO_DECIDE))

    @property
    def undecided(self) -> int:
        """How many proposals wait for a decision."""
        return int(self.candidates.filter(mark__in=Candidate.TO_DECIDE, decision="").count())

    def _tell_if_ready(self) -> None:
        """Tell the others of headquarters that a second person may approve, once; while proposals wait, nobody."""
        if not self.undecided:
            telling.tell_ready(self)

    def close(self, *, by: Person, seen: str | None = None, at: datetime.datetime | None = None) -> Mapping[str, int]:
        """Approve the round: accounts enter and leave, hear of it once, and the record is written. Returns the outcomes.

        by: anybody of headquarters but the person who opened it. seen: the stamp of the decisions that were looked at
        (closing.stamp), None: not asked. at: the moment, for worlds that are invented. Raises ValidationError.
        """
        with transaction.atomic(), acting(by, "close"):
            now = self._locked(self.State.OPEN)
            if now.opened_by_id == by.pk:
                raise ValidationError(
                    "You opened this round, so another person of headquarters approves it: ask a colleague."
                )
            if seen is not None and seen != closing.stamp(now):
                raise ValidationError("Decisions changed since you looked: look at the list again, then approve.")
            if waiting := now.undecided:
                raise ValidationError(
                    f"{waiting:,} {'proposal waits' if waiting == 1 else 'proposals wait'} for a decision: "
                    "accept, decline or defer first."
                )
            closing.refuse_overfull(now)
            outcomes = closing.settle(now, by)
            now.state, now.closed_by, now.closed_at = now.State.CLOSED, by, at or timezone.now()
            now.record = write_record(now, outcomes)
            now.checksum = checksum_of(now.record)
            now.save()
        self.refresh_from_db()
        return outcomes

    def replay(self) -> Replay:
        """The list computed again from the record, compared with what was kept."""
        return computed_again(self)
