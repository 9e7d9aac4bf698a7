"""Companies as rows of the accounts file."""

import csv
from pathlib import Path

import numpy as np

from demonstration.world.catalogue import CENTERS
from demonstration.world.companies import BROKER_NAME, IMPORTER_NAME, STRANGER_NAME, Company, Importers
from demonstration.world.naming import company_stems, person_names
from demonstration.world.problems import Planted

HEADER = ("Account Name", "Account Type", "Identifier", "Center Code", "Program Codes", "Contact Email")
SIGN_INS = {
    IMPORTER_NAME: ("importer@demo.example", "Robin Castell"),
    BROKER_NAME: ("broker@demo.example", "Sage Lorne"),
    STRANGER_NAME: ("stranger@demo.example", "Emery Quarles"),
}


def _contacts(rng: np.random.Generator, names: list[str]) -> list[tuple[str, str]]:
    """Address and name of the first person of each account; addresses at demo.example."""
    people = person_names(rng, min(len(names), 600))
    found = []
    for name, person in zip(names, people, strict=True):
        stem = "".join(c for c in name.split()[0].lower() if c.isalpha())
        found.append(SIGN_INS.get(name, (f"{person.split()[0].lower()}.{stem}@demo.example", person)))
    return found


def _programs(rng: np.random.Generator, who: Importers, at: int, year: int) -> tuple[str, ...]:
    found = ["ACE"] if rng.random() < 0.96 or at < 20 else []
    if who.tier[at]:
        since = f"{year - int(rng.integers(1, 9))}-{int(rng.integers(1, 13)):02d}-01"
        found.append(f"CTPAT:{int(who.tier[at])}:{since}")
    if who.trade_compliance[at]:
        found.append("ISA")
    return tuple(found)


def companies(
    rng: np.random.Generator, who: Importers, codes: list[str], planted: list[Planted], year: int
) -> list[Company]:
    """Importers, then brokers: Lindale has the third code."""
    stems = company_stems(rng, len(codes) + 40)
    taken = {name.split()[0] for name in who.name}
    stems = [stem for stem in stems if stem not in taken][: len(codes)]
    brokers = [BROKER_NAME if i == 2 else f"{stem} Customs Brokers" for i, stem in enumerate(stems)]
    contacts = _contacts(rng, [*who.name, *brokers])
    found = []
    for at, name in enumerate(who.name):
        marks = tuple(problem.key for problem in planted if at in problem.places)
        programs = _programs(rng, who, at, year)
        email, person = contacts[at]
        center = CENTERS[who.center[at]]
        found.append(Company(name, "IMPORTER", who.numbers[at], center, programs, email, person, marks))
    for at, (name, code) in enumerate(zip(brokers, codes, strict=True)):
        email, person = contacts[len(who) + at]
        found.append(Company(name, "BROKER", (code,), "", ("ACE",), email, person))
    return found


def write(path: Path, found: list[Company]) -> None:
    """Write accounts.csv: one row for each identifier."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for company in found:
            for identifier in company.identifiers:
                programs = ";".join(company.programs)
                writer.writerow((company.name, company.kind, identifier, company.center, programs, company.email))
