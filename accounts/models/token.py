from __future__ import annotations

import datetime
import uuid
from typing import ClassVar

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from knox.crypto import hash_token
from knox.models import AbstractAuthToken, AuthTokenManager
from knox.settings import CONSTANTS

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models.person import Person

#: Nobody needs more at once; whoever has lost sight of theirs revokes one first.
MOST = 20
#: How closely "last used" is kept: reading should not write with every call.
USED_EVERY = datetime.timedelta(minutes=1)


class ApiTokenManager(AuthTokenManager.from_queryset(VisibleQuerySet)):  # type: ignore[misc]
    def issue(self, person: Person, name: str, *, by: Person | None) -> tuple[ApiToken, str]:
        """Make a token for a person. Returns it and its text, which is kept nowhere and can never be shown again.

        Raises ValidationError for who may not sign in, and for who has `MOST` tokens already.
        """
        if not person.is_active:
            raise ValidationError(f"{person} may not sign in.")
        if self.filter(user=person, expiry__gt=timezone.now()).count() >= MOST:
            raise ValidationError(f"There are {MOST} tokens already; revoke one first.")
        with acting(by, "issue token"):
            made: tuple[ApiToken, str] = self.create(person, name=" ".join(name.split())[:60], role=person.role)
        return made

    def of_text(self, text: str) -> ApiToken | None:
        """The token that was sent, where it is known, has not expired, and its person may still use it.

        Before anybody is known the database opens this one row and no other: it is asked for by its hash.
        """
        digest = hash_token(text)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.token', %s, true)", [digest])
        found: ApiToken | None = self.select_related("user").filter(digest=digest).first()
        return found if found and found.counts else None


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), exclude=["digest", "last_used"])
class ApiToken(AbstractAuthToken):
    """A key by which a program reads what its person may see. Kept as a hash; the text is shown once.

    It carries the role for which it was made: a person whose role changes makes new ones.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, unique=True, editable=False)
    name = models.CharField("what it is for", max_length=60)
    role = models.CharField(max_length=12, editable=False)
    last_used = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[ApiTokenManager] = ApiTokenManager()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.token_key}…"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(user=held.person)

    @property
    def counts(self) -> bool:
        """Whether it still opens anything: not expired, its person active, in the role for which it was made."""
        person = self.user
        return bool(self.expiry and self.expiry > timezone.now() and person.is_active and person.role == self.role)

    def used(self) -> None:
        """Note that it was used, once in a while, and without waiting for another request that notes the same."""
        now = timezone.now()
        if self.last_used is None or now - self.last_used >= USED_EVERY:
            free = ApiToken.objects.filter(pk=self.pk).select_for_update(skip_locked=True)
            ApiToken.objects.filter(pk__in=free.values("pk")).update(last_used=now)

    def revoke(self, *, by: Person | None) -> None:
        """End it at once: the next call with it is refused."""
        with acting(by, "revoke token"):
            self.delete()


def lifetime() -> int:
    """Days until a new token expires."""
    days: int = settings.REST_KNOX["TOKEN_TTL"].days
    return days
