"""What the sums behind a load do not hold yet: noted where rows change, asked where a page would rather read sums."""

import uuid
from collections.abc import Collection, Iterable

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.models import Account, FilingRelation
from examinations.figures import of_account
from examinations.models import ExaminationBreakdown, Uncounted
from examinations.models.breakdown import Breakdown

#: Loads behind which the sums are counted again.
KINDS = ("entries", "examinations")


def note(accounts: Iterable[uuid.UUID]) -> None:
    """Note, in the transaction that changes rows, whose they are and who filed them."""
    Uncounted.objects.bulk_create(Uncounted(account_id=account) for account in accounts)


def are_counted(
    account: Account, client: Account | None = None, sums: type[Breakdown] = ExaminationBreakdown, *unless: Exists
) -> bool:
    """Whether the sums hold all rows of the account, and of a broker's clients or the one named; one statement.

    Rows that no count has seen have no sums at all. unless: what else would forbid to read sums.
    """
    found = sums._default_manager.filter(
        of_account(account, client), ~Exists(waiting_of(account)), *(~one for one in unless)
    )
    return bool(found.exists())


def waiting_of(account: Account) -> QuerySet[Uncounted]:
    """What of an account, or of those for whom it files, its sums do not hold yet."""
    if account.kind != Account.Kind.BROKER:
        return Uncounted.objects.filter(account=account)
    filed = FilingRelation.objects.filter(broker=account, importer=OuterRef("account"))
    return Uncounted.objects.filter(Q(account=account) | Exists(filed))


def all_counted(accounts: Collection[Account], rows: type[Model], sums: type[Model]) -> bool:
    """Whether the sums of all these accounts hold all of their rows, and of what their brokers filed; one statement.

    Rows that no count has seen have no sums at all.
    """
    waits = Exists(Uncounted.objects.filter(account=OuterRef("pk")))
    filed = FilingRelation.objects.filter(broker=OuterRef(OuterRef("pk")), importer=OuterRef("account"))
    of_client = Exists(Uncounted.objects.filter(Exists(filed)))
    unseen = [
        Exists(rows._default_manager.filter(**{side: OuterRef("pk")}).order_by())
        & ~Exists(sums._default_manager.filter(**{side: OuterRef("pk")}).order_by())
        for side in ("account", "filer")
    ]
    of_broker = Q(kind=Account.Kind.BROKER) & (Q(of_client) | Q(unseen[1]))
    asked = Account.objects.filter(pk__in=[one.pk for one in accounts])
    return not asked.filter(Q(waits) | Q(unseen[0]) | of_broker).order_by().exists()
