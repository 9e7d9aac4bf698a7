"""When an importer number changes hands, the bonds that cover it follow."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.dispatch import receiver

from accounts.models.identifier import Identifier, Move
from accounts.signals import identifiers_moved
from compliance.bonds.models import Bond, CoveredNumber


@receiver(identifiers_moved, dispatch_uid="compliance.bonds.moves")
def move_bonds(sender: object, moves: list[Move], **kwargs: Any) -> None:
    """Covered numbers go to the new account, and bonds whose principal it is."""
    for move in moves:
        if move.kind != Identifier.Kind.IMPORTER:
            continue
        covered = CoveredNumber.objects.filter(identifier=move.identifier)
        covered.update(account=move.target)
        principal = covered.filter(role=CoveredNumber.Role.PRINCIPAL)
        Bond.objects.filter(pk__in=principal.values("bond")).update(account=move.target)
        CoveredNumber.objects.filter(bond__in=principal.values("bond")).update(
            principal_account=Subquery(Bond.objects.filter(pk=OuterRef("bond")).values("account")[:1])
        )
