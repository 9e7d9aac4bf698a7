import uuid

from celery import shared_task

from accounts.models import Account, Identifier, Person


@shared_task
def take_identifier(account_id: str, identifier_id: int, person_id: str) -> bool:
    """Move an identifier for headquarters, with all rows under it: of a large importer hundreds of thousands.

    Handed out twice it moves once. Returns whether it moved now.
    """
    by = Person.objects.get(pk=uuid.UUID(person_id))
    account = Account.objects.get(pk=uuid.UUID(account_id))
    identifier = Identifier.objects.get(pk=identifier_id)
    if not by.is_headquarters or identifier.account_id == account.pk:
        return False
    account.take_identifier(identifier, by=by)
    return True
