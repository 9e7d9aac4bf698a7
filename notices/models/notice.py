import datetime
import re
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Account, Center, Person
from notices import asking, audience, numbers, telling, touching
from notices.models.acknowledgement import Acknowledgement
from notices.models.for_whom import DutyTerms, ForWhom, check, clean_asked_for, clean_codes, clean_duty
from notices.models.lead_time import LeadTime, Subject
from notices.models.step import Step
from notices.models.with_files import WithFiles
from notifications.models import Delivery
from notifications.queue import mark_read

NOT_IN_REVIEW = "It is not in review: send it for review first, so that nobody changes it while a second person looks."
CHANGED_SINCE = "It was changed since you looked: look at it again, then publish what it says now."
NAME_VERSION = (
    "It was changed after it was first written: name the version that you read, so that nothing else goes out."
)
TEXT = {"number": "A", "title": "A", "body": "B", "to_do": "C", "whom_to_ask": "D"}


def _searched() -> Any:
    """The words by which a notice is found, those of number and title first."""
    parts = [SearchVector(name, weight=weight, config="english") for name, weight in TEXT.items()]
    return sum(parts[1:], parts[0])


class NoticeQuerySet(VisibleQuerySet):
    def told_to(self, person: Person) -> Self:
        """Notices that were told to a person or to its accounts, those that hold no more among them.

        With `told_me`, and `unread`: told to this person, who has not said yet that it was read.
        """
        mine = Delivery.objects.filter(person=person, message__about_id=OuterRef("about"))
        notices = self.visible_to(person).filter(state__in=Notice.TOLD).annotate(about=telling.about_of("pk"))
        return notices.annotate(told_me=Exists(mine), unread=Exists(mine.filter(read_at=None)))

    def read_by(self, person: Person) -> Self:
        """The same, those alone that still hold."""
        return self.told_to(person).filter(state=Notice.State.PUBLISHED)

    def due(self, now: datetime.datetime) -> Self:
        """Scheduled, and the moment has come."""
        return self.filter(state=Notice.State.SCHEDULED, publish_at__lte=now)

    def draft(
        self, *, by: Person, centers: Iterable[Center] = (), accounts: Iterable[Account] = (), **fields: Any
    ) -> "Notice":
        """Write a draft. Raises ValidationError for fields that a notice cannot have."""
        notice: Notice = self.model(author=by, edited_by=by, **fields)
        notice.full_clean()
        with transaction.atomic(), acting(by, "draft"):
            notice.save()
            notice.centers.set(centers)
            notice.accounts.set(accounts)
            notice.note(Step.What.WRITTEN, by)
        return notice


@pghistory.track(exclude=["search"])
class Notice(ForWhom, DutyTerms, WithFiles, models.Model):
    """A change of program or policy that accounts should hear of before it happens.

    Draft, reviewed by a second person, perhaps scheduled, published; then it holds, until another corrects or supersedes
    it, or it is retracted. What was published is not changed: a correction is a notice of its own.
    """

    class Kind(models.TextChoices):
        CSMS = "CSMS", "CSMS message"
        FEDERAL_REGISTER = "FR", "Federal Register"
        TRADE_NOTICE = "TRADE", "Trade notice"
        RULING = "RULING", "Ruling"
        ADCVD = "ADCVD", "AD/CVD message"
        BULLETIN = "BULLETIN", "Customs Bulletin"
        INFORMED = "ICP", "Informed compliance publication"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        SCHEDULED = "scheduled", "Scheduled"
        PUBLISHED = "published", "Published"
        CORRECTED = "corrected", "Corrected"
        SUPERSEDED = "superseded", "Superseded"
        RETRACTED = "retracted", "Retracted"

    class Replaces(models.TextChoices):
        CORRECTS = "corrects", "Corrects it"
        SUPERSEDES = "supersedes", "Supersedes it"

    #: States of those that people were told of.
    TOLD = (State.PUBLISHED, State.CORRECTED, State.SUPERSEDED, State.RETRACTED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("source", max_length=8, choices=Kind, default=Kind.CSMS)
    number = models.CharField(max_length=40, help_text="As the source numbers it, for example 65313729 or 90 FR 34665.")
    subject = models.CharField("about", max_length=12, choices=Subject, default=Subject.OTHER)
    title = models.CharField(max_length=180)
    body = models.TextField("what changes")
    to_do = models.TextField("what you must do", blank=True, help_text="Leave empty where nothing is asked for.")
    whom_to_ask = models.CharField(max_length=200, blank=True, help_text="Empty: the account’s manager.")
    effective_date = models.DateField(null=True, blank=True, help_text="In force from 12:01 a.m. Eastern of that day.")
    respond_by = models.DateField("confirm or act by", null=True, blank=True)
    comments_due = models.DateField(null=True, blank=True)
    stop_date = models.DateField(null=True, blank=True, help_text="The last day on which anything of it is sent.")
    late_reason = models.CharField(
        "why it comes late",
        max_length=300,
        blank=True,
        help_text="Asked for where it takes effect before it is published.",
    )
    outside_control = models.BooleanField("the date was outside CBP’s control", default=False)
    source_url = models.URLField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by", editable=False
    )
    replaces_how = models.CharField(max_length=10, choices=Replaces, blank=True, editable=False)
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    edited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    version = models.PositiveIntegerField("of its text and files", default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    publish_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    promised_days = models.PositiveSmallIntegerField(null=True, editable=False)
    ended_at = models.DateTimeField("when another took its place", null=True, editable=False)
    retracted_at = models.DateTimeField(null=True, editable=False)
    search = models.GeneratedField(expression=_searched(), output_field=SearchVectorField(), db_persist=True)

    objects: ClassVar[models.Manager["Notice"]] = models.Manager.from_queryset(NoticeQuerySet)()

    class Meta:
        ordering = ["-published_at", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="notice_once"),
            models.CheckConstraint(condition=Q(replaces=None) | ~Q(replaces_how=""), name="notice_replaces_somehow"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="notice_search"),
            models.Index(fields=["publish_at"], name="notice_due", condition=Q(state="scheduled")),
        ]

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def within(held: Reach) -> Q:
        """Told to this person or to one of the accounts that it manages; ended ones too: their mail has been read."""
        told = Delivery.objects.filter(Delivery.within(held), message__topic__in=telling.TOPICS)
        return Q(state__in=Notice.TOLD, pk__in=telling.notices_of(told))

    def clean_fields(self, exclude: Any = None) -> None:
        """Codes come into their form before anybody asks how long they are."""
        found: dict[str, Any] = clean_codes(self)
        for name in TEXT:  # letters that no text has: a search marks with them what it found
            setattr(self, name, re.sub(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", "", getattr(self, name)))
        try:
            super().clean_fields(exclude=set(exclude or ()) | set(found))
        except ValidationError as error:
            found |= error.error_dict
        check(found)

    def clean(self) -> None:
        """A change of duty that can be, a number as its source writes it, days in their order."""
        found = clean_duty(self) | clean_asked_for(self)
        if words := numbers.why_not(self.kind, self.number):
            found["number"] = words
        if self.changes_duty and not found and not self.hts_prefixes and not self.countries:
            found["hts_prefixes"] = "A change of duty names goods, countries of origin, or both."
        if self.changes_duty and not self.effective_date:
            found["effective_date"] = "A change of duty has a first day of entry."
        if self.last_entry_date and self.effective_date and self.last_entry_date < self.effective_date:
            found["last_entry_date"] = "The last day of entry lies before the first."
        check(found)

    @property
    def can_be_estimated(self) -> bool:
        """Whether value tells what the change costs. Where it holds for one port, maker, claim, case, type of entry or issue
        alone it does not: its rate would be laid on all of the heading's trade."""
        return super().can_be_estimated and not self.not_in_the_sums

    @property
    def days_ahead(self) -> int | None:
        """Calendar days between publication and effect; negative where it came too late."""
        if self.effective_date is None or self.published_at is None:
            return None
        return (self.effective_date - timezone.localdate(self.published_at)).days

    @property
    def can_be_edited(self) -> bool:
        return self.state == self.State.DRAFT

    def note(self, what: str, by: Person | None, words: str = "") -> None:
        """Write down a step."""
        Step.objects.create(notice=self, what=what, by=by, words=words)

    def _locked(self, states: Iterable[str], refusal: str) -> "Notice":
        notice = Notice.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if notice.state not in states:
            raise ValidationError("This notice is published already." if notice.published_at else refusal)
        return notice

    def _move(self, states: Iterable[str], state: str, what: str, by: Person, words: str = "") -> None:
        if not by.is_headquarters:
            raise PermissionDenied
        with transaction.atomic(), acting(by, what):
            notice = self._locked(states, f"A notice that is {self.get_state_display().lower()} cannot be moved on so.")
            notice.state = state
            notice.save(update_fields=["state"])
            notice.note(what, by, words)
        self.refresh_from_db()

    def submit(self, *, by: Person) -> None:
        """Send the draft to a second person for review; it stays as it is from then on."""
        self._move([self.State.DRAFT], self.State.REVIEW, Step.What.SUBMITTED, by)

    def send_back(self, *, by: Person, why: str) -> None:
        """Give it back to be changed, and say why."""
        if not why.strip():
            raise ValidationError("Say what should change.")
        self._move([self.State.REVIEW], self.State.DRAFT, Step.What.SENT_BACK, by, why.strip()[:300])

    def schedule(self, at: datetime.datetime, *, by: Person, version: int | None = None) -> None:
        """Approve what is in review, to be published at a moment ahead. version, and raises: as of `publish`."""
        with transaction.atomic(), acting(by, "schedule"):
            notice = self._locked([self.State.REVIEW], NOT_IN_REVIEW)
            notice._check_second_person(by, version)
            if at <= timezone.now():
                raise ValidationError("Choose a moment that lies ahead.")
            notice._check_days(timezone.localdate(at))
            asking.check(notice)
            notice.state, notice.publish_at, notice.published_by = self.State.SCHEDULED, at, by
            notice.save(update_fields=["state", "publish_at", "published_by"])
            notice.note(Step.What.SCHEDULED, by)
        self.refresh_from_db()

    def call_off(self, *, by: Person) -> None:
        """Take it off the schedule; it is a draft again."""
        with transaction.atomic(), acting(by, "call off"):
            notice = self._locked([self.State.SCHEDULED], "Not scheduled.")
            notice.state, notice.publish_at, notice.published_by = self.State.DRAFT, None, None
            notice.save(update_fields=["state", "publish_at", "published_by"])
            notice.note(Step.What.CALLED_OFF, by)
        self.refresh_from_db()

    def publish(self, *, by: Person, version: int | None = None) -> int:
        """Publish it and queue one mail for each person it is for. Returns how many people.

        version: the one that this person read, where it may have been sent back and changed since.
        Raises PermissionDenied for anybody but headquarters; ValidationError for anything but what is in review, where
        nobody can change it any more (publishing twice sends once), for who wrote or changed it last, for another version,
        and for an effective date before today without a reason.
        """
        with transaction.atomic(), acting(by, "publish"):
            notice = self._locked([self.State.REVIEW], NOT_IN_REVIEW)
            notice._check_second_person(by, version)
            told = notice._go_out(by)
        self.refresh_from_db()
        return told

    def look_and_publish(self, *, by: Person, version: int | None = None) -> int:
        """Publish what is in review, or a draft, which its second person sends for review with that. Returns how many people.

        version: the one that this person read; None: it was never changed since it was written, so that there is no other.
        Raises as `publish` does.
        """
        with transaction.atomic(), acting(by, "publish"):
            notice = self._locked([self.State.DRAFT, self.State.REVIEW], NOT_IN_REVIEW)
            if version is None and notice.version > 1:
                raise ValidationError(NAME_VERSION)
            notice._check_second_person(by, version)
            if notice.state == self.State.DRAFT:
                notice.submit(by=by)
            told = notice.publish(by=by)
        self.refresh_from_db()
        return told

    def publish_scheduled(self, now: datetime.datetime) -> int:
        """Publish what was approved for a moment that has come. Raises ValidationError where it is not due any more."""
        with transaction.atomic(), acting(None, "publish"):
            notice = self._locked([self.State.SCHEDULED], "Not scheduled.")
            if notice.publish_at is None or notice.publish_at > now:
                raise ValidationError("Not due yet.")
            told = notice._go_out(notice.published_by)
        self.refresh_from_db()
        return told

    def _go_out(self, by: Person | None) -> int:
        now = timezone.now()
        self._check_days(timezone.localdate(now))
        asking.check(self)
        self.state, self.published_at, self.published_by = self.State.PUBLISHED, now, by
        self.promised_days = LeadTime.promised(self.subject)
        self.save(update_fields=["state", "published_at", "published_by", "promised_days"])
        self.note(Step.What.PUBLISHED, by)
        before = self._end_replaced(by, now)
        touching.write_down(self)
        touching.announce(self, by)
        asking.ask(self)
        return telling.queue(self, audience.people_of(self) + ([telling.told_of(before)] if before else []))

    def _end_replaced(self, by: Person | None, now: datetime.datetime) -> "Notice | None":
        """The notice whose place this one takes holds no more; what was not sent of it is stopped."""
        if self.replaces_id is None:
            return None
        old = Notice.objects.select_for_update(of=("self",)).get(pk=self.replaces_id)
        if old.state != self.State.PUBLISHED:
            raise ValidationError(f"{old.number}, whose place it takes, is {old.get_state_display().lower()} already.")
        corrects = self.replaces_how == self.Replaces.CORRECTS
        old.state = self.State.CORRECTED if corrects else self.State.SUPERSEDED
        old.ended_at = now
        old.save(update_fields=["state", "ended_at"])
        old.note(old.state, by, f"{self.get_kind_display()} {self.number}")
        telling.stop(old)
        touching.withdraw(old, by)
        asking.end(old, followed_by=self)
        return old

    def _check_second_person(self, by: Person, version: int | None) -> None:
        if not by.is_headquarters:
            raise PermissionDenied
        if version not in (None, self.version):
            raise ValidationError(CHANGED_SINCE)
        if by.pk in (self.author_id, self.edited_by_id):
            raise ValidationError("Whoever wrote or changed a notice does not publish it: a second person does.")

    def _check_days(self, published: datetime.date) -> None:
        """Whether its days can be, where it is published on that day."""
        if self.effective_date and self.effective_date < published and not self.late_reason.strip():
            raise ValidationError("It takes effect before it is published: say in the draft why it comes late.")
        for name, words in (
            ("comments_due", "Comments are"),
            ("respond_by", "Its answer is"),
            ("stop_date", "It stops"),
        ):
            day = getattr(self, name)
            if day and day < published:
                raise ValidationError(
                    f"{words} due before it is published."
                    if name != "stop_date"
                    else f"{words} before it is published."
                )

    def acknowledge(self, account: Account, *, by: Person) -> Acknowledgement:
        """Confirm for an account that it was read; whoever of it did so first stays. Raises ValidationError where nothing
        is asked for, or it holds no more."""
        if self.state != self.State.PUBLISHED or not self.to_do:
            raise ValidationError("This notice asks for no confirmation.")
        with transaction.atomic(), acting(by, "acknowledge"):
            found, _ = Acknowledgement.objects.get_or_create(notice=self, account=account, defaults={"person": by})
            mark_read(telling.message_of(self), by)
        return found

    def successor(self, how: str, number: str, *, by: Person) -> "Notice":
        """Write the draft of a notice that corrects or supersedes this one, with the same words. Raises ValidationError
        for one that is not published, and for a number that cannot be."""
        if self.state != self.State.PUBLISHED:
            raise ValidationError("Only a published notice is corrected or superseded.")
        kept = {field.name for field in self._meta.concrete_fields if field.editable} - {"number", "late_reason"}
        fields = {name: getattr(self, name) for name in kept}
        fields |= {"number": number, "replaces": self, "replaces_how": how, "author": by, "edited_by": by}
        draft = Notice(**fields)
        draft.full_clean(exclude=["search"])
        with transaction.atomic(), acting(by, how):
            draft.save()
            draft.centers.set(self.centers.all())
            draft.accounts.set(self.accounts.all())
            draft.note(Step.What.WRITTEN, by, f"{how} {self.number}")
        return draft

    def retract(self, *, by: Person, why: str = "") -> int:
        """Take a published notice back; what has not been sent yet is stopped, and whoever has it already is told. Returns how
        many were stopped."""
        with transaction.atomic(), acting(by, "retract"):
            notice = Notice.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if notice.state != self.State.PUBLISHED:
                raise ValidationError("Only a published notice can be retracted.")
            notice.state, notice.retracted_at = self.State.RETRACTED, timezone.now()
            notice.save(update_fields=["state", "retracted_at"])
            notice.note(Step.What.RETRACTED, by, why.strip()[:300])
            had = telling.had_it(notice)
            stopped = telling.stop(notice)
            touching.withdraw(notice, by)
            asking.end(notice)
            if had:
                telling.tell_retracted(notice, had, why.strip()[:300])
        self.refresh_from_db()
        return stopped
