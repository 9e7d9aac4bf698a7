"""The invented world of the demonstration, written as files in the field's formats.

Everything follows from a seed, a size and a date: the same three give the same bytes.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from demonstration.world import (
    accounts_file,
    bonds,
    cells,
    companies,
    entries,
    examinations,
    examinations_file,
    filing,
    lines,
    notices,
    people,
    problems,
    requests,
    reviews,
)
from demonstration.world.catalogue import Catalogue, catalogue
from demonstration.world.companies import BROKER_NAME, IMPORTER_NAME, IMPORTER_PLACE, STRANGER_NAME, Company
from demonstration.world.duties import Calendar
from demonstration.world.notices import Notice
from demonstration.world.people import Manager, SignIn

MONTHS = 24
FILES = ("accounts.csv", "entries.csv", "examinations.csv", "requests.csv", "bonds.csv")
#: Duties and fees of twelve months that use the bond of the importer sign-in to so much.
BOND_USED = 0.934


@dataclass(frozen=True)
class PlantedProblem:
    """A planted problem in words: whose, since when, what, at what true rate of lines."""

    key: str
    accounts: tuple[str, ...]  # empty: every account
    since: date
    kind: str
    rate: float
    text: str
    heading: str
    port: str
    manufacturer_id: str  # empty: any
    until: date | None = None  # the first day on which it was over


@dataclass(frozen=True)
class World:
    """What the caller needs beside the files."""

    as_of: date
    newest: date  # day of the newest data
    first: date  # day of the first data
    lines: int
    rows: int  # of entries.csv
    accounts: tuple[Company, ...]
    importer: str  # names of the accounts behind the sign-ins
    broker: str
    stranger: str
    sign_ins: tuple[SignIn, ...]
    managers: tuple[Manager, ...]
    orphans: tuple[str, ...]  # accounts without a manager
    notices: tuple[Notice, ...]
    planted: tuple[PlantedProblem, ...]

    def account(self, name: str) -> Company:
        """The account of that name. Raises KeyError where there is none."""
        for company in self.accounts:
            if company.name == name:
                return company
        raise KeyError(name)


def _streams(seed: int, names: tuple[str, ...]) -> dict[str, np.random.Generator]:
    """One generator for each part, so that a change in one part leaves the others as they were."""
    children = np.random.SeedSequence(seed).spawn(len(names))
    return {name: np.random.Generator(np.random.PCG64(child)) for name, child in zip(names, children, strict=True)}


def _pin_importer(
    built: lines.Lines,
    filed: entries.Entries,
    goods: Catalogue,
    made: cells.Cells,
    calendar: Calendar,
    as_of: date,
    at: int,
    count: int,
) -> None:
    """Bring the importer of the sign-in to a bond that is nearly used up."""
    tenth = float(bonds.yearly_cents(filed, built, calendar, as_of, count)[at]) / 1_000
    amount = max(bonds.LEAST, min(bonds.step_up(tenth), 200_000))
    goal = round(amount * BOND_USED * 1_000)
    lines.pin_duties(built, filed, goods, made, calendar, at, bonds.window(as_of), goal)


def _raise_some(
    built: lines.Lines,
    filed: entries.Entries,
    goods: Catalogue,
    made: cells.Cells,
    calendar: Calendar,
    as_of: date,
    pinned: int,
    count: int,
) -> None:
    """In a small world, let some of the largest owe enough to need more than the least bond."""
    tenth = bonds.yearly_cents(filed, built, calendar, as_of, count) / 1_000
    for at, goal in bonds.too_little(tenth, pinned):
        lines.pin_duties(built, filed, goods, made, calendar, at, bonds.window(as_of), round(goal * 1_000))


def _described(
    planted: list[problems.Planted], who: companies.Importers, mids: dict[str, str], as_of: date
) -> tuple[PlantedProblem, ...]:
    return tuple(
        PlantedProblem(
            p.key,
            tuple(who.name[at] for at in p.places),
            problems.first_of_month(as_of, p.months_ago),
            p.kind,
            p.rate,
            p.text,
            f"{p.heading:04d}" if p.heading else "",
            p.port,
            mids.get(p.key, ""),
            problems.until_of(p, as_of),
        )
        for p in planted
    )


def write_files(folder: Path, *, lines: int = 600_000, seed: int = 1, as_of: date) -> World:
    """Invent the world and write accounts, entries, examinations, requests and bonds into `folder`.

    lines: entry lines,
    5,000 or more; seed: whole number; as_of: the world's today (New York). Returns what else
    the demonstration needs. Raises ValueError for fewer lines.
    """
    if lines < 5_000:
        raise ValueError("The demonstration needs at least 5,000 entry lines.")
    folder.mkdir(parents=True, exist_ok=True)
    return _Builder(folder, lines, seed, as_of).build()


class _Builder:
    """The parts of one world, each made from those before it."""

    def __init__(self, folder: Path, size: int, seed: int, as_of: date) -> None:
        self.folder, self.size, self.as_of = folder, size, as_of
        parts = (
            "companies",
            "cells",
            "entries",
            "lines",
            "bonds",
            "accounts",
            "people",
            "filing",
            "examinations",
            "reviews",
            "requests",
        )
        self.streams = _streams(seed, parts)
        start = problems.first_of_month(as_of, MONTHS)
        self.calendar = Calendar(start, (as_of - start).days + 1)

    def build(self) -> World:
        importer_count, broker_count = companies.counts_for(self.size)
        rng, as_of, calendar = self.streams, self.as_of, self.calendar
        goods = catalogue()
        who = companies.importers(rng["companies"], importer_count, broker_count)
        codes = companies.filer_codes(rng["companies"], broker_count)
        planted = problems.applicable(importer_count)
        made, mids = cells.cells(rng["cells"], goods, who, planted)
        filed = entries.invent(rng["entries"], who, codes, calendar, self.size, as_of)
        built = lines.invent(rng["lines"], filed, who, goods, made, calendar)
        pinned = min(IMPORTER_PLACE, importer_count - 2)
        _pin_importer(built, filed, goods, made, calendar, as_of, pinned, importer_count)
        _raise_some(built, filed, goods, made, calendar, as_of, pinned, importer_count)
        yearly = bonds.yearly_cents(filed, built, calendar, as_of, importer_count)
        held = bonds.invent(rng["bonds"], who, yearly, as_of)
        everyone = accounts_file.companies(rng["accounts"], who, codes, planted, as_of.year)
        accounts_file.write(self.folder / "accounts.csv", everyone)
        bonds.write(self.folder / "bonds.csv", held, who)
        numbers = pl.Series([bond.number for bond in held]).gather(bonds.bond_of_entries(held, filed, calendar))
        liquidated = filing.liquidated_cents(rng["filing"], filed, built, calendar)
        rows = filing.EntriesFile(who, goods, made, calendar, codes).write(
            self.folder / "entries.csv", filed, built, liquidated, numbers
        )
        self._write_findings(filed, built, who, goods, made, mids, planted, codes)
        return self._world(everyone, who, planted, mids, rows)

    def _write_findings(
        self,
        filed: entries.Entries,
        built: lines.Lines,
        who: companies.Importers,
        goods: Catalogue,
        made: cells.Cells,
        mids: dict[str, str],
        planted: list[problems.Planted],
        codes: list[str],
    ) -> None:
        newest, rng, calendar = self.calendar.days - 2, self.streams, self.calendar
        numbers = filing.entry_numbers(filed, codes).to_list()
        which = reviews.planted_of(built, filed, goods, made.mids, mids, planted, calendar)
        found = reviews.invent(rng["reviews"], built, filed, who, which, planted, calendar, newest)
        cargo = examinations.invent(rng["examinations"], filed, built, who, calendar, newest)
        register = examinations_file.Register(calendar)
        examinations_file.add_cargo(rng["examinations"], register, cargo, filed, numbers, who)
        examinations_file.add_waiting(rng["examinations"], register, who)
        examinations_file.add_held_now(register, filed, numbers, who)
        examinations_file.add_reviews(register, found, built, filed, numbers, who)
        register.write(self.folder / "examinations.csv")
        asked = requests.invent(rng["requests"], filed, who, np.flatnonzero(which == 0), built.entry, newest)
        requests.write(self.folder / "requests.csv", asked, filed, numbers, who, calendar)

    def _world(
        self,
        everyone: list[Company],
        who: companies.Importers,
        planted: list[problems.Planted],
        mids: dict[str, str],
        rows: int,
    ) -> World:
        own = (IMPORTER_NAME, BROKER_NAME)
        found = people.managers(self.streams["people"], everyone, own, STRANGER_NAME, self.as_of)
        looked_after = {name for manager in found for name in manager.accounts}
        newest = date.fromordinal(self.calendar.start.toordinal() + self.calendar.days - 3)
        return World(
            as_of=self.as_of,
            newest=newest,
            first=self.calendar.start,
            lines=self.size,
            rows=rows,
            accounts=tuple(everyone),
            importer=IMPORTER_NAME,
            broker=BROKER_NAME,
            stranger=STRANGER_NAME,
            sign_ins=tuple(people.sign_ins(IMPORTER_NAME, BROKER_NAME, STRANGER_NAME)),
            managers=tuple(found),
            orphans=tuple(c.name for c in everyone if c.name not in looked_after),
            notices=notices.notices(self.as_of),
            planted=_described(planted, who, mids, self.as_of),
        )
