"""A closed round with candidates near its threshold, and random reviews of them."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Account, Person
from compliance.selection.models import Candidate, Round
from examinations.models import Examination, Load, Selection
from tests.named_people import make_person

AS_OF = datetime.date(2026, 3, 2)
CLOSED = datetime.date(2026, 3, 12)
TODAY = datetime.date(2026, 9, 30)


def at(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 30)))


def closed_round(closed: datetime.date = CLOSED, as_of: datetime.date = AS_OF) -> Round:
    people = [
        Person.objects.filter(email=f"{name}@people.example").first()
        or make_person(f"{name.title()} Headquarters", Person.Role.HEADQUARTERS)
        for name in ("opener", "second")
    ]
    return Round.objects.create(
        as_of=as_of,
        model_version=1,
        state=Round.State.CLOSED,
        made_by=people[0],
        opened_by=people[0],
        opened_at=at(as_of),
        closed_by=people[1],
        closed_at=at(closed),
    )


def candidate(chosen: Round, rank: int, *, enters: bool = False, **fields: Any) -> Candidate:
    """An importer at that rank with 40 reviews before, two of them wrong, and $100,000 of duty."""
    account = Account.objects.create(
        name=f"Importer {rank:03} of {chosen.pk}", kind=fields.get("kind", "importer"), state="prospective"
    )
    inputs = {"rate": 0.05, "reviews": 40, "reviews_wrong": 2, **fields.pop("inputs", {})}
    parts = {"duty_at_stake": 30, "likelihood": 10, "severity": 12, **fields.pop("parts", {})}
    given = {
        "kind": "importer",
        "pool": "010",
        "state_before": "prospective",
        "score": Decimal(60),
        "duty12": Decimal(100_000),
        "weight": Decimal(1),
        "mark": "enters" if enters else "not_yet",
        "outcome": "entered" if enters else "",
    } | fields
    return Candidate.objects.create(
        round=chosen, account=account, name=account.name, rank=rank, inputs=inputs, parts=parts, **given
    )


def review(
    account: Account, days: Iterable[datetime.date], *, wrong: int = 0, reason: str = "RANDOM", **fields: Any
) -> None:
    """Closed reviews of a line, selected on these days; the first `wrong` of them found something."""
    load, _ = Load.objects.get_or_create(kind="examinations", file_name="reviews.csv", state="done")
    given = {"type": "ESR", "line": 1, "closed": TODAY} | fields
    made = Examination.objects.bulk_create(
        Examination(
            key=f"{account.pk} {reason} {day} {n} {sorted(fields)}",
            number=f"R{n}",
            entry_number="9XZ12345671",
            account=account,
            port="2704",
            selected=day,
            disposition="DISCREPANCY_LOL" if n < wrong else "NO_DISCREPANCY",
            version_at=timezone.now(),
            load=load,
            **given,
        )
        for n, day in enumerate(days)
    )
    Selection.objects.bulk_create(
        Selection(examination=examination, account=account, reason=reason) for examination in made
    )


def enough(chosen: Round, *, entered_wrong: int = 8, others_wrong: int = 16) -> list[Candidate]:
    """Forty candidates, of which the first thirteen enter, with a hundred reviews each since the round."""
    made = []
    for rank in range(1, 41):
        enters = rank <= 13
        # Inputs differ a little, so that they explain something and both arms have their like.
        odd, luck = (rank * 7) % 5, (rank * rank) % 7
        one = candidate(
            chosen,
            rank,
            enters=enters,
            inputs={"rate": 0.04 + 0.01 * odd, "reviews": 30 + odd * 5, "reviews_wrong": odd},
            duty12=Decimal(90_000 + 10_000 * ((rank * 3) % 4)),
        )
        days = [CLOSED + datetime.timedelta(days=1 + n) for n in range(100)]
        review(one.account, days, wrong=(entered_wrong if enters else others_wrong) + odd + luck)
        made.append(one)
    return made
