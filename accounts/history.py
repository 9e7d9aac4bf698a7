"""Who did what, in the history that triggers keep (django-pghistory)."""

from contextlib import AbstractContextManager
from typing import Any

import pghistory

from accounts.models.person import Person


def acting(by: Person | None, verb: str) -> AbstractContextManager[Any]:
    """Changes inside carry the actor's id and the verb; without an actor the portal itself acted."""
    return pghistory.context(by=str(by.pk) if by else "portal", verb=verb)
