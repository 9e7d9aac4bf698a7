from compliance.plans.models.action import Action, ActionChanged, owners_of
from compliance.plans.models.cause import RootCause
from compliance.plans.models.past import EDITABLE, OPEN, PlanState, PlanStep, PlanVersion
from compliance.plans.models.plan import ChangedMeanwhile, Plan
from compliance.plans.models.verification import Look, Outcome, Verification

__all__ = [
    "EDITABLE",
    "OPEN",
    "Action",
    "ActionChanged",
    "ChangedMeanwhile",
    "Look",
    "Outcome",
    "Plan",
    "PlanState",
    "PlanStep",
    "PlanVersion",
    "RootCause",
    "Verification",
    "owners_of",
]
