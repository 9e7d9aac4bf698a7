"""What the page of an account's bonds says: each bond, and of those that the formula judges how it comes about and what is
ahead. As far as this person may see; the sums of all numbers on a bond to whoever sees the bond of its principal alone."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery, Sum

from accounts.access import reach_now
from accounts.models import Account, Identifier, Person
from compliance.bonds.changes import added_ahead, months_from
from compliance.bonds.duties import MonthDuties, Touched, added_on, is_followed, months_of, together
from compliance.bonds.looking_ahead import announced_on, known_errors
from compliance.bonds.models import Bond, BondStep, BondTerms, CoveredNumber, Delinquency, WhatIf
from compliance.bonds.models.step import letter_from
from compliance.bonds.models.terms import terms_on
from compliance.bonds.outlook import Outlook, outlook_of
from compliance.bonds.paths import AHEAD, Floats
from compliance.bonds.states import WITH_DAYS, Clock, Letter, State, Terms, clock_of, state_of
from compliance.bonds.sufficiency import headroom, required_amount, utilisation
from examinations.figures.period import months_earlier
from examinations.models import DutyChange, EntryMonth
from examinations.models.entry import Source

#: Steps of a bond's past that its page lists; days that a surety takes to write a bond (project default).
MOST_STEPS, UNDERWRITING_DAYS = 30, 14


@dataclass(frozen=True)
class Announced:
    """A change of duty that is announced, as far as it touches the bond. a_year: dollars that it adds to the twelve months
    ahead, None where value does not tell; value: dollars of trade a year that it touches."""

    change: DutyChange
    value: Decimal
    a_year: float | None
    added: Floats

    @property
    def falls(self) -> bool:
        """Whether less would be due."""
        return (self.a_year or 0) < 0

    @property
    def size(self) -> float:
        """Dollars a year, up or down."""
        return abs(self.a_year or 0)


@dataclass(frozen=True)
class Supposed:
    """A question of the reader with its answer. added: dollars of a whole year beside what is announced, by the changes and by
    the growth."""

    asked: WhatIf
    outlook: Outlook | None
    added: float


@dataclass(frozen=True)
class NetOfRefunds:
    """A sum of twelve months less what was refunded at liquidation, beside a bond of so many dollars; it decides nothing."""

    total: Decimal
    amount: Decimal

    @property
    def tenth(self) -> Decimal:
        return self.total / 10

    @property
    def required(self) -> Decimal:
        return required_amount(max(self.total, Decimal(0)))

    @property
    def use(self) -> Decimal:
        return utilisation(self.total, self.amount)

    @property
    def headroom(self) -> Decimal:
        return headroom(self.total, self.amount)


@dataclass(frozen=True)
class Judged:
    """A bond of activity 1 as the formula judges it on a day. sums: of the twelve whole months; months: of twenty-four, the
    oldest first. total: dollars counted; net: less refunds; own: of entries that the reader uploaded itself, in no
    sum. delinquent: since when bills are overdue."""

    bond: Bond
    terms: Terms
    day: datetime.date
    months: list[MonthDuties]
    sums: MonthDuties
    state: State
    letter: Letter | None
    steps: list[BondStep]
    outlook: Outlook | None
    announced: list[Announced]
    supposed: list[Supposed]
    own: dict[str, Any]
    delinquent: datetime.date | None = None

    @property
    def total(self) -> Decimal:
        return self.sums.counted

    @property
    def required(self) -> Decimal:
        return required_amount(max(self.total, Decimal(0)))

    @property
    def use(self) -> Decimal:
        return utilisation(self.total, self.bond.amount)

    @property
    def headroom(self) -> Decimal:
        return headroom(self.total, self.bond.amount)

    @property
    def gap(self) -> Decimal:
        return self.required - self.bond.amount

    @property
    def by_formula(self) -> bool:
        """Whether the formula alone says how it stands: no letter runs, and it has not ended."""
        return self.state in (State.SUFFICIENT, State.WATCH, State.DEFICIENT)

    @property
    def clock(self) -> Clock | None:
        return clock_of(self.letter.dated, self.terms) if self.letter else None

    @property
    def days_left(self) -> int | None:
        """Calendar days until the day that binds now; None where none does."""
        return self.clock.left(self.state, self.day) if self.clock and self.state in WITH_DAYS else None

    @property
    def uncounted(self) -> Decimal:
        """Duty, tax and fees of types of entry whose duty no bond of activity 1 counts: warehouse, temporary import."""
        sums = self.sums
        return sums.duty + sums.mpf + sums.hmf + sums.tax + sums.other_fees - sums.duties_taxes_fees

    @property
    def uncounted_off(self) -> Decimal:
        return -self.uncounted

    @property
    def left_out_off(self) -> Decimal:
        return -self.sums.left_out

    @property
    def taxes(self) -> Decimal:
        """Taxes and fees beside those of processing and harbors."""
        return self.sums.tax + self.sums.other_fees

    @property
    def tenth(self) -> Decimal:
        return self.total / 10

    @property
    def refunded(self) -> Decimal:
        return self.sums.counted - self.sums.net

    @property
    def refunded_off(self) -> Decimal:
        return -self.refunded

    @property
    def net(self) -> NetOfRefunds:
        """The steps of the formula once more, if refunds came off first, which the formula does not do."""
        return NetOfRefunds(self.sums.net, self.bond.amount)

    @property
    def last_month(self) -> datetime.date:
        return self.months[-1].month

    @property
    def last_day(self) -> datetime.date:
        """The last day of the twelve whole months."""
        return self.day.replace(day=1) - datetime.timedelta(days=1)

    @property
    def furthest(self) -> datetime.date:
        """The last of the twelve months ahead."""
        return months_from(self.day, AHEAD)[-1]

    @property
    def newest_steps(self) -> list[BondStep]:
        return self.steps[::-1][:MOST_STEPS]

    @property
    def end_by(self) -> datetime.date | None:
        """By when the request to end the old bond must be received, so that it has ended before the bond is too small; None
        where that is not ahead."""
        short = self.outlook.half if self.outlook else None
        by = short - datetime.timedelta(days=self.terms.termination_days) if short else None
        return by if by and by > self.day else None

    @property
    def ask_by(self) -> datetime.date | None:
        """Two weeks before that, for underwriting."""
        by = self.end_by - datetime.timedelta(days=UNDERWRITING_DAYS) if self.end_by else None
        return by if by and by > self.day else None

    @property
    def over(self) -> Decimal:
        """Dollars of duties, taxes and fees beyond ten times the bond; zero where there are none."""
        return max(-self.headroom, Decimal(0))

    @property
    def rounded(self) -> str:
        """How the fourth step rounds, in words."""
        tenth = self.total / 10
        if tenth <= 50_000:
            return "At least $50,000"
        return f"Rounded up to the next {'$10,000' if tenth <= 100_000 else '$100,000'}"


@dataclass(frozen=True)
class BondPage:
    """judged: the bond that is shown, None without one that this person may see judged. bonds: all that cover a number of the
    account. twice: numbers on two continuous bonds of activity 1 that are in force."""

    judged: Judged | None
    bonds: list[Bond]
    twice: list[CoveredNumber] = field(default_factory=list)


def page_of(account: Account, person: Person, day: datetime.date, chosen: int | None = None) -> BondPage:
    """Everything that the page shows, in a fixed number of statements. chosen: which bond to judge, else the worst in force."""
    # Asked for beside the row: to join a number or a name that the database hides would take its row with it.
    covered = CoveredNumber.objects.visible_to(person).annotate(
        shown=Subquery(Identifier.objects.filter(pk=OuterRef("identifier")).values("value")[:1]),
        holder=Subquery(Account.objects.filter(pk=OuterRef("account")).values("name")[:1]),
    )
    rows = (
        Bond.objects.visible_to(person)
        .covering(account)
        .prefetch_related(Prefetch("covered", covered.order_by("pk"), "numbers"))
    )  # type: ignore[attr-defined]
    overdue = Delinquency.objects.visible_to(person).on(day).filter(account=OuterRef("account"))  # type: ignore[attr-defined]
    worst = list(rows.annotate(delinquent_since=Subquery(overdue.values("since")[:1])).worst_first())
    bonds = sorted(worst, key=lambda one: (one.of_another, -one.effective.toordinal(), one.number))
    active = [one for one in bonds if one.is_judged and one.in_force_on(day)]
    may = [one for one in bonds if one.is_judged and not one.of_another]
    wanted = next((one for one in may if one.pk == chosen), None)
    wanted = wanted or next((one for one in worst if one in active and one in may), None)
    if wanted is None and may and may[0].effective <= day:
        wanted = may[0]
    judged = judge(wanted, account, person, day) if wanted else None
    return BondPage(judged, bonds, _twice(active))


def _twice(active: list[Bond]) -> list[CoveredNumber]:
    """Numbers that more than one of these bonds covers, each once."""
    seen: set[int] = set()
    found: dict[int, CoveredNumber] = {}
    for number in (number for bond in active for number in bond.numbers):  # type: ignore[attr-defined]
        if number.identifier_id in seen:
            found[number.identifier_id] = number
        seen.add(number.identifier_id)
    return list(found.values())


def judge(bond: Bond, account: Account, person: Person, day: datetime.date) -> Judged:
    """A bond by the formula, and the year ahead."""
    known = list(BondTerms.objects.order_by("-since"))
    terms = terms_on(known, day)
    ago = months_from(months_earlier(day, 2 * AHEAD), 2 * AHEAD)
    months = months_of(bond, ago)
    sums = together(months[AHEAD:], ago[AHEAD])
    steps = list(BondStep.objects.visible_to(person).filter(bond=bond).select_related("by").order_by("pk"))  # type: ignore[attr-defined]
    letter = letter_from([one for one in steps if one.by_id])
    at = terms_on(known, letter.dated) if letter else terms
    total = sums.counted
    ended = bond.terminates is not None and bond.terminates <= day
    state = state_of(
        total, bond.amount, required_amount(max(total, Decimal(0))), letter=letter,
        ended=ended, followed=ended and is_followed(bond, day), terms=at, day=day,
    )  # fmt: skip
    outlook, announced, supposed = _ahead(bond, account, person, months, terms, day)
    return Judged(
        bond=bond,
        terms=at,
        day=day,
        months=months,
        sums=sums,
        state=state,
        letter=letter,
        steps=steps,
        outlook=outlook,
        announced=announced,
        supposed=supposed,
        own=_own(bond, account, person, ago[AHEAD], ago[-1]),
        delinquent=bond.delinquent_since,  # type: ignore[attr-defined]
    )


def _own(bond: Bond, account: Account, person: Person, first: datetime.date, last: datetime.date) -> dict[str, Any]:
    """What the account's own uploads come to on this bond; for its own people alone, and in no sum."""
    if account.pk not in reach_now(person).own:
        return {"entries": 0}
    numbers = [one.identifier_id for one in bond.numbers]  # type: ignore[attr-defined]
    rows = EntryMonth.objects.visible_to(person).filter(source=Source.OWN, account=account, identifier__in=numbers)
    found = rows.filter(Q(month__gte=first) & Q(month__lte=last)).aggregate(
        entries=Sum("entries"), total=Sum("duties_taxes_fees"), months=Count("month", distinct=True)
    )
    return found | {"entries": found["entries"] or 0}


def _ahead(
    bond: Bond, account: Account, person: Person, months: list[MonthDuties], terms: Terms, day: datetime.date
) -> tuple[Outlook | None, list[Announced], list[Supposed]]:
    """The year ahead with what is announced, and with what the reader supposes; what each change costs by one statement."""
    ahead, ago = months_from(day, AHEAD), [one.month for one in months[AHEAD:]]
    changes = announced_on(day)
    asked = list(WhatIf.objects.visible_to(person).filter(account=account, by=person)[:3])
    supposed = [one.as_duty() for one in asked]
    touched = added_on(bond, [*changes, *(one for duties in supposed for one in duties)], ago[0], ago[-1])
    announced = [_announced(one, rows, ahead) for one, rows in zip(changes, touched, strict=False)]
    announced = [one for one in announced if one.value]
    year = np.array([float(one.counted) for one in months[AHEAD:]])
    errors = known_errors()
    paths = errors.of(year) if errors else None
    if paths is None:
        return None, announced, [Supposed(one, None, 0.0) for one in asked]
    base = sum((one.added for one in announced), np.zeros(AHEAD))
    share = float(terms.stay_share)
    answers, at = [], len(changes)
    for one, duties in zip(asked, supposed, strict=True):
        rows, at = touched[at : at + len(duties)], at + len(duties)
        own = [_announced(duty, found, ahead, supposed=True) for duty, found in zip(duties, rows, strict=True)]
        start = np.zeros(AHEAD) if one.without_announced else base
        added, growth = sum((duty.added for duty in own), start), float(one.growth) / 100
        answer = outlook_of(year, added, paths, bond.amount, share, day, growth)
        yearly = sum(duty.a_year or 0.0 for duty in own) * (1 + growth) + float(year.sum()) * growth
        answers.append(Supposed(one, answer, yearly))
    return outlook_of(year, base, paths, bond.amount, share, day), announced, answers


def _announced(
    change: DutyChange, rows: dict[datetime.date, Touched], ahead: list[datetime.date], *, supposed: bool = False
) -> Announced:
    value = sum((one.value for one in rows.values()), Decimal(0))
    if not change.can_be_estimated:
        return Announced(change, value, None, np.zeros(AHEAD))
    before = {month: float(one.added or 0) for month, one in rows.items()}
    added = added_ahead(ahead, before, change.first, change.last, supposed=supposed)
    return Announced(change, value, float(sum(before.values())), added)
