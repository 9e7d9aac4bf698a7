from compliance.controls.models.answer import Answer, Correction, Given
from compliance.controls.models.assessment import SelfAssessment
from compliance.controls.models.questions import Component, Level, Question, QuestionSet

__all__ = ["Answer", "Component", "Correction", "Given", "Level", "Question", "QuestionSet", "SelfAssessment"]
