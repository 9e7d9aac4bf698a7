"""Plans for the tests: a trend of Quillard's, a plan of it as far as a test wants it."""

import datetime
from decimal import Decimal

from django.utils import timezone

from compliance.plans.models import Action, Plan, RootCause, Verification
from compliance.trends.models import Trend
from tests.compliance.trends.examined_world import PLANTED, examine
from tests.compliance.trends.test_who import make_trend
from tests.named_people import World

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)
PROBLEM = "Motors of one supplier are misclassified."


def make_motors(world: World, **fields) -> Trend:
    return make_trend(
        world.quillard,
        **(
            {"manufacturer_id": PLANTED["manufacturer_id"], "random_examinations": 40, "random_discrepancies": 8}
            | fields
        ),
    )


def begin(world: World, on: datetime.date = TODAY, trend: Trend | None = None, **fields) -> Plan:
    """A plan with its cause and one action, not handed in; of a trend that was found, or of one that is made."""
    plan = Plan.start(trend or make_motors(world, **fields), PROBLEM, by=world.robin, on=on)
    text = plan.text | {"root_cause": RootCause.objects.first(), "cause": "The parts list has old numbers."}
    plan.write(1, text, by=world.robin, on=on)
    Action.add(plan, {"what": "Renew the parts list", "owner": world.lee, "due": on + 30 * DAY}, by=world.robin, on=on)
    return plan


def agreed(world: World, on: datetime.date = TODAY, start: datetime.date | None = None, **fields) -> Verification:
    """A plan in work since a day; counting starts the day after, or on `start`."""
    plan = begin(world, on, **fields)
    Plan.objects.filter(pk=plan.pk).update(counted_from=start or on + DAY)
    plan.submit(by=world.robin, on=on)
    return plan.agree(by=world.jordan, on=on)


def later(world: World, count: int, finds: int, *, start: int, reason: str = "RANDOM", last: int = 40, **row) -> None:
    """Examinations of the plan's cell, newest selected `last` days ago: so many of them find it."""
    goods = {"hts": "8501104020", "origin": "CN", "manufacturer_id": PLANTED["manufacturer_id"], "port": "2704"}
    rows = [
        goods | {"ago": last + at, "reason": reason, "found": "CLASS" if at < finds else ""} | row
        for at in range(count)
    ]
    examine(world.quillard, world.lindale, world.load, rows, start)


LIMIT = Decimal("0.100")
