"""The record of a round, and the same list computed again from it.

The list is text, a line for each candidate in the order of rank; it follows from the frozen inputs, the terms and the
decisions alone. What is kept of it are its checksum, and the places as columns, to count what differs.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from compliance.selection import caseload, freezing, ranking, scores
from compliance.selection.ranking import Place, Standing

if TYPE_CHECKING:
    from compliance.selection.models.round import Round

# What the list was made of, and what the room of effect adjusts for, as one checksum.
INPUTS = """
SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws(E'\\t', account_id, name, kind, center_id, center_presumed,
         pool, state_before, managed, isa, programs, assessed_on, score, band, expected_loss, value12, duty12, weight,
         md5(parts::text), md5(inputs::text)), E'\\n' ORDER BY account_id), ''), 'UTF8')), 'hex')
FROM selection_candidate WHERE round_id = %s
"""
PLACED = ("rank", "mark", "because", "probability", "decision", "outcome")


def counted_by(placed: list[tuple[Standing, Place]]) -> dict[str, Any]:
    """How many of each mark, in all and by pool with their weights, as the pages show it."""
    marks: Counter[str] = Counter(at.mark for _, at in placed)
    pools: dict[str, dict[str, dict[str, Any]]] = {}
    for one, at in placed:
        cell = pools.setdefault(one.pool, {}).setdefault(at.mark, {"accounts": 0, "weight": Decimal(0)})
        cell["accounts"] += 1
        cell["weight"] += one.weight
    for cells in pools.values():
        for cell in cells.values():
            cell["weight"] = str(cell["weight"])
    return {"candidates": len(placed), "active": sum(one.active for one, _ in placed), "marks": marks, "pools": pools}


def inputs_checksum(round_id: int) -> str:
    """SHA-256 of everything that was frozen."""
    with connection.cursor() as cursor:
        cursor.execute(INPUTS, [round_id])
        return str(cursor.fetchone()[0])


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "-" if value is None or value == "" else str(value)


def _line(standing: Standing, rank: Any, mark: str, because: str, probability: Any, decision: str, outcome: str) -> str:
    given = (standing.account, standing.pool, standing.score, standing.loss, standing.value)
    return "\t".join(map(_text, (rank, *given, mark, because, probability, decision, outcome)))


def _rows(chosen: "Round") -> list[dict[str, Any]]:
    rows = chosen.candidates.order_by("rank", "account").values(*freezing.STANDING, *PLACED)
    return list(rows)


def kept_lines(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The list as its columns have it."""
    return [_line(freezing.standing_of(row), *(row[name] for name in PLACED)) for row in rows]


def computed_lines(rows: list[dict[str, Any]], terms: ranking.Terms, rule: int, *, closed: bool) -> list[str]:
    """The list computed again: ranks, marks and lots from inputs and terms, outcomes from these and the decisions."""
    decisions = {str(row["account_id"]): row["decision"] for row in rows}
    lines = []
    placed = ranking.RULES[rule]([freezing.standing_of(row) for row in rows], terms)
    if rule in ranking.MOVING:
        placed = ranking.with_moves(placed, decisions, terms)
    for one, at in placed:
        decision = decisions[one.account]
        outcome = ranking.outcome(one.active, at.mark, decision) if closed else ""
        lines.append(_line(one, at.rank, at.mark, at.because, at.probability, decision, outcome))
    return lines


def list_checksum(lines: list[str]) -> str:
    """SHA-256 of the list's bytes."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def checksum_of(kept: Mapping[str, Any]) -> str:
    """SHA-256 of the record itself."""
    return hashlib.sha256(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def write_record(chosen: "Round", outcomes: Mapping[str, int]) -> dict[str, Any]:
    """The record of a round that is being closed: everything but the candidates from which its list follows."""
    lines = kept_lines(_rows(chosen))
    return {
        "rule": chosen.rule,
        "as_of": chosen.as_of.isoformat(),
        "model_version": chosen.model_version,
        "enter": str(chosen.enter_from),
        "stay": str(chosen.stay_from),
        "capacities": chosen.capacities,
        "lottery": {"width": str(chosen.lottery_width), "seed": chosen.seed},
        "weights": {band: str(one) for band, one in caseload.WEIGHTS.items()} | {"isa": str(caseload.ISA_WEIGHT)},
        "opened": {"by": str(chosen.opened_by_id), "at": chosen.opened_at.isoformat() if chosen.opened_at else ""},
        "closed": {"by": str(chosen.closed_by_id), "at": chosen.closed_at.isoformat() if chosen.closed_at else ""},
        "candidates": len(lines),
        "outcomes": dict(outcomes),
        "inputs_sha256": inputs_checksum(chosen.pk),
        "list_sha256": list_checksum(lines),
    }


@dataclass(frozen=True)
class Replay:
    """A round computed again. differing: lines that are not as kept; the rest: whether a checksum fits (None: the round
    is not closed, so there is none yet). scores: each computed again from its frozen inputs, for the list takes them."""

    lines: int
    differing: int
    list_fits: bool | None
    inputs_fit: bool | None
    record_fits: bool | None
    scores: scores.Scores

    @property
    def as_kept(self) -> bool:
        """Whether nothing was changed: list and checksums."""
        return not self.differing and False not in (self.list_fits, self.inputs_fit, self.record_fits)

    @property
    def same(self) -> bool:
        return self.as_kept and not self.scores.differing


def computed_again(chosen: "Round") -> Replay:
    """Compute the list again from the record (of an open round: from its terms) and compare byte for byte; and each
    score from its inputs."""
    kept, rows = chosen.record, _rows(chosen)
    terms, rule = (terms_of(kept), kept["rule"]) if kept else (chosen.terms, chosen.rule)
    again, before = computed_lines(rows, terms, rule, closed=bool(kept)), kept_lines(rows)
    differing = sum(one != other for one, other in zip(again, before, strict=True))
    scored = scores.computed_again(chosen)
    if not kept:
        return Replay(len(again), differing, None, None, None, scored)
    return Replay(
        len(again),
        differing + abs(kept["candidates"] - len(again)),
        list_checksum(again) == kept["list_sha256"],
        inputs_checksum(chosen.pk) == kept["inputs_sha256"],
        checksum_of(kept) == chosen.checksum,
        scored,
    )


def terms_of(kept: Mapping[str, Any]) -> ranking.Terms:
    """The terms that a record holds."""
    return ranking.Terms(
        enter=Decimal(kept["enter"]),
        stay=Decimal(kept["stay"]),
        capacities={pool: Decimal(text) for pool, text in kept["capacities"].items()},
        width=Decimal(kept["lottery"]["width"]),
        seed=kept["lottery"]["seed"],
    )
