from accounts.models.account import Account
from accounts.models.assignment import Assignment
from accounts.models.center import Center
from accounts.models.center_appeal import CenterAppeal
from accounts.models.center_stay import CenterStay
from accounts.models.cover import Cover
from accounts.models.delegation import Delegation
from accounts.models.filing import FilingRelation
from accounts.models.identifier import Identifier, IdentifierOwnership
from accounts.models.invitation import Invitation
from accounts.models.lapse import Lapse
from accounts.models.membership import Membership
from accounts.models.night_contact import NightContact
from accounts.models.person import Person
from accounts.models.program import Enrollment
from accounts.models.token import ApiToken

__all__ = [
    "Account",
    "ApiToken",
    "Assignment",
    "Center",
    "CenterAppeal",
    "CenterStay",
    "Cover",
    "Delegation",
    "Enrollment",
    "FilingRelation",
    "Identifier",
    "IdentifierOwnership",
    "Invitation",
    "Lapse",
    "Membership",
    "NightContact",
    "Person",
]
