"""What CBP asks of an account about an entry, and tells it: CF-28, CF-29, CF-4647."""

import datetime
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar, Self, cast
from uuid import UUID

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Case, Count, DateField, F, Min, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, reach_now
from accounts.history import acting
from accounts.models import Account, Identifier, Person
from documents.models import Document
from examinations.clocks import ANSWER_DAYS, ANSWER_RULES, answer_by
from examinations.models.entry import Entry, Source
from examinations.models.load import Load
from examinations.models.request_records import Outcome, RequestLine, RequestRecord, requests_within
from examinations.working_days import DaysAfter


class Form(models.TextChoices):
    INFORMATION = "CF28", "CF-28, request for information"
    PROPOSED = "CF29P", "CF-29, action proposed"
    TAKEN = "CF29T", "CF-29, action taken"
    MARKING = "CF4647", "CF-4647, mark or redeliver"


class State(models.TextChoices):
    """Where a request stands by what CBP says; what an account says itself changes none of it."""

    TO_ANSWER = "to_answer", "To answer"
    WITH_CBP = "with_cbp", "Answered, CBP decides"
    CLOSED = "closed", "Closed"


#: Forms that ask for an answer.
ASKING = tuple(form for form, days in ANSWER_DAYS.items() if days is not None)
TO_ANSWER = Q(outcome=Outcome.OPEN, answered=None, form__in=ASKING)
WITH_CBP = Q(outcome=Outcome.OPEN, answered__isnull=False, form__in=ASKING)
STATES = {State.TO_ANSWER: TO_ANSWER, State.WITH_CBP: WITH_CBP, State.CLOSED: ~(TO_ANSWER | WITH_CBP)}


def _last_day() -> Case:
    """examinations.clocks.answer_by as the database says it; GREATEST passes over an extension that is empty."""
    return Case(
        *(
            When(form=form, then=Greatest(DaysAfter(F("issued"), Value(days)), F("extended_to")))
            for form, days in ANSWER_DAYS.items()
            if days is not None
        ),
        output_field=DateField(),
    )


class RequestQuerySet(VisibleQuerySet):
    def with_dates(self) -> Self:
        """Annotate `answer_by`, the last day to answer, and `said_on`, when a member says that it answered; or None."""
        said = RequestRecord.objects.filter(request=OuterRef("pk"), kind=RequestRecord.Kind.SAID).order_by("-id")
        return self.annotate(answer_by=_last_day(), said_on=Subquery(said.values("day")[:1]))

    def with_lines(self) -> Self:
        """Annotate `line_numbers` and `subject_codes`, what is asked about; None and nothing for the whole entry."""
        asked = RequestLine.objects.filter(request=OuterRef("pk")).order_by(F("line").asc(nulls_first=True), "subject")
        return self.annotate(
            line_numbers=ArraySubquery(asked.values("line")), subject_codes=ArraySubquery(asked.values("subject"))
        )

    def with_counts(self, as_of: datetime.date) -> Self:
        """Annotate each row with what a sentence says of all of them, as `asks` does; for the first few of many rows."""
        past, ahead = Q(answer_by__lt=as_of), Q(answer_by__gte=as_of)
        return self.annotate(
            waiting=Window(Count("id")),
            late=Window(Count("id", filter=past)),
            latest=Window(Min("answer_by", filter=past)),
            next=Window(Min("answer_by", filter=ahead)),
        )

    def to_answer(self) -> Self:
        """Those that CBP still waits for, with `answer_by` and `said_on`, the earliest day first."""
        return self.filter(TO_ANSWER).with_dates().order_by("answer_by", "id")

    def asks(self, as_of: datetime.date) -> dict[str, Any]:
        """What a sentence says of these rows; one statement. They carry `answer_by` and `said_on`.

        waiting, late: how many ask something of the account, and how many of these are past their last day (`latest`).
        said: answered, says the account. next: the next last day. with_cbp: answered, CBP decides.
        """
        waiting = TO_ANSWER & Q(said_on=None)
        return self.aggregate(
            waiting=Count("id", filter=waiting),
            late=Count("id", filter=waiting & Q(answer_by__lt=as_of)),
            latest=Min("answer_by", filter=waiting & Q(answer_by__lt=as_of)),
            next=Min("answer_by", filter=waiting & Q(answer_by__gte=as_of)),
            said=Count("id", filter=TO_ANSWER & Q(said_on__isnull=False)),
            with_cbp=Count("id", filter=WITH_CBP),
            count=Count("id"),
        )

    def due(self, as_of: datetime.date, days: int) -> Self:
        """Those to answer whose last day is among the next so many, today included, or is past by no more than that."""
        span = datetime.timedelta(days=days)
        return self.to_answer().filter(answer_by__range=(as_of - span, as_of + span))

    def of_any(self, accounts: Collection[UUID]) -> Self:
        """Those on entries of any of these accounts, or filed by one of them."""
        return self.filter(Q(account__in=accounts) | Q(filer__in=accounts))

    def of(self, account: Account) -> Self:
        """Those on the account's own entries, and for a broker on what it filed."""
        mine = Q(account=account)
        return self.filter(mine | Q(filer=account) if account.kind == Account.Kind.BROKER else mine)


class CustomsRequest(models.Model):
    """One request or notice of CBP on an entry, in its newest version.

    One whose entry is not loaded waits for it under the broker whose filer code the entry number begins with (`entry`
    and `account` empty), and links itself when the entry arrives. What was asked of which line stands in RequestLine;
    what people wrote down, in RequestRecord. No load touches `extended_to`: files do not tell it.
    """

    number = models.CharField("request number", max_length=20, unique=True)
    form = models.CharField(max_length=6, choices=Form)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="requests", db_index=False, db_constraint=False
    )
    filer = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    identifier = models.ForeignKey(
        Identifier, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests", db_constraint=False
    )
    entry_number = models.CharField(max_length=11, db_index=True)
    issued = models.DateField()
    answered = models.DateField("answer received by CBP on", null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.OPEN)
    review_team = models.CharField(max_length=10, blank=True)
    extended_to = models.DateField("answer period extended to", null=True, blank=True)
    version_at = models.DateTimeField("as reported at")
    load = models.ForeignKey(
        Load, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    documents = GenericRelation(Document, content_type_field="about_type", object_id_field="about_id")

    objects: ClassVar[models.Manager["CustomsRequest"]] = models.Manager.from_queryset(RequestQuerySet)()

    class Meta:
        db_table = "examinations_request"
        verbose_name = "request"
        indexes = [
            models.Index(fields=["account", "-issued", "-id"], name="request_of_account"),
            models.Index(fields=["filer", "-issued", "-id"], name="request_of_filer"),
            # First pages ask what is to be answered: a few rows of an account's many.
            models.Index(fields=["account", "issued"], name="request_to_answer_of_account", condition=TO_ANSWER),
            models.Index(fields=["filer", "issued"], name="request_to_answer_of_filer", condition=TO_ANSWER),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(form__in=Form.values), name="request_form_known"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="request_outcome_known"),
            models.CheckConstraint(
                condition=Q(answered=None) | Q(answered__gte=F("issued")), name="request_answered_after_issue"
            ),
            models.CheckConstraint(
                condition=Q(extended_to=None) | (Q(extended_to__gt=F("issued")) & ~Q(form="CF29T")),
                name="request_extended_after_issue",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def within(held: Reach) -> Q:
        return requests_within(held)

    @property
    def state(self) -> State:
        if self.form not in ASKING or self.outcome != Outcome.OPEN:
            return State.CLOSED
        return State.TO_ANSWER if self.answered is None else State.WITH_CBP

    @property
    def last_day(self) -> datetime.date | None:
        """The last day to answer; None where there is nothing to answer."""
        return answer_by(self.form, self.issued, self.extended_to)

    @property
    def rule(self) -> str:
        """The period in a sentence."""
        return ANSWER_RULES[self.form]

    # ---- verbs ---------------------------------------------------------------------------------------------

    @classmethod
    def record(
        cls,
        *,
        by: Person,
        account: Account,
        number: str,
        form: str,
        entry_number: str,
        issued: datetime.date,
        lines: list[tuple[int | None, str]] | None = None,
    ) -> "CustomsRequest":
        """Record by hand a request that no file has brought yet; a file of CBP's replaces what it says.

        account: under which it is recorded; an entry that is loaded must be its own, or filed by it. lines: of the
        entry, with a subject code or nothing; None in a pair is the whole entry. Raises ValidationError.
        """
        _only_staff(by)
        _not_ahead(issued, "issued")
        entry = Entry.objects.filter(number=entry_number, source=Source.CBP).visible_to(by).first()
        if entry and account.pk not in (entry.account_id, entry.filer_id):
            raise ValidationError({"entry_number": f"This entry is not {account}’s."})
        whose: dict[str, Any] = {"filer" if account.kind == Account.Kind.BROKER else "account": account}
        if entry:
            whose = {name: getattr(entry, name) for name in ("account_id", "filer_id", "identifier_id")}
        try:
            with transaction.atomic(), acting(by, "record request"):
                made = cls(number=number, form=form, entry=entry, entry_number=entry_number, issued=issued, **whose)
                made.version_at = timezone.now()
                made.save(force_insert=True)
                asked = [RequestLine(request=made, line=line, subject=subject) for line, subject in lines or []]
                RequestLine.objects.bulk_create(asked)
                made._write_down(RequestRecord.Kind.RECORDED, by, day=issued)
        except IntegrityError as error:
            raise ValidationError({"number": "A request of this number is on file already."}) from error
        return made

    def answer(self, *, by: Person, on: datetime.date) -> None:
        """CBP has the answer since `on`. Raises ValidationError for a day before the issue or ahead."""
        _only_staff(by)
        with self._held(by, RequestRecord.Kind.ANSWERED):
            self._check_day(on)
            self._change(by, RequestRecord.Kind.ANSWERED, on, answered=on)

    def decide(self, outcome: str, *, by: Person) -> None:
        """Write down what CBP decided; OPEN takes a decision back. Raises ValidationError for an unknown outcome."""
        _only_staff(by)
        if outcome not in Outcome.values:
            raise ValidationError({"outcome": "Choose one of the outcomes."})
        with self._held(by, RequestRecord.Kind.DECIDED):
            self._change(by, RequestRecord.Kind.DECIDED, timezone.localdate(), outcome=outcome)

    def extend(self, to: datetime.date, *, by: Person) -> None:
        """CBP gives until `to` to answer. Raises ValidationError where there is no period, or it would not grow."""
        _only_staff(by)
        with self._held(by, RequestRecord.Kind.EXTENDED):
            self._check_extension(to)
            self._change(by, RequestRecord.Kind.EXTENDED, to, extended_to=to)

    def say_answered(self, on: datetime.date | None, *, by: Person, account: Account) -> None:
        """A member's own record that it answered, beside CBP's and never before it; None takes it back.

        account: the member's, of which the request is. Raises ValidationError.
        """
        if account.pk not in (self.account_id, self.filer_id) or account.pk not in reach_now(by).own:
            raise ValidationError({"on": "This request is not of your account."})
        with transaction.atomic(), acting(by, "say answered"):
            # Read anew, not held: members may not change what CBP says, so PostgreSQL lets them lock no row of it.
            self.refresh_from_db()
            if self.state != State.TO_ANSWER:
                raise ValidationError({"on": "Nothing is to be answered here any more."})
            if on is not None:
                self._check_day(on)
            self._write_down(RequestRecord.Kind.SAID, by, day=on, account=account)

    @property
    def takes_papers(self) -> bool:
        """Whether papers of its answer can be kept: it asks for one, and CBP has not decided."""
        return self.form in ASKING and self.outcome == Outcome.OPEN

    def send(self, file: BinaryIO, name: str, *, by: Person) -> Document:
        """Keep a paper of the account's answer. Raises documents.kinds.Refused, and ValidationError for who belongs to
        neither side and where nothing is asked any more."""
        if not {self.account_id, self.filer_id} & reach_now(by).own:
            raise ValidationError("Only members of the account and of the broker that filed send papers.")
        self.refresh_from_db()
        if not self.takes_papers:
            raise ValidationError("Nothing is asked here any more, so no paper is kept.")
        account = self.account or self.filer
        return cast(Document, Document.objects.keep(file, name, about=self, account=account, filer=self.filer, by=by))  # type: ignore[attr-defined]

    def _check_day(self, on: datetime.date) -> None:
        if self.form not in ASKING:
            raise ValidationError({"on": "An action taken asks for no answer."})
        _not_ahead(on, "on")
        if on < self.issued:
            raise ValidationError({"on": f"The request was issued only on {self.issued:%m/%d/%Y}."})

    def _check_extension(self, to: datetime.date) -> None:
        before = self.last_day
        if before is None:
            raise ValidationError({"to": "An action taken has no reply period to extend."})
        if self.state != State.TO_ANSWER:
            raise ValidationError({"to": "Nothing is to be answered here any more, so no period is extended."})
        if to <= before:
            raise ValidationError({"to": f"An extension ends after {before:%m/%d/%Y}, the last day so far."})
        if to > self.issued + LONGEST_EXTENSION:
            raise ValidationError({"to": "An extension of more than a year is none; check the year."})

    @contextmanager
    def _held(self, by: Person, kind: str) -> Iterator[None]:
        """The request as it stands now, held until the change is written: another tab may have changed it."""
        with transaction.atomic(), acting(by, f"request {kind}"):
            self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
            yield

    def _change(self, by: Person, kind: str, day: datetime.date, **fields: Any) -> None:
        """Change what CBP says, as of now, so that no older file undoes it; and write down who did."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.version_at = timezone.now()
        self.save(update_fields=[*fields, "version_at"])
        self._write_down(kind, by, day=day, outcome=fields.get("outcome", ""))

    def _write_down(self, kind: str, by: Person, **fields: Any) -> None:
        RequestRecord.objects.create(request=self, kind=kind, by=by, **fields)


LONGEST_EXTENSION = datetime.timedelta(days=366)


def _only_staff(by: Person) -> None:
    if by.role not in (Person.Role.MANAGER, Person.Role.HEADQUARTERS):
        raise ValidationError("Only an account manager or headquarters records what CBP says.")


def _not_ahead(day: datetime.date, name: str) -> None:
    if day > timezone.localdate():
        raise ValidationError({name: "This day lies ahead."})
