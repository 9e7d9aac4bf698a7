"""Requests for information and notices of action (CF-28, CF-29, CF-4647) on entries of the invented world."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from demonstration.world.catalogue import CENTERS
from demonstration.world.companies import IMPORTER_PLACE, Importers
from demonstration.world.draws import log_normal, starts_of_groups
from demonstration.world.duties import Calendar
from demonstration.world.entries import Entries
from demonstration.world.results import MAJOR_SHARES

HEADER = ("Request Number", "Form", "Entry Summary Number", "Entry Summary Line Number", "Subject Code",
          "Issued Date",
          "Answered Date", "Outcome Code", "Review Team Number")  # fmt: skip
#: Requests for each thousand entries.
FORMS = {"CF28": 2.0, "CF29P": 0.45, "CF29T": 0.25, "CF4647": 0.3}
CHANGE = {"CF28": 0.35, "CF29P": 0.75, "CF29T": 1.0, "CF4647": 0.5}
SUBJECTS = {kind: share for kind, share in MAJOR_SHARES.items() if kind not in ("IPR", "FORCED_LABOR", "DESC")}
OPEN_REQUEST_DAYS = 27  # the importer's own open CF-28 was issued so many days ago


@dataclass(frozen=True)
class Request:
    form: str
    entry: int
    line: int
    subject: str
    issued: int
    answered: int
    outcome: str


def _of_form(rng: np.random.Generator, form: str, per_thousand: float, entries: Entries, newest: int) -> list[Request]:
    count = max(2, round(per_thousand * len(entries) / 1_000))
    old_enough = np.flatnonzero(entries.day < newest - 25)
    chosen = rng.choice(old_enough, size=count, replace=False)
    issued = entries.day[chosen] + 20 + rng.integers(0, 170, count)
    answered = issued + np.where(
        rng.random(count) < 0.89, 3 + log_normal(rng, 14, 21, count), rng.integers(31, 70, count)
    )
    answered = answered.astype(np.int64)
    shares = np.array(list(SUBJECTS.values()))
    subjects = rng.choice(list(SUBJECTS), size=count, p=shares / shares.sum())
    if form == "CF4647":
        subjects = np.where(rng.random(count) < 0.8, "MARKING", "PGA")
    lines = 1 + (rng.random(count) * entries.lines[chosen]).astype(int)
    u = rng.random(count)
    found = []
    for at in range(count):
        if issued[at] > newest:
            continue
        done = answered[at] <= newest
        outcome = "CHANGE" if u[at] < CHANGE[form] else "WITHDRAWN" if u[at] > 0.97 else "NO_CHANGE"
        found.append(
            Request(
                form,
                int(chosen[at]),
                int(lines[at]),
                str(subjects[at]),
                int(issued[at]),
                int(answered[at]) if done and form != "CF29T" else -1,
                outcome if done or form == "CF29T" else "OPEN",
            )
        )
    return found


def invent(
    rng: np.random.Generator,
    entries: Entries,
    who: Importers,
    problem_lines: np.ndarray,
    line_entry: np.ndarray,
    newest: int,
) -> list[Request]:
    """All requests, by date; the importer of the sign-in has an open CF-28 on one of `problem_lines` (line
    places)."""
    found = [r for form, share in FORMS.items() for r in _of_form(rng, form, share, entries, newest)]
    importer = min(IMPORTER_PLACE, len(who) - 2)
    issued = newest + 1 - OPEN_REQUEST_DAYS
    mine = problem_lines[(entries.importer[line_entry[problem_lines]] == importer)]
    mine = mine[entries.day[line_entry[mine]] < issued - 20]
    if len(mine):
        line = int(mine[-1])
        entry = int(line_entry[line])
        number = line - int(starts_of_groups(entries.lines)[entry]) + 1
        found.append(Request("CF28", entry, number, "CLASS", issued, -1, "OPEN"))
    return sorted(found, key=lambda r: (r.issued, r.form, r.entry))


def write(
    path: Path, found: list[Request], entries: Entries, numbers: list[str], who: Importers, calendar: Calendar
) -> None:
    """Write requests.csv."""
    dates = [str(day) for day in calendar.dates()]
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for place, r in enumerate(found):
            center = CENTERS[who.center[entries.importer[r.entry]]]
            answered = dates[r.answered] if r.answered >= 0 else ""
            writer.writerow(
                (
                    f"RQ{place + 1:07d}",
                    r.form,
                    numbers[r.entry],
                    f"{r.line:03d}",
                    r.subject,
                    dates[r.issued],
                    answered,
                    r.outcome,
                    center,
                )
            )
