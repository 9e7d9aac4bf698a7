"""Scores of the last year: a year of months by the first model, then the one that took its place, and a draft tried out."""

import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import Person
from compliance.risk.models import Activation, Backtest, RiskModel
from compliance.risk.recompute import recompute
from demonstration.brought import known_on
from demonstration.world import World

HEADQUARTERS = "hq@demo.example"
#: Scores of earlier months, so that a page can say what moved.
EARLIER_DAYS = (330, 300, 270, 240, 210, 180, 150, 120, 90, 60, 30)
#: Since so many days the model in force is another.
FIRST_DAYS, SECOND_DAYS = 700, 100
DRAFT = {"note": "A bond at its limit is to count more.", "bond_use_points": Decimal(11), "exposure_points": Decimal(2)}


def score(world: World) -> int:
    """Score every account on past days and on the day of the world; returns how many there are."""
    by = Person.objects.get(email=HEADQUARTERS)
    noon = timezone.make_aware(datetime.datetime.combine(world.as_of, datetime.time(12)))
    for number, days in ((1, FIRST_DAYS), (2, SECOND_DAYS)):
        since = noon - datetime.timedelta(days=days)
        Activation.objects.filter(model__number=number).update(at=since, by=by if number > 1 else None)
    first = RiskModel.objects.get(number=1).weights
    for days in EARLIER_DAYS:
        recompute(None, world.as_of - datetime.timedelta(days=days), first if days > SECOND_DAYS else None)
    scored = recompute(None, world.as_of)
    RiskModel.draft(by=by, **DRAFT).try_out(by=by)
    return scored


def look_back(world: World) -> str:
    """Compute the backtest that headquarters' page shows: as known when the first files had come in. What it found."""
    if world.as_of > timezone.localdate():
        return "none, its day lies ahead"
    by = Person.objects.get(email=HEADQUARTERS)
    test = Backtest.ask(by=by, as_of=known_on(world), until=world.as_of)
    test.do()
    test.refresh_from_db()
    return f"{test.found['wrong']:,} discrepancies later" if test.found else "a worker has it"
