"""The people of the demonstration: contacts of companies, account managers and whom they look after."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from demonstration.world.companies import Company
from demonstration.world.naming import person_names

ORPHANS = 7
#: Managers' offices by Center, the first for the demonstration's own manager.
OFFICES = ("010", "004", "008", "007", "003", "002", "009", "001")


@dataclass(frozen=True)
class Manager:
    """An account manager; `covered_by` (email) looks after the accounts while absent (`absent`: first and
    last day)."""

    name: str
    email: str
    center: str
    accounts: tuple[str, ...]
    absent: tuple[date, date] | None = None
    covered_by: str = ""


@dataclass(frozen=True)
class SignIn:
    """A demonstration sign-in: address, role, and the account of a member (empty for staff)."""

    email: str
    name: str
    role: str  # member, manager, expert, headquarters
    account: str = ""


def _groups(rng: np.random.Generator, companies: list[Company], count: int) -> list[list[Company]]:
    """Companies cut into caseloads of 25 to 50, those of one Center mostly together."""
    shuffled = [companies[int(i)] for i in rng.permutation(len(companies))]
    shuffled.sort(key=lambda company: OFFICES.index(company.center) if company.center in OFFICES else len(OFFICES))
    weights = np.array([1.30, *np.linspace(0.85, 1.1, count - 1)])
    edges = np.rint(np.cumsum(weights) / weights.sum() * len(shuffled)).astype(int)
    return [shuffled[a:b] for a, b in zip([0, *edges[:-1]], edges, strict=True)]


def managers(
    rng: np.random.Generator, companies: list[Company], own: tuple[str, ...], other: str, as_of: date
) -> list[Manager]:
    """Invent managers for the companies.

    own: names that the manager of the sign-in looks after; other: a name that another manager has. A few
    companies
    stay without a manager.
    """
    kept = {*own, other}
    free = [company for company in companies if company.name not in kept]
    orphans = {free[int(i)].name for i in rng.choice(len(free), size=min(ORPHANS, len(free) // 6), replace=False)}
    held = [company for company in companies if company.name not in orphans]
    count = max(3, min(8, round(len(held) / 36)))
    groups = _groups(rng, [c for c in held if c.name not in kept], count)
    names = [name for name in person_names(rng, count + 3) if name not in ("Jordan Ellery", "Robin Castell")]
    found = []
    for place, group in enumerate(groups):
        accounts = tuple(company.name for company in group)
        accounts = (*own, *accounts) if place == 0 else (other, *accounts) if place == 2 else accounts
        name = "Jordan Ellery" if place == 0 else names[place]
        email = "manager@demo.example" if place == 0 else f"{name.lower().replace(' ', '.')}@demo.example"
        found.append(Manager(name, email, OFFICES[place], accounts))
    away = (
        (as_of - timedelta(days=4), as_of + timedelta(days=10)),
        (as_of - timedelta(days=1), as_of + timedelta(days=2)),
    )
    found[1] = replace(found[1], absent=away[0], covered_by=found[0].email)
    found[-1] = replace(found[-1], absent=away[1], covered_by=found[3 if count > 4 else 0].email)
    return found


def sign_ins(importer: str, broker: str, stranger: str) -> list[SignIn]:
    """The seven sign-ins that the design promises."""
    return [
        SignIn("importer@demo.example", "Robin Castell", "member", importer),
        SignIn("broker@demo.example", "Sage Lorne", "member", broker),
        SignIn("stranger@demo.example", "Emery Quarles", "member", stranger),
        SignIn("manager@demo.example", "Jordan Ellery", "manager"),
        SignIn("expert@demo.example", "Harper Selwick", "expert"),
        SignIn("hq@demo.example", "Rowan Dunmore", "headquarters"),
        SignIn("approver@demo.example", "Tatum Hestwick", "headquarters"),
    ]
