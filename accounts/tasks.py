import uuid

from celery import shared_task
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Account, Identifier, Person


@shared_task
def take_identifier(account_id: str, identifier_id: int, person_id: str) -> bool:
    """Move an identifier for headquarters, with all rows under it: of a large importer hundreds of thousands.

    Handed out twice it moves once. Returns whether it moved now: not where it may not be moved any more.
    """
    by = Person.objects.get(pk=uuid.UUID(person_id))
    account = Account.objects.get(pk=uuid.UUID(account_id))
    identifier = Identifier.objects.get(pk=identifier_id)
    try:
        account.take_identifier(identifier, by=by)
    except (PermissionDenied, ValidationError):
        return False
    return True
