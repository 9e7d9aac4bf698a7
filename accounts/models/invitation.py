from __future__ import annotations

import datetime
import uuid
from typing import Any, ClassVar, Self

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models.account import Account
from accounts.models.membership import Membership
from accounts.models.person import Person
from accounts.signals import invitation_made

#: How long an invitation can be accepted.
LASTS = datetime.timedelta(days=14)
#: More at once, or on one day, is no account's need, and would make the portal a sender of strangers' mail.
MOST_OPEN, MOST_A_DAY = 30, 20
SIGNER_SALT = "accounts.invitation"


class InvitationQuerySet(VisibleQuerySet):
    def open_on(self, day: datetime.date) -> Self:
        """Those that can still be accepted on that day, the newest first."""
        waiting = self.filter(accepted_at=None, withdrawn_at=None, last_day__gte=day)
        return waiting.order_by("-made_at", "-pk")


@pghistory.track()
class Invitation(models.Model):
    """An administrator asks a person to belong to the account. Nothing opens before the person accepts, at an address
    that is sent to their mailbox alone and can be made again from the row and the signing key: it stands in no row.

    Whether the portal knows the address, and by what name, whoever invites does not learn: they read what they wrote. One
    that cannot be accepted, since the person works for CBP or may no longer sign in, looks as one that nobody accepts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    account_name = models.CharField("the account's name when invited", max_length=200)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    name = models.CharField("name, as whoever invited wrote it", max_length=120)
    administrator = models.BooleanField("to manage the account's people", default=False)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    last_day = models.DateField("can be accepted until")
    sendings = models.PositiveSmallIntegerField("how often it was sent", default=1)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Invitation]] = models.Manager.from_queryset(InvitationQuerySet)()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_one_end_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} to {self.account_name}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(person=held.person) | of_accounts(held, "own") | of_accounts(held, "managed")

    # ---- verbs ------------------------------------------------------------------------------------------------

    @classmethod
    def invite(
        cls, account: Account, *, email: str, name: str, administrator: bool, by: Person, at: datetime.datetime
    ) -> Invitation:
        """Ask the person of a mail address to belong to the account; a person not yet known is made, without a password.

        at: now, in the time zone of the day that counts. Raises PermissionDenied for who does not administer the account;
        ValidationError for an address that is none, is a member or invited already, and where the account has invited
        too many.
        """
        if not account.is_administered_by(by):
            raise PermissionDenied
        email, name = email.strip().lower(), " ".join(name.split())
        cls._check(account, email, name, at)
        person = Person.objects.filter(email=email).first()
        if person:
            cls._check_known(account, person, at.date())
        try:
            with transaction.atomic(), acting(by, "invite"):
                person = person or Person.objects.create_user(email, name=name)
                # One that ran out makes room for the new one.
                account.invitations.filter(person=person, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
                made = cls.objects.create(
                    account=account, account_name=account.name, person=person, name=name, administrator=administrator,
                    invited_by=by, made_at=at, last_day=at.date() + LASTS,
                )  # fmt: skip
                invitation_made.send(sender=cls, invitation=made)
        except IntegrityError as error:  # a colleague invited the same person at the same moment
            raise ValidationError({"email": "A colleague has just invited this address; look at the list."}) from error
        return made

    @classmethod
    def _check(cls, account: Account, email: str, name: str, at: datetime.datetime) -> None:
        wrong: dict[str, str] = {}
        try:
            validate_email(email)
        except ValidationError:
            wrong["email"] = "Write a mail address, like name@company.com."
        if not name or len(name) > 120 or "\0" in name:
            wrong["name"] = "Write the person's name, in up to 120 letters."
        if wrong:
            raise ValidationError(wrong)
        if account.state == Account.State.WITHDRAWN:
            raise ValidationError("The account takes no part in the program any more: nobody can be invited.")
        if account.invitations.open_on(at.date()).count() >= MOST_OPEN:  # type: ignore[attr-defined]
            raise ValidationError(f"{MOST_OPEN} invitations are open already: withdraw one first.")
        if account.invitations.filter(made_at__gt=at - datetime.timedelta(days=1)).count() >= MOST_A_DAY:
            raise ValidationError(f"{MOST_A_DAY} invitations a day are the most: go on tomorrow.")

    @classmethod
    def _check_known(cls, account: Account, person: Person, day: datetime.date) -> None:
        if account.memberships.filter(person=person, ended_at=None).exists():
            raise ValidationError({"email": f"{person.name} belongs to this account already."})
        if account.invitations.open_on(day).filter(person=person).exists():  # type: ignore[attr-defined]
            raise ValidationError({"email": "This address is invited already: send the invitation again instead."})

    @property
    def can_be_accepted(self) -> bool:
        """Whether the person can belong to an account at all; said to nobody but them."""
        return self.person.is_active and not self.person.is_government

    def withdraw(self, *, by: Person, at: datetime.datetime) -> None:
        """Take it back: its address opens nothing any more. Raises PermissionDenied for who does not administer the
        account, ValidationError where it was accepted or withdrawn."""
        if not self.account.is_administered_by(by):
            raise PermissionDenied
        with transaction.atomic(), acting(by, "withdraw invitation"):
            self._settle(withdrawn_at=at)

    def send_again(self, *, by: Person, at: datetime.datetime) -> None:
        """Send the mail once more, and let it be accepted for as long as a new one. Raises as `withdraw`, and where it was
        sent five times."""
        if not self.account.is_administered_by(by):
            raise PermissionDenied
        if self.sendings >= 5:
            raise ValidationError("This invitation was sent five times. Is the address right? Withdraw it, and ask.")
        with transaction.atomic(), acting(by, "send invitation again"):
            self._settle(sendings=self.sendings + 1, last_day=at.date() + LASTS)
            invitation_made.send(sender=Invitation, invitation=self)

    def accept(self, *, by: Person, at: datetime.datetime) -> Membership:
        """Belong to the account from now on. Raises PermissionDenied for anybody but who was invited; ValidationError
        where it was accepted, withdrawn or ran out, or the person can be no member."""
        if by.pk != self.person_id or by.is_government or not by.is_active:
            raise PermissionDenied
        if self.state_on(at.date()) != "open":
            raise ValidationError("This invitation is no longer open. Ask who invited you for a new one.")
        # The account itself is not yet this person's to see: only its id is used.
        if Membership.objects.filter(account=self.account_id, person=by, ended_at=None).exists():
            raise ValidationError("You belong to this account already.")
        try:
            with transaction.atomic(), acting(by, "accept invitation"):
                made = Membership.objects.create(
                    account_id=self.account_id, person=by, administrator=self.administrator
                )
                self._settle(accepted_at=at)
        except IntegrityError as error:  # the button was pressed twice
            raise ValidationError("You belong to this account already.") from error
        return made

    def _settle(self, **values: Any) -> None:
        """Once: whoever comes second is told so."""
        waiting = Invitation.objects.filter(pk=self.pk, accepted_at=None, withdrawn_at=None)
        if not waiting.update(**values):
            raise ValidationError("This invitation was accepted or withdrawn meanwhile.")
        for name, value in values.items():
            setattr(self, name, value)

    # ---- its address ------------------------------------------------------------------------------------------

    @property
    def secret(self) -> str:
        """What its address ends in: whoever has it reads that mailbox."""
        return Signer(salt=SIGNER_SALT).sign(self.pk.hex)

    @classmethod
    def of_secret(cls, secret: str) -> Invitation | None:
        """The invitation that an address belongs to, in whatever state; None for an address that was not made here.

        Before anybody is known the database opens this one row and no other.
        """
        try:
            pk = uuid.UUID(hex=Signer(salt=SIGNER_SALT).unsign(secret))
        except (BadSignature, ValueError):
            return None
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.invitation', %s, true)", [str(pk)])
            found = cls.objects.select_related("person").filter(pk=pk).first()
            cursor.execute("SELECT set_config('app.invitation', '', true)")
        return found

    def state_on(self, day: datetime.date) -> str:
        """In one word, how it stands."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "open" if day <= self.last_day else "expired"
