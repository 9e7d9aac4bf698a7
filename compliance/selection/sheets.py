"""The candidates of a round as a list to take away, for headquarters alone."""

from collections.abc import Iterable, Mapping

from accounts.models import Person
from compliance.risk.factors import FACTORS, LIMIT, NAMES
from compliance.selection import words
from compliance.selection.models import Candidate, Round
from look.downloads import Cell, Facts, Sheet, about_list, named

PARTS = (*FACTORS, LIMIT)
HEADS = (
    *("Rank", "Candidate", "Managed As", "Center", "Center by What It Imports Most", "In the Program Before"),
    *("ISA", "Value, 12 Months", "Duty, 12 Months", "Expected Loss a Year", "Score", "Band"),
    *(f"Points: {NAMES.get(name, name)}" for name in PARTS),
    *("Weight in a Caseload", "In This Round", "Why", "Chance by Lot", "Decision", "Reason", "Decided By", "Outcome"),
)
DEFINITIONS: Facts = (
    ("Rank", words.RULE),
    ("Value, duty, expected loss", "Dollars, of the twelve whole months before the score."),
    ("Points", "Of the parts of the score, as frozen when the round was opened."),
    ("Law-enforcement information", "For headquarters alone: not for the accounts named here, nor their brokers."),
)


def candidates(
    chosen: Round, rows: Iterable[Candidate], pools: Mapping[str, str], view: str, pool: str, by: Person
) -> Sheet:
    """The list as the page shows it. view: of which marks; pool: the name of the Center, empty for all; by: who asks."""
    filters = [("Shown", view)] + ([("Center", pool)] if pool else [])
    return Sheet(
        named(f"selection-round-{chosen.as_of}", filters),
        HEADS,
        [_row(one, chosen, pools) for one in rows],
        about_list(str(chosen), "all importers and brokers", by.name, filters, DEFINITIONS),
    )


def _row(one: Candidate, chosen: Round, pools: Mapping[str, str]) -> list[Cell]:
    pool = pools.get(one.pool, one.pool)
    return [
        *(one.rank, one.name, one.get_kind_display(), pool, _yes(one.center_presumed), _yes(one.was_active)),
        *(_yes(one.isa), one.value12, one.duty12, one.expected_loss, one.score, one.band),
        *(one.parts.get(name) for name in PARTS),
        *(one.weight, one.get_mark_display(), words.because(one, chosen, pool), one.probability),
        *(one.get_decision_display(), one.reason, one.decided_by.name if one.decided_by else ""),
        one.get_outcome_display() if chosen.state == Round.State.CLOSED else "",
    ]


def _yes(true: bool) -> str:
    return "yes" if true else "no"
