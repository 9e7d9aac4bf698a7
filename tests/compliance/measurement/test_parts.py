"""Rates and money by Center, chapter and priority trade issue: each part holds its own lines and nobody else's."""

from collections import defaultdict
from decimal import Decimal

import pytest

from accounts.models import Account, Center
from compliance.measurement.issues import ISSUES
from compliance.measurement.models import DrawnLine
from compliance.measurement.reading import measured
from examinations.models import Entry, EntryLine
from tests.compliance.measurement.conftest import DRAWN_ON
from tests.compliance.measurement.lines import AS_OF, drawn_of, first_thresholds, import_lines, plan_of, review
from tests.named_people import World

pytestmark = pytest.mark.django_db

LINES = 120
#: Centers of the two importers.
OF_CENTER = {"003": "Quillard Electric", "006": "Stranger Goods"}
SHIRTS = "6109100012"


def mixed(world: World) -> None:
    """A third is the stranger's, of another Center; a quarter is shirts, and of these every second claims a preference."""
    import_lines(world, LINES)
    for code, name in OF_CENTER.items():
        Account.objects.filter(name=name).update(center_id=code)
    for n, entry in enumerate(Entry.objects.filter(number__startswith="9XZ2").order_by("number")):
        line = EntryLine.objects.filter(entry=entry)
        if n % 3 == 2:
            Entry.objects.filter(pk=entry.pk).update(account=world.stranger)
            line.update(account=world.stranger)
        if n % 4 == 1:
            line.update(hts=SHIRTS, spi="S" if n % 8 == 1 else "")


def names_of(line: DrawnLine) -> list[tuple[str, str]]:
    """What the page calls the parts that a line is of."""
    center, issues = Center.objects.get(pk=line.center_id).name, {one.code: one.name for one in ISSUES}
    return [("center", center), ("chapter", f"Chapter {line.hts[:2]}"), *(("issue", issues[c]) for c in line.issues)]


def owed(line: DrawnLine) -> Decimal | None:
    """What the review of a line finds: dollars, or None for nothing."""
    if line.hts == SHIRTS:
        return Decimal(-30) if "agreements" in line.issues else Decimal(90)
    return Decimal(200) if int(line.entry_number[-3]) % 5 == 0 else None


def test_each_part_holds_its_own_lines_their_rate_and_their_money(world: World) -> None:
    mixed(world)
    plan = plan_of(world, lines=LINES)
    plan.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    lines: dict[tuple[str, str], list[DrawnLine]] = defaultdict(list)
    for one in drawn_of(plan):
        found = owed(one)
        finding = {"type": "CLASS", "revenue_difference": found}
        review(world, one, *(("DISCREPANCY_LOL", finding) if found is not None else ()))
        for part in names_of(one):
            lines[part].append(one)
    assert {len(one.issues) for one in plan.drawn.all()} == {0, 1, 2}
    estimate = measured(plan, first_thresholds(), AS_OF)
    rows = {(name, row.name): row for name, parts in estimate.parts.items() for row in parts}
    assert set(rows) == set(lines)
    assert {len(of) for of in lines.values()} == {80, 40, 90, 30, 15}
    for part, of in lines.items():
        row, wrong = rows[part], [amount for one in of if (amount := owed(one)) is not None]
        assert (row.population, row.rated.examined, row.rated.wrong) == (len(of), len(of), len(wrong)), part
        assert row.rated.letter is not None
        assert row.rated.letter.rate == pytest.approx(len(wrong) / len(of)), part
        assert row.gap is not None
        under, over = sum(one for one in wrong if one > 0), sum(one for one in wrong if one < 0)
        assert (row.gap.under.total, row.gap.over.total) == pytest.approx((float(under), float(over))), part
