import uuid
from typing import Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from accounts.models.center import Center


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


@pghistory.track(exclude=["password", "last_login"])
class Person(AbstractBaseUser):
    """Someone who signs in. What they may see follows from role, memberships and assignments: accounts/access.py."""

    class Role(models.TextChoices):
        MEMBER = "member", "Member of an account"
        MANAGER = "manager", "Account manager"
        EXPERT = "expert", "Subject matter expert"
        HEADQUARTERS = "headquarters", "Headquarters"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    center = models.ForeignKey(Center, null=True, blank=True, on_delete=models.PROTECT)
    is_active = models.BooleanField("may sign in", default=True)
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
