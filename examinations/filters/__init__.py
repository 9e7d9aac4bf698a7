"""What lists of an account can be narrowed to: days, codes, other parties, and examinations by all of these."""

from examinations.filters.days import NO_DAY, NO_SUCH_DAY, american, this_year
from examinations.filters.examinations import OTHER_RESULT, SORTS, ExaminationFilter
from examinations.filters.narrowing import NOT_GIVEN, NOT_LOADED, narrowed_by
from examinations.filters.parties import of_party, offer_parties, parties_of

__all__ = [
    "NOT_GIVEN",
    "NOT_LOADED",
    "NO_DAY",
    "NO_SUCH_DAY",
    "OTHER_RESULT",
    "SORTS",
    "ExaminationFilter",
    "american",
    "narrowed_by",
    "of_party",
    "offer_parties",
    "parties_of",
    "this_year",
]
