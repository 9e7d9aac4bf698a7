"""Signing the client of a test in: `force_login` takes eighteen statements, and thousands of tests begin with it."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Person

_force_login = Client.force_login


def sign_in(client: Client, user: Person, backend: str | None = None) -> None:
    """A session and a last sign-in as `force_login` leaves them, by a statement each.

    Nobody is told of it, so axes writes no log; who tests the sign-in itself goes through its form.
    """
    if backend is None or settings.SESSION_COOKIE_NAME in client.cookies:
        _force_login(client, user, backend)
        return
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    session = store(get_random_string(32, VALID_KEY_CHARS))
    session._session_cache = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: backend,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    session.create_model_instance(session._session_cache).save(force_insert=True)
    user.last_login = timezone.now()
    Person.objects.filter(pk=user.pk).update(last_login=user.last_login)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME].update(
        {"path": "/", "domain": settings.SESSION_COOKIE_DOMAIN or "", "secure": settings.SESSION_COOKIE_SECURE or ""}
    )
