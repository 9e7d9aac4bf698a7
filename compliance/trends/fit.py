"""What was learned over all accounts, as bytes that are kept, and back for some accounts. Pure."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compliance.trends.examined import NOWHERE, Floats
from compliance.trends.peers import Peers, Sums, recent_codes

TABLES = ("strata", "headings", "ports", "recent")
FORM = 1


@dataclass(frozen=True)
class Fit:
    """peers, shape: what was learned. units: ids of accounts in their places; strata, headings, ports: codes likewise.
    limits: above which dollars an examination of a type counts as costly, of costs alone. usual_tests: of an account, in
    the mean; None where accounts weigh the same, as in every fit of before."""

    peers: Peers
    shape: Floats
    units: list[str]
    strata: list[str]
    headings: list[str]
    ports: list[str]
    limits: dict[str, float] = field(default_factory=dict)
    usual_tests: float | None = None

    def as_bytes(self) -> bytes:
        """An archive of arrays."""
        arrays: dict[str, Any] = {"form": np.array(FORM), "recent_from": np.array(self.peers.recent_from)}
        arrays |= {"shares": self.peers.shares, "shape": self.shape, "by_port": np.array(self.peers.by_port)}
        arrays |= {"limits.type": np.array(list(self.limits), dtype=np.str_)}
        arrays |= {"limits.dollars": np.array(list(self.limits.values()), dtype=np.float64)}
        if self.usual_tests is not None:
            arrays["usual_tests"] = np.array(self.usual_tests)
        for table in TABLES:
            arrays |= {f"{table}.{name}": value for name, value in vars(getattr(self.peers, table)).items()}
        for name in ("units", "strata", "headings", "ports"):
            arrays[f"codes.{name}"] = np.array(getattr(self, name), dtype=np.str_)
        text = io.BytesIO()
        np.savez_compressed(text, allow_pickle=False, **arrays)
        return text.getvalue()

    def for_units(self, units: Sequence[str], strata: int, headings: int, ports: int) -> Peers:
        """What was learned, with the places of other accounts and with as many codes as there are now."""
        now = {unit: place for place, unit in enumerate(units)}
        moved = np.array([now.get(unit, NOWHERE) for unit in self.units], dtype=np.int64)
        counts = {"strata": strata, "headings": headings, "ports": ports}
        counts["recent"] = recent_codes(ports, self.peers.by_port)
        tables: dict[str, Sums] = {name: getattr(self.peers, name).moved(moved, counts[name]) for name in TABLES}
        kept = self.peers
        return Peers(recent_from=kept.recent_from, shares=kept.shares, by_port=kept.by_port, **tables)


def from_bytes(data: bytes) -> Fit:
    """The fit of an archive. Raises ValueError for one of another form."""
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        if int(kept["form"]) != FORM:
            raise ValueError("A fit of another form.")
        names = ("found", "expected", "pair", "pair_found", "pair_expected")
        tables = {table: Sums(*(kept[f"{table}.{name}"] for name in names)) for table in TABLES}
        by_port = "by_port" in kept.files and bool(kept["by_port"])
        peers = Peers(recent_from=int(kept["recent_from"]), shares=kept["shares"], by_port=by_port, **tables)
        lists = {name: [str(one) for one in kept[f"codes.{name}"]] for name in ("units", "strata", "headings", "ports")}
        shape: Floats = kept["shape"]
        limits = "limits.type" in kept.files
        dollars = zip(kept["limits.type"], kept["limits.dollars"], strict=True) if limits else ()
        usual_tests = float(kept["usual_tests"]) if "usual_tests" in kept.files else None
        kept_limits = {str(kind): float(most) for kind, most in dollars}
        return Fit(peers, shape, **lists, limits=kept_limits, usual_tests=usual_tests)
