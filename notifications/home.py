"""Which installation may send this database's mail. A restored copy of production must never mail anyone.

The first sender writes down where it is: the portal's address, and which database in which cluster this is. A copy
under another address, in another cluster or under another name differs in one of them and sends nothing, until a
person says `manage.py mail_from_here`. The limit: a file-level copy, started under the very same PORTAL_ADDRESS,
cannot be told from the original; what it holds unsent it sends unless it is stale (notices/staleness.py).
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from notifications.models import MailHome

THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Place:
    """An installation: where its pages are, and its database (cluster's identifier and number in it)."""

    address: str
    database: str


def here() -> Place:
    """This installation. A portal for this machine alone is the same on every port."""
    parts = urlsplit(settings.PORTAL_ADDRESS)
    host = (parts.hostname or "").lower()
    address = "this machine" if host in THIS_MACHINE else f"{host}:{parts.port}" if parts.port else host
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('pg_control_system()', 'execute')")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT system_identifier FROM pg_control_system()")
            cluster = str(cursor.fetchone()[0])
        else:
            cluster = "unknown"
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        return Place(address, f"{cluster}/{cursor.fetchone()[0]}")


def known() -> Place | None:
    """The installation written down; None before the first mail."""
    row = MailHome.objects.values_list("address", "database").first()
    return Place(*row) if row else None


def objection() -> str:
    """Why no mail may leave from here, in one sentence; empty where it may."""
    home, place = known(), here()
    if home is None or home == place:
        return ""
    what = "another address" if home.address != place.address else "another database"
    return (
        f"No mail leaves from here: this database sends its mail from {home.address}, and this copy runs as {what}. "
        "If this is the installation that shall send from now on, run: manage.py mail_from_here"
    )


def settle_in() -> str:
    """Write this place down where none is yet; return the objection, as `objection` does."""
    if known() is None:
        place = here()
        MailHome.objects.bulk_create([MailHome(address=place.address, database=place.database)], ignore_conflicts=True)
    return objection()


def move_here() -> Place:
    """Let mail leave from here and from nowhere else."""
    place = here()
    MailHome.objects.update_or_create(id=1, defaults={"address": place.address, "database": place.database})
    return place
