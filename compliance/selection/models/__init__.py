from compliance.selection.models.candidate import Candidate
from compliance.selection.models.round import Round

__all__ = ["Candidate", "Round"]
