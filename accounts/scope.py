"""Write a person's reach into the open transaction, where row-level security reads it.

Three logins by kind of process: web may see only what a scope opens, worker sees every row and steps down
with `acting_for(person)` for work done for a person, owner migrates. The limit: row-level security stops a
forgotten filter, not SQL injection, since the web role may itself write the settings.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from accounts.access import KINDS, Reach, current, reach
from accounts.models import Person

SETTINGS = ("all", "person", *KINDS)


def _values(held: Reach) -> dict[str, str]:
    values = {kind: "{" + ",".join(str(pk) for pk in sorted(getattr(held, kind))) + "}" for kind in KINDS}
    values["person"] = str(held.person or "")
    values["all"] = "on" if held.everything else ""
    return values


def _write(role: str, values: dict[str, str]) -> None:
    sql = "SELECT set_config('role', %s, true)" + ", set_config(%s, %s, true)" * len(SETTINGS)
    pairs = [text for name in SETTINGS for text in ("app." + name, values.get(name, ""))]
    with connection.cursor() as cursor:
        cursor.execute(sql, [role, *pairs])


def narrow(person: Person | None) -> Reach:
    """Give the open transaction this person's reach and no other. Raises RuntimeError outside one."""
    if not connection.in_atomic_block:
        raise RuntimeError("narrow() needs an open transaction.")
    # Shut first, say who asks, then open: what decides is read under the narrow scope already.
    _write("portal_web", {"person": str(person.pk)} if person else {})
    held = reach(person)
    if person:
        _write("portal_web", _values(held))
    current.set(held)
    return held


@contextmanager
def acting_for(person: Person | None) -> Iterator[Reach]:
    """A transaction in which only what `person` may see exists; the scope before it returns afterwards."""
    before_reach = current.get()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('role')" + ", current_setting(%s, true)" * len(SETTINGS),
                ["app." + name for name in SETTINGS],
            )
            role, *before = cursor.fetchone()
        try:
            yield narrow(person)
            if not connection.needs_rollback:  # a rollback restores by itself
                _write(role, dict(zip(SETTINGS, (text or "" for text in before), strict=True)))
        finally:
            current.set(before_reach)


class ScopeMiddleware:
    """Every request runs in one transaction, in the scope of who signed in, or of nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        with acting_for(person) as held:
            request.reach = held
            return self.get_response(request)
