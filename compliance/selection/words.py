"""A candidate's place in words, from what was frozen: the same sentence in a year as today."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from compliance.risk.factors import NAMES
from compliance.selection import ranking
from compliance.selection.models import Candidate, Round
from compliance.selection.record import Replay
from compliance.selection.scores import Scores
from look.formats import count, money, percent, plural, points, short_money

#: The rule of the list, as the pages say it.
RULE = (
    "The higher score stands first; of one score the larger expected loss, then the larger value, then the account’s "
    "number. At least two thirds of a score are the duty at stake, how often it is wrong and how badly, multiplied: value and "
    "risk together."
)


def part_name(name: str) -> str:
    """What a part of the score is called; one of a model that is gone by its own name."""
    return NAMES.get(name, name.replace("_", " ").capitalize())


def parts_of(candidate: Candidate) -> list[tuple[str, Decimal]]:
    """The frozen parts that count, the largest first, whichever way they count."""
    found = [(part_name(name), Decimal(str(value))) for name, value in candidate.parts.items() if value]
    return sorted(found, key=lambda part: (-abs(part[1]), part[0]))


def sentence_of(candidate: Candidate, chosen: Round, pool: str) -> str:
    """Why it stands where it does and what follows: facts first. pool: the name of whose capacity counts."""
    return f"{_facts(candidate)} {because(candidate, chosen, pool)}"


def _facts(candidate: Candidate) -> str:
    if candidate.score is None:
        return "No score by that day: it did not trade, or came in later."
    most = [f"{name.lower()} {points(value)}" for name, value in parts_of(candidate)[:2]]
    said = f"{short_money(candidate.duty12)} of duty on {short_money(candidate.value12)} in 12 months"
    return f"{said}; most points from {' and '.join(most)}." if most else f"{said}."


def because(candidate: Candidate, chosen: Round, pool: str) -> str:
    """What the round makes of it, and why."""
    enter, stay = _score(chosen.enter_from), _score(chosen.stay_from)
    score = candidate.score or Decimal(0)
    said: Mapping[str, str] = {
        ranking.ABOVE_ENTER: f"Reaches the {enter} to enter, and {pool} has room.",
        ranking.ISA_ENTERS: "ISA participant: always has a manager, whatever its rank.",
        ranking.ISA_STAYS: "ISA participant: always has a manager, whatever its rank.",
        ranking.LOT_ENTERS: f"Near the {enter} to enter, and drawn by lot ({_chance(candidate)}).",
        ranking.LOT_NOT_YET: f"Near the {enter} to enter, and not drawn ({_chance(candidate)}).",
        ranking.ABOVE_STAY: f"In the program, and not below the {stay} to stay.",
        ranking.UNSCORED_STAYS: "In the program; without a score nobody leaves.",
        ranking.BELOW_STAY: f"In the program, and {points(chosen.stay_from - score)} below the {stay} to stay.",
        ranking.NO_ROOM: f"Reaches the {enter} to enter, but {pool} is full before it.",
        ranking.MOVED_UP: f"Reaches the {enter} to enter; {pool} was full before it, and a place was declined since.",
        ranking.BELOW_ENTER: f"{points(chosen.enter_from - score)} short of the {enter} to enter.",
        ranking.UNSCORED: "Without a score nobody enters.",
    }
    return said.get(candidate.because, "")


def _score(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _chance(candidate: Candidate) -> str:
    return f"chance {percent(candidate.probability)}"


#: Frozen inputs that are facts to be told on the telephone: label, field, how it is written.
FACTS = (
    ("Value, 12 months", "value12", money),
    ("Duty, 12 months", "duty12", money),
    ("Expected loss of revenue a year", "expected_loss", money),
    ("Entries, 12 months", "entries12", count),
    ("Lines, 12 months", "lines12", count),
    ("Own error rate", "rate", percent),
    ("It could be as low as", "rate_low", percent),
    ("or as high as", "rate_high", percent),
    ("Lines reviewed at random", "reviews", count),
    ("Of these in error", "reviews_wrong", count),
    ("Of these major", "reviews_major", count),
    ("Discrepancies found in all", "finds", count),
    ("Revenue found owed", "owed", money),
    ("Value, last six months", "value_last_half", money),
    ("Value, six months before", "value_half_before", money),
    ("Value from new suppliers", "new_supplier_value", money),
    ("Value of new origins", "new_origin_value", money),
    ("Value of new headings", "new_heading_value", money),
    ("Value of AD/CVD entries", "adcvd12", money),
    ("Value of textiles", "textiles12", money),
    ("Value of agricultural goods", "agriculture12", money),
    ("Value under a preference claim", "agreements12", money),
    ("Bond", "bond_amount", money),
    ("Duties, taxes and fees, 12 months", "duties_taxes_fees12", money),
    ("Entries with estimated or unknown fees", "unsure_entries", count),
)


def facts_of(candidate: Candidate) -> list[tuple[str, str]]:
    """What the score was made of, in words; what that day's score did not keep is left out."""
    known: Mapping[str, Any] = candidate.inputs
    return [(label, form(Decimal(str(known[name])))) for label, name, form in FACTS if known.get(name) is not None]


def replay_in_words(chosen: Round, found: Replay) -> str:
    """Whether the list came out the same, and what is wrong where it did not."""
    lines = plural(found.lines, "line")
    if found.same:
        kept = "as kept" if found.list_fits is None else "and every checksum fits"
        return f"{chosen}: computed again, {lines} the same byte for byte, {kept}. {scores_in_words(found.scores)}"
    if found.as_kept:
        return (
            f"{chosen}: NOT the same. The list is, {lines} byte for byte, but {scores_in_words(found.scores)} Nobody changed "
            "what was frozen, so a factor or the model counts otherwise than on that day."
        )
    wrong = [f"{plural(found.differing, 'line differs', 'lines differ')} of {count(found.lines)}"]
    wrong += [
        f"the checksum of {what} does not fit"
        for what, fits in (
            ("the list", found.list_fits),
            ("the frozen inputs", found.inputs_fit),
            ("the record", found.record_fits),
        )
        if fits is False
    ]
    if found.scores.differing:
        wrong.append(scores_in_words(found.scores).rstrip("."))
    return (
        f"{chosen}: NOT the same. {'; '.join(wrong)}. Somebody changed rows behind the portal’s back: see the history."
    )


def scores_in_words(found: Scores) -> str:
    """What came of computing each score again from its inputs."""
    if not found.many:
        return "Nobody had a score."
    if not found.known:
        return f"Model {found.model} is no longer there, so the scores are taken as they stand."
    if found.differing:
        return (
            f"{plural(found.differing, 'score does', 'scores do')} not come out of the frozen inputs by model {found.model}, "
            f"of {count(found.many - found.unknown)} that were computed again."
        )
    if not found.unknown:
        scores = "The one score comes" if found.many == 1 else f"All {count(found.many)} scores come"
        return f"{scores} out of the frozen inputs by model {found.model} again."
    return (
        f"Of {count(found.many)} scores {count(found.many - found.unknown)} come out of the frozen inputs by model {found.model} "
        f"again; of {count(found.unknown)} the record is older than an input that the score has today, so they are taken as they stand."
    )
