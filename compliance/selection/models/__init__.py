from compliance.selection.models.belonging import ChapterCenter
from compliance.selection.models.candidate import Candidate
from compliance.selection.models.opening import Opening
from compliance.selection.models.round import Round

__all__ = ["Candidate", "ChapterCenter", "Opening", "Round"]
