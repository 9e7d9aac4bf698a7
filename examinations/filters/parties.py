"""The other side of an account's trade as a filter: the brokers of an importer, the clients of a broker."""

import django_filters
from django.db.models import Q

from accounts.models import Account
from examinations.filters.narrowing import NOT_GIVEN

#: The filter of other parties names so many; a broker with more clients finds one by an entry number.
PARTIES_SHOWN = 1_000


def parties_of(account: Account) -> list[tuple[str, str]]:
    """The brokers of an importer, or the clients of a broker, by name: id and name."""
    is_broker = account.kind == Account.Kind.BROKER
    parties = Account.objects.filter(**{"filed_by__broker" if is_broker else "filed_for__importer": account})
    named = parties.order_by("name").values_list("pk", "name")[:PARTIES_SHOWN]
    return [(str(pk), name) for pk, name in named]


def offer_parties(choice: django_filters.ChoiceFilter, account: Account) -> str:
    """Let a list narrow to one broker of an importer, or to one client of a broker; the column that names them."""
    is_broker = account.kind == Account.Kind.BROKER
    who = "client" if is_broker else "broker"
    choice.label = who.capitalize()
    choice.extra |= {
        "choices": [*parties_of(account), *([] if is_broker else [(NOT_GIVEN, "No broker known")])],
        "empty_label": f"All {who}s",
        "error_messages": {"invalid_choice": f"Nothing here is of this {who}."},
    }
    return "account" if is_broker else "filer"


def of_party(column: str, asked: str) -> Q:
    """Rows of one broker or client, or of a broker that nobody knows. column: what `offer_parties` gave."""
    return Q(**{column: None if asked == NOT_GIVEN else asked})
