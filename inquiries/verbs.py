"""What people do to an inquiry: reply, answer, ask back, note, bring in an expert, close, take up again.

Each verb locks the inquiry, so that of two at the same second the second sees what the first did.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.access import reach_now
from accounts.history import acting
from accounts.models import Account, Person
from documents.kinds import Refused
from documents.models import Document
from examinations.models import ResultQuestion
from inquiries.authorities import leads_to_a_ruling, rests_on
from inquiries.promises.of_one import PromiseOfOne
from inquiries.signals import answered

if TYPE_CHECKING:
    from inquiries.models import Message, PrivateNote, Routing

#: A file to keep with a message, and its name as it was sent.
Files = Sequence[tuple[BinaryIO, str]]
LONGEST, BECAUSE = 10_000, 300
ONLY_A_RULING = (
    "These goods are not imported yet: only a ruling binds. Name the one that is about such goods, or 19 CFR 177.2 and how to "
    "ask for one."
)
WITHDRAWN = (
    "This account has left the Account Management Program, so no account manager answers for it. Ask the Center or the "
    "port where the entry was filed."
)
#: Who of a group can be brought in.
EXPERT = {"expert__is_active": True, "expert__role": Person.Role.EXPERT}
#: So often a person writes to one inquiry, and so many an account's person asks, within a day; a script would stop here.
MOST_A_DAY = 50


class TooOften(ValidationError):
    """The person has written as often as a person does within a day."""


class HasLeft(ValidationError):
    """The account has left the program: what it asked before is answered, and nothing begins again."""


class InquiryVerbs(PromiseOfOne):
    """The verbs of one inquiry. Each raises PermissionDenied for who may not, ValidationError in words for what cannot be."""

    SUBJECT = 150

    class Meta:
        abstract = True

    # ---- the account's side -----------------------------------------------------------------------------------

    def reply(
        self, *, by: Person, text: str, documents: Files = (), via: str = "portal", now: datetime.datetime | None = None
    ) -> Message:
        """What the account writes, by whatever channel: it answers what CBP asked back, adds to what waits, and takes up
        again what was answered or closed, with a new promise."""
        if self.account_id not in reach_now(by).own:
            raise PermissionDenied("Only members of the account write for it.")
        with transaction.atomic(), acting(by, "reply"):
            held = self._locked()
            now = held._moment(now)
            if held.state in ("answered", "closed"):
                held._only_in_the_program()
            message = held._write("reply", text, by, False, now, documents, via)
            if held.state == "asked_back":
                held._step(now, None, "The clock stood still while CBP waited for the account, until this reply.")
                held._go_on(now)
            elif held.state in ("answered", "closed"):
                held._step(now, by, "Taken up again by the account.")
                held._begin_again(now)
            held._save(state="open", changed_at=now)
        self._again()
        return message

    # ---- CBP's side -------------------------------------------------------------------------------------------

    def answer(
        self,
        *,
        by: Person,
        text: str,
        seen: int | None = None,
        authority_kind: str = "",
        authority: str = "",
        notice: Any = None,
        why_no_authority: str = "",
        outcome: str = "",
        documents: Files = (),
        now: datetime.datetime | None = None,
    ) -> Message:
        """Answer the account.

        seen: id of the last message that the writer saw; Overtaken where another came since. authority: what the answer
        rests on, by its kind (inquiries.authorities): each answer names it; notice: the one, where it rests on a notice;
        why_no_authority: the reason, where it only tells facts. outcome: of a question about a result, what came of it.
        """
        self._only_cbp(by)
        rests = rests_on(authority_kind, authority, notice, why_no_authority)
        with transaction.atomic(), acting(by, "answer"):
            held = self._taken_up(seen)
            now = held._moment(now)
            if held.only_a_ruling_binds and not leads_to_a_ruling(authority_kind, rests.get("authority", "")):
                raise ValidationError({"authority_kind": ONLY_A_RULING})
            if held.category.of_results and not outcome:
                raise ValidationError({"outcome": "Say what came of it; the examination shows it."})
            message = held._write("answer", text, by, True, now, documents, **rests)
            held._settle(now)
            held._save(
                state="answered", answered_at=now, changed_at=now, outcome=outcome if held.category.of_results else ""
            )
            answered.send(sender=type(held), inquiry=held, message=message)
        self._again()
        return message

    def ask_back(
        self,
        *,
        by: Person,
        text: str,
        seen: int | None = None,
        documents: Files = (),
        now: datetime.datetime | None = None,
    ) -> Message:
        """Ask the account something; the clock stands still until it replies. `seen` as for `answer`."""
        self._only_cbp(by)
        with transaction.atomic(), acting(by, "ask back"):
            held = self._taken_up(seen)
            now = held._moment(now)
            if held.state == "answered":
                held._only_in_the_program()
            message = held._write("ask_back", text, by, True, now, documents)
            if held.state == "open":
                held.pauses.create(account_id=held.account_id, began=now)
                held._save(due_at=None, half_at=None, quarter_at=None)
            elif held.state == "answered":
                held._begin_again(now)
                held.pauses.create(account_id=held.account_id, began=now)
                held._save(due_at=None, half_at=None, quarter_at=None)
            held._save(state="asked_back", changed_at=now)
        self._again()
        return message

    def note(self, *, by: Person, text: str, kind: str = "note", now: datetime.datetime | None = None) -> PrivateNote:
        """Write down what no account ever reads: the manager, headquarters, and experts who were brought in."""
        if not self.is_worked_by(by):
            raise PermissionDenied
        note: PrivateNote = self.private_notes.create(
            account_id=self.account_id, by=by, kind=kind, text=_said(text), at=now or timezone.now()
        )
        return note

    def bring_in(
        self,
        *,
        by: Person,
        group: Any,
        because: str,
        expert: Person | None = None,
        now: datetime.datetime | None = None,
    ) -> Routing:
        """Bring in an expert of a group: this one, or, by a worker's round, whoever has the least open work.

        An inquiry about goods not imported yet is not for experts: only a ruling binds there.
        """
        self._only_cbp(by)
        because = " ".join(because.split())
        if self.only_a_ruling_binds:
            raise ValidationError("For goods that are not imported yet the account asks for a ruling (19 CFR 177).")
        if not because or len(because) > BECAUSE:
            raise ValidationError({"because": f"Say what the expert is to look at, in up to {BECAUSE} letters."})
        if expert is not None and not group.members.filter(expert=expert, **EXPERT).exists():
            raise ValidationError({"expert": f"{expert} is not in this group."})
        with transaction.atomic(), acting(by, "bring in"):
            held = self._locked()
            now = held._moment(now)
            routing: Routing = held.routings.create(
                account_id=held.account_id,
                at=now,
                by=by,
                group=group,
                expert=expert,
                reason=because,
                settled_at=now if expert else None,
            )
            if expert is not None:
                held.let_in(expert, group, because, now)
            held._save(group=group, routed_at=held.routed_at or now, changed_at=now)
        self._again()
        return routing

    def let_in(self, expert: Person, group: Any, because: str, now: datetime.datetime) -> None:
        """Open the inquiry to an expert, once, and say so to CBP's side. Called by `bring_in` and by the round."""
        _, made = self.involved.get_or_create(
            expert=expert, until=None,
            defaults={"account_id": self.account_id, "group": group, "because": because[:300], "since": now},
        )  # fmt: skip
        if made:
            self._step(now, None, f"{expert.name} ({group.name}) was brought in: {because}"[:400], staff_only=True)

    def release(self, expert: Person, *, by: Person, now: datetime.datetime | None = None) -> bool:
        """An expert is done here and sees the inquiry no more. False where they were not in it."""
        if by.pk != expert.pk:
            self._only_cbp(by)
        with transaction.atomic(), acting(by, "release"):
            held = self.involved.select_for_update().filter(expert=expert, until=None)
            there = bool(held.values_list("pk", flat=True))
            now = now or timezone.now()
            if there:
                # Said first: who lets go of oneself may write here no more.
                self._step(now, by, f"{expert.name} is no longer on this inquiry.", staff_only=True)
                held.update(until=now)
        return there

    # ---- both -------------------------------------------------------------------------------------------------

    def close(self, *, by: Person, now: datetime.datetime | None = None) -> bool:
        """Close it: CBP what is answered or asked back, the account anything. False where it was closed already."""
        staff = self._both(by)
        with transaction.atomic(), acting(by, "close"):
            held = self._locked()
            now = held._moment(now)
            if held.state == "closed":
                return False
            if staff and held.state == "open":
                raise ValidationError("It waits for an answer: answer first. Only the account takes a question back.")
            held._settle(now, missed_alone=True)
            held._step(now, by, f"Closed by {by.name}.")
            held._save(state="closed", closed_at=now, due_at=None, half_at=None, quarter_at=None, changed_at=now)
        self._again()
        return True

    def reopen(self, *, by: Person, now: datetime.datetime | None = None) -> bool:
        """Take up again what was closed, with a new promise. False where it is not closed."""
        self._both(by)
        with transaction.atomic(), acting(by, "reopen"):
            held = self._locked()
            now = held._moment(now)
            if held.state != "closed":
                return False
            held._only_in_the_program()
            held._step(now, by, f"Taken up again by {by.name}.")
            held._begin_again(now)
            held._save(state="open", changed_at=now)
        self._again()
        return True

    @property
    def only_a_ruling_binds(self) -> bool:
        """Whether it is about goods that are not imported yet, and of a kind on which CBP rules beforehand (19 CFR 177)."""
        return bool(self.not_imported and self.category.before_import)  # type: ignore[attr-defined]

    def is_worked_by(self, person: Person) -> bool:
        """Whether this person is of CBP's side here: manager, cover, headquarters, or an expert who was brought in."""
        if reach_now(person).sees_law_enforcement_data(self.account_id):
            return True
        expert = person.is_active and person.role == Person.Role.EXPERT
        return bool(expert and self.involved.filter(expert=person, until=None).exists())

    # ---- what the verbs share ---------------------------------------------------------------------------------

    def _only_cbp(self, by: Person) -> None:
        if not reach_now(by).sees_law_enforcement_data(self.account_id):
            raise PermissionDenied("Only the account's manager and headquarters do this.")

    def _only_in_the_program(self) -> None:
        """Asked before a new promise. Raises HasLeft where nobody would keep it."""
        if self.has_left:
            raise HasLeft(WITHDRAWN)

    @property
    def has_left(self) -> bool:
        """Whether the account is no longer in the program: it writes to what still waits, and takes up nothing again."""
        return bool(self.account.state == Account.State.WITHDRAWN)

    def _both(self, by: Person) -> bool:
        """Whether it is CBP's side. Raises PermissionDenied for who is of neither."""
        held = reach_now(by)
        if held.sees_law_enforcement_data(self.account_id):
            return True
        if self.account_id not in held.own:
            raise PermissionDenied
        return False

    def _locked(self, seen: int | None = None) -> Any:
        """The inquiry as it stands now, held until the transaction ends. Raises Overtaken where `seen` is not the last."""
        held = type(self).objects.select_for_update(of=("self",)).select_related("category").get(pk=self.pk)  # type: ignore[attr-defined]
        if seen is None:
            return held
        last = held.messages.select_related("by").order_by("pk").last()
        if last is not None and last.pk != seen:
            raise held.Overtaken(
                f"{last.by.name} has written in the meantime; it stands above. Your words are still here: look at both, "
                "then send."
            )
        return held

    def _taken_up(self, seen: int | None) -> Any:
        """The same, for CBP to write to. Raises ValidationError where it is closed.

        The question of an examination is held before its inquiry: who answers it there holds both in this order too.
        """
        list(ResultQuestion.objects.filter(pk=self.question_id).select_for_update().values_list("pk"))  # type: ignore[attr-defined]
        held = self._locked(seen)
        if held.state == "closed":
            raise ValidationError("This inquiry is closed: take it up again first.")
        return held

    def tell_staff(self, words: str) -> None:
        """A line of the thread that CBP alone reads."""
        self._step(timezone.now(), None, words, staff_only=True)

    def _again(self) -> None:
        self.refresh_from_db()  # type: ignore[attr-defined]

    def _step(self, now: datetime.datetime, by: Person | None, words: str, staff_only: bool = False) -> None:
        self.steps.create(account_id=self.account_id, at=now, by=by, words=words, staff_only=staff_only)  # type: ignore[attr-defined]

    def _write(
        self, kind: str, text: str, by: Person, from_cbp: bool, now: datetime.datetime, documents: Files,
        via: str = "portal", **rests: Any,
    ) -> Any:  # fmt: skip
        lately = self.messages.filter(by=by, at__gt=now - datetime.timedelta(days=1)).count()  # type: ignore[attr-defined]
        if lately >= MOST_A_DAY:
            raise TooOften(f"You have written {MOST_A_DAY} times to this inquiry within a day. Write again tomorrow.")
        message = self.messages.create(  # type: ignore[attr-defined]
            account_id=self.account_id, by=by, from_cbp=from_cbp, kind=kind, text=_said(text), via=via, at=now, **rests
        )
        for file, name in documents:
            try:
                Document.objects.keep(file, name, about=message, account=self.account, filer=None, by=by)  # type: ignore[attr-defined]
            except Refused as error:
                raise ValidationError({"documents": f"{name}: {error}"}) from error
        return message


def _said(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise ValidationError({"text": f"Write something, in up to {LONGEST:,} letters."})
    return text
