import datetime
from typing import Any, BinaryIO, ClassVar, cast

import pghistory
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Person
from documents.models import Document
from examinations.models.examination import Examination


class OfDetentionQuerySet(VisibleQuerySet):
    """Rows that open to who may see the examination."""


class DetentionQuerySet(OfDetentionQuerySet):
    def record(self, examination: Examination, *, by: Person, **facts: Any) -> "Detention":
        """Record that goods are detained, with what the notice of detention says (19 CFR 151.16(c)).

        facts: fields of `Detention.FACTS`. Raises ValidationError where the goods wait no more, where a detention is
        recorded already, and for days that cannot be.
        """
        if not examination.holds_goods:
            raise ValidationError("These goods do not wait any more.")
        with transaction.atomic(), acting(by, "record detention"):
            if self.filter(examination=examination).exists():
                raise ValidationError("The detention of these goods is recorded already.")
            detention = cast(Detention, self.model(examination=examination, recorded_by=by, **facts))
            detention.full_clean()
            detention.save(force_insert=True)
        return detention


@pghistory.track()
class Detention(models.Model):
    """That the goods of an examination are detained: which law's clock runs, what the notice says, how it ended.

    Entered by the account's manager or headquarters: no file of CBP's brings it. The kind decides the clock
    (examinations/holding.py); the goods' dates come with the examination.
    """

    class Kind(models.TextChoices):
        CBP = "cbp", "CBP, admission in question"
        UFLPA = "uflpa", "Uyghur Forced Labor Prevention Act"
        WRO = "wro", "Withhold release order"
        AGENCY = "agency", "Another agency"
        IPR = "ipr", "Intellectual property"

    class Outcome(models.TextChoices):
        RELEASED = "released", "Released"
        CONDITIONAL = "conditional", "Conditionally released"
        EXCLUDED = "excluded", "Excluded"
        SEIZED = "seized", "Seized"

    #: What a person enters and may correct until the decision; the last four are asked for by 19 CFR 151.16(c).
    FACTS = ("kind", "notice_date", "imported", "decided_by", "reason", "length", "tests", "would_help")

    examination = models.OneToOneField(
        Examination, on_delete=models.PROTECT, primary_key=True, related_name="detention"
    )
    kind = models.CharField("under which law", max_length=6, choices=Kind)
    notice_date = models.DateField("notice of detention dated", null=True, blank=True)
    imported = models.DateField("imported on", null=True, blank=True)
    decided_by = models.CharField("who decides", max_length=120, blank=True)
    reason = models.TextField("specific reason", max_length=2000, blank=True)
    length = models.CharField("anticipated length", max_length=200, blank=True)
    tests = models.TextField("nature of the tests", max_length=2000, blank=True)
    would_help = models.TextField("what would speed it", max_length=2000, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True)
    outcome_date = models.DateField("decided on", null=True, blank=True)

    objects: ClassVar[models.Manager["Detention"]] = models.Manager.from_queryset(DetentionQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["cbp", "uflpa", "wro", "agency", "ipr"]), name="detention_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "released", "conditional", "excluded", "seized"]),
                name="detention_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_date=None) | ~Q(outcome="") & Q(outcome_date__isnull=False),
                name="detention_outcome_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.examination}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(examination__in=Examination.objects.filter(Examination.within(held)))

    def clean(self) -> None:
        today = timezone.localdate()
        for name in ("notice_date", "imported"):
            day = getattr(self, name)
            if day and day > today:
                raise ValidationError({name: "This day is still to come."})
        if self.notice_date and self.notice_date < self.examination.selected:
            raise ValidationError({"notice_date": "The goods were selected for examination only later."})

    def change(self, *, by: Person, **facts: Any) -> None:
        """Correct what the notice says. Raises ValidationError once it is decided, and for days that cannot be."""
        with transaction.atomic(), acting(by, "change detention"):
            now = Detention.objects.select_for_update(of=("self",)).get(pk=self.pk)
            now._check_open()
            for name, value in facts.items():
                setattr(self, name, value)
            self.full_clean()
            self.save(update_fields=list(facts))

    def ask(self, text: str, due: datetime.date | None = None, *, by: Person) -> "DetentionItem":
        """Ask the account for a paper or a fact. text: what, in its own words; due: by when, a day from today on.

        Raises ValidationError once it is decided, and for a day past.
        """
        self._check_open()
        if due and due < timezone.localdate():
            raise ValidationError({"due": "This day is past."})
        item = DetentionItem(detention=self, text=" ".join(text.split()), due=due, asked_by=by)
        with transaction.atomic(), acting(by, "ask"):
            item.full_clean()
            item.save(force_insert=True)
        return item

    def decide(self, outcome: str, on: datetime.date, *, by: Person) -> None:
        """Record how it ended. Raises ValidationError for a second decision, a day to come or before the selection."""
        if on > timezone.localdate():
            raise ValidationError({"outcome_date": "This day is still to come."})
        if on < self.examination.selected:
            raise ValidationError({"outcome_date": "The goods were selected for examination only later."})
        with transaction.atomic(), acting(by, "decide detention"):
            now = Detention.objects.select_for_update(of=("self",)).get(pk=self.pk)
            now._check_open()
            self.outcome, self.outcome_date = outcome, on
            self.full_clean()
            self.save(update_fields=["outcome", "outcome_date"])

    def _check_open(self) -> None:
        if self.outcome:
            raise ValidationError("This detention is decided already.")


@pghistory.track()
class DetentionItem(models.Model):
    """One paper or fact that is asked for while goods are detained, and what came of it.

    It is missing until somebody sends a file against it; staff accepts that, or says what is still wrong.
    """

    detention = models.ForeignKey(Detention, on_delete=models.PROTECT, related_name="items")
    text = models.CharField("what is asked for", max_length=200)
    due = models.DateField("by", null=True, blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    sent_back_at = models.DateTimeField(null=True, blank=True)
    sent_back_because = models.CharField(max_length=300, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField("not needed any more since", null=True, blank=True)

    documents = GenericRelation(Document, content_type_field="about_type", object_id_field="about_id")

    objects: ClassVar[models.Manager["DetentionItem"]] = models.Manager.from_queryset(OfDetentionQuerySet)()

    class Meta:
        ordering = ["asked_at", "id"]

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(detention__examination__in=Examination.objects.filter(Examination.within(held)))

    @property
    def papers(self) -> list[Document]:
        """Files sent and not withdrawn, oldest first; without a statement where `items_for` brought them."""
        return [one for one in self.documents.all() if one.withdrawn_at is None]

    @property
    def state(self) -> str:
        """missing, back (something is still wrong), sent or accepted."""
        if self.accepted_at:
            return "accepted"
        newest = max((one.created_at for one in self.papers), default=None)
        if newest and (self.sent_back_at is None or newest > self.sent_back_at):
            return "sent"
        return "back" if self.sent_back_at else "missing"

    @property
    def waits_for_the_account(self) -> bool:
        return self.dropped_at is None and self.state in ("missing", "back")

    def send(self, file: BinaryIO, name: str, *, by: Person) -> Document:
        """Send a file against this item. Raises documents.kinds.Refused, and ValidationError where nothing is asked."""
        self._check_asked()
        about = self.detention.examination
        return cast(
            Document,
            Document.objects.keep(file, name, about=self, account=about.account, filer=about.filer, by=by),  # type: ignore[attr-defined]
        )

    def accept(self, *, by: Person) -> None:
        """Say that what was sent is what was asked for. Raises ValidationError where nothing was sent."""
        if self.state != "sent":
            raise ValidationError("Nothing new was sent that could be accepted.")
        self._mark("accepted_at", by=by, verb="accept")

    def send_back(self, because: str, *, by: Person) -> None:
        """Say what is still wrong with what was sent. Raises ValidationError without a reason or a file."""
        because = " ".join(because.split())
        if not because:
            raise ValidationError("Say what is still wrong.")
        if self.state != "sent":
            raise ValidationError("Nothing new was sent that could be sent back.")
        self.sent_back_because = because[:300]
        self._mark("sent_back_at", "sent_back_because", by=by, verb="send back")

    def drop(self, *, by: Person) -> None:
        """Say that it is not needed any more. Raises ValidationError where that is said, or it was accepted."""
        self._mark("dropped_at", by=by, verb="drop")

    def _check_asked(self) -> None:
        self.detention._check_open()
        if self.dropped_at:
            raise ValidationError("This is not needed any more.")
        if self.accepted_at:
            raise ValidationError("What was sent is accepted already.")

    def _mark(self, moment: str, *also: str, by: Person, verb: str) -> None:
        self._check_asked()
        setattr(self, moment, timezone.now())
        with acting(by, verb):
            self.save(update_fields=[moment, *also])


def detention_of(examination: Examination) -> Detention | None:
    """The detention of an examination; without a statement where the query joined it (`select_related`)."""
    return examination.detention if hasattr(examination, "detention") else None


def items_for(detention: Detention, person: Person) -> list[DetentionItem]:
    """What is asked for, with the files that this person may see and who has read them: four statements."""
    documents: Any = Document.objects
    papers = documents.visible_to(person).current().select_related("by").prefetch_related("readings__person")
    items = detention.items.filter(dropped_at=None).prefetch_related(Prefetch("documents", papers))
    return list(items)
