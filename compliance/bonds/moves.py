"""When an importer number changes hands, the bonds that cover it follow."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.dispatch import receiver

from accounts.models.identifier import Identifier, Move
from accounts.signals import asked_what_moves, identifiers_moved
from compliance.bonds.models import Bond, BondReview, BondStep, CoveredNumber
from look.formats import plural


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
        for model in (BondReview, BondStep):
            model.objects.filter(bond__in=principal.values("bond")).update(account=move.target)
        CoveredNumber.objects.filter(bond__in=principal.values("bond")).update(
            principal_account=Subquery(Bond.objects.filter(pk=OuterRef("bond")).values("account")[:1])
        )


@receiver(asked_what_moves, dispatch_uid="compliance.bonds.what_moves")
def what_moves(sender: object, identifier: Identifier, **kwargs: Any) -> list[str]:
    """Bonds whose principal the identifier is, and those that cover it beside another; one statement."""
    roles = list(CoveredNumber.objects.filter(identifier=identifier).values_list("role", flat=True))
    principal = roles.count(CoveredNumber.Role.PRINCIPAL)
    others = len(roles) - principal
    said = [(principal, f"{plural(principal, 'bond')} of which it is the principal, with all numbers on it")]
    said.append((others, f"its place on {plural(others, 'bond')} with another number as principal"))
    return [words for count, words in said if count]
