from compliance.bonds.models.bond import CONTINUOUS, IMPORTER_OR_BROKER, SINGLE_TRANSACTION, Bond, CoveredNumber
from compliance.bonds.models.delinquency import Delinquency
from compliance.bonds.models.review import BondReview, PathErrors
from compliance.bonds.models.step import BondStep
from compliance.bonds.models.terms import BondTerms
from compliance.bonds.models.what_if import WhatIf

__all__ = [
    "CONTINUOUS",
    "IMPORTER_OR_BROKER",
    "SINGLE_TRANSACTION",
    "Bond",
    "BondReview",
    "BondStep",
    "BondTerms",
    "CoveredNumber",
    "Delinquency",
    "PathErrors",
    "WhatIf",
]
