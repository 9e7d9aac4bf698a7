import datetime
import re
import uuid
from typing import Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.history import acting
from accounts.hours import ZONES, hours_in_words
from accounts.models.center import Center

#: A number that can be dialled, with an extension if need be: +1 956-555-0142 x 7.
TELEPHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,22}[0-9]( ?x ?[0-9]{1,5})?")


def check_telephone(text: str) -> None:
    """Raise ValidationError unless the text is empty or a telephone number."""
    if text and not TELEPHONE.fullmatch(text):
        raise ValidationError({"telephone": "Write a telephone number, like 956-555-0142 or +1 956-555-0142 x 7."})


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Make a person. `email` signs in; without a password the person cannot sign in yet.

        Raises ValueError without an address.
        """
        if not email:
            raise ValueError("A person needs an email address.")
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email=(email or "").lower())


def close_sign_ins(today: datetime.date) -> int:
    """Close the sign-in of everybody whose day of leaving has come; returns how many. Run twice, it closes nothing more."""
    with acting(None, "close sign-ins"):
        return Person.objects.filter(leaves_on__lte=today, is_active=True).update(is_active=False)


@pghistory.track(exclude=["password", "last_login"])
class Person(AbstractBaseUser):
    """Someone who signs in. What they may see follows from role, memberships and assignments: accounts/access.py."""

    class Role(models.TextChoices):
        MEMBER = "member", "Member of an account"
        MANAGER = "manager", "Account manager"
        EXPERT = "expert", "Subject matter expert"
        HEADQUARTERS = "headquarters", "Headquarters"

    class Language(models.TextChoices):
        """What importers' people speak most, beside any other that they may name on the telephone."""

        ENGLISH = "en", "English"
        SPANISH = "es", "Spanish"
        CHINESE = "zh", "Chinese"
        KOREAN = "ko", "Korean"
        JAPANESE = "ja", "Japanese"
        VIETNAMESE = "vi", "Vietnamese"
        FRENCH = "fr", "French"
        GERMAN = "de", "German"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    center = models.ForeignKey(Center, null=True, blank=True, on_delete=models.PROTECT)
    telephone = models.CharField(max_length=30, blank=True, default="", db_default="")
    language = models.CharField(
        "speaks best", max_length=2, choices=Language, blank=True, default="", db_default="",
        help_text="A note to who answers; the portal and its mails are in English.",
    )  # fmt: skip
    opens = models.TimeField("can be called from", null=True, blank=True)
    closes = models.TimeField("can be called until", null=True, blank=True)
    time_zone = models.CharField(
        "whose clock",
        max_length=40,
        choices=ZONES,
        blank=True,
        default="",
        db_default="",
        help_text="Empty: the Center's",
    )
    is_active = models.BooleanField("may sign in", default=True)
    leaves_on = models.DateField(
        "leaves on",
        null=True,
        blank=True,
        help_text="From this day on they may not sign in, and no account is given to them.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_is_lower_case"),
            models.CheckConstraint(
                condition=models.Q(role__in=["member", "manager", "expert", "headquarters"]), name="person_role_known"
            ),
            models.CheckConstraint(
                condition=Q(opens=None, closes=None) | Q(closes__gt=F("opens")), name="person_hours_make_sense"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_headquarters(self) -> bool:
        return self.role == self.Role.HEADQUARTERS

    @property
    def is_government(self) -> bool:
        """Whether this person works for CBP rather than for an account."""
        return self.role != self.Role.MEMBER

    @property
    def hours(self) -> str:
        """When this person can be called, in words: by their own clock, else by that of their Center."""
        return hours_in_words(self.opens, self.closes, self.time_zone or (self.center.time_zone if self.center else ""))

    def say_when_reached(
        self,
        *,
        telephone: str,
        opens: datetime.time | None,
        closes: datetime.time | None,
        time_zone: str,
        by: "Person",
    ) -> None:
        """Keep where and when this person can be called; an account manager's accounts read it.

        time_zone: a key of accounts.hours.ZONES, or empty for the Center's. Raises PermissionDenied for anybody else but
        headquarters; ValidationError where the number is none, or of the hours one is missing or they end before they
        begin.
        """
        if by != self and not by.is_headquarters:
            raise PermissionDenied
        check_telephone(telephone)
        if (opens is None) != (closes is None):
            raise ValidationError({"closes" if opens else "opens": "Say both, or neither."})
        if opens and closes and closes <= opens:
            raise ValidationError({"closes": "The last hour lies before the first."})
        self.telephone, self.opens, self.closes, self.time_zone = telephone, opens, closes, time_zone
        with acting(by, "say when reached"):
            self.save(update_fields=["telephone", "opens", "closes", "time_zone"])

    def say_how_reached(self, *, telephone: str, language: str, by: "Person") -> None:
        """Keep by which telephone and in which language a person is best reached; who answers for their account reads it.

        Raises PermissionDenied for anybody else; ValidationError where the number is none, or the language not on the list.
        """
        if by != self:
            raise PermissionDenied
        telephone = " ".join(telephone.split())
        check_telephone(telephone)
        if language and language not in self.Language.values:
            raise ValidationError({"language": "Choose from the list."})
        self.telephone, self.language = telephone, language
        with acting(by, "say how reached"):
            self.save(update_fields=["telephone", "language"])

    def leave(self, on: datetime.date, *, by: "Person", today: datetime.date) -> None:
        """Close this person's sign-in from a day on: at once, or by `close_sign_ins` when the day has come."""
        self.leaves_on = on
        self.is_active = self.is_active and on > today
        with acting(by, "leave"):
            self.save(update_fields=["leaves_on", "is_active"])

    # The admin is headquarters' room and nobody else's; inside it headquarters may do everything.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.is_headquarters

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        return self.is_staff

    def has_perms(self, perms: list[str], obj: object | None = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
