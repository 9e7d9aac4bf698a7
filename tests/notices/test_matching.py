"""Which accounts traded what a notice is about: the sums and the lines give the same answer, and so does a slow loop."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from examinations.breakdowns.counting import recount
from examinations.figures.period import after, months_earlier
from examinations.models import EntryLine
from notices.matching import Asked, matched_sql, ranges
from tests.named_people import World
from tests.notices.traded import trade

pytestmark = pytest.mark.django_db
Found = dict[UUID, tuple[Decimal, Decimal]]
QUESTIONS = [
    Asked(hts_prefixes=("8501",)),
    Asked(hts_prefixes=("8501", "850132", "85")),
    Asked(hts_prefixes=("850132", "0804")),
    Asked(hts_prefixes=("8501",), countries=("CN",)),
    Asked(countries=("CN", "MX")),
    Asked(hts_prefixes=("85",), excluded_hts_prefixes=("8501",), countries=("VN",)),
    Asked(excluded_hts_prefixes=("8501", "9403")),
    Asked(hts_prefixes=("85", "9403"), excluded_hts_prefixes=("850132", "8504", "850440", "94")),
    Asked(hts_prefixes=("8501",), excluded_hts_prefixes=("8501", "8502")),
    Asked(hts_prefixes=("850132",), excluded_hts_prefixes=("85",)),
    Asked(hts_prefixes=("85",), ports=("2704", "2709")),
    Asked(spi_codes=("NONE",), hts_prefixes=("85",)),
    Asked(spi_codes=("S", "NONE"), countries=("MX",)),
    Asked(entry_types=("03", "21")),
    Asked(issues=("agriculture",)),
    Asked(issues=("agriculture", "agreements")),
    Asked(issues=("adcvd",), ports=("2304",)),
    Asked(manufacturers=("CNSHE",)),
    Asked(manufacturers=("CNSHEELE12SHE", "VN"), hts_prefixes=("85", "94")),
    Asked(adcvd_cases=("A570967",)),
    Asked(adcvd_cases=("C570968", "A570967"), countries=("CN",), manufacturers=("CN",)),
    Asked(hts_prefixes=("0101",)),
]


def meets(asked: Asked, line: EntryLine) -> bool:
    """The question asked of one line, in words of Python."""
    kind, case = line.entry.entry_type, line.adcvd_case.replace("-", "")
    of_issue = {
        "agriculture": "01" <= line.hts[:2] <= "24",
        "adcvd": kind in ("03", "07", "34", "38"),
        "agreements": line.spi not in ("", "X", "V"),
    }
    return all(
        (
            not asked.hts_prefixes or line.hts.startswith(asked.hts_prefixes),
            not line.hts.startswith(asked.excluded_hts_prefixes or ("none",)),
            not asked.countries or line.origin in asked.countries,
            not asked.ports or line.port in asked.ports,
            not asked.entry_types or kind in asked.entry_types,
            not asked.spi_codes or (line.spi or "NONE") in asked.spi_codes,
            not asked.issues or any(of_issue[one] for one in asked.issues),
            not asked.manufacturers or line.manufacturer_id.startswith(asked.manufacturers),
            not asked.adcvd_cases or case.startswith(asked.adcvd_cases),
        )
    )


def by_hand(asked: Asked) -> Found:
    today, found = timezone.localdate(), {}
    first, ends = months_earlier(today, 12), after(today.replace(day=1))
    lines = EntryLine.objects.filter(source="cbp", entry_date__gte=first, entry_date__lt=ends).select_related("entry")
    for line in lines:
        if not meets(asked, line):
            continue
        counts = line.counts_value and line.entry_date < today.replace(day=1)
        value = line.value if counts else Decimal(0)
        imported, filed = found.get(line.account_id, (Decimal(0), Decimal(0)))
        found[line.account_id] = (imported + value, filed)
        if line.filer_id:
            imported, filed = found.get(line.filer_id, (Decimal(0), Decimal(0)))
            found[line.filer_id] = (imported, filed + value)
    return found


def answer(asked: Asked, **how: Any) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(*matched_sql(asked, timezone.localdate(), **how))
        return {account: (imported, filed) for account, imported, filed in cursor.fetchall()}


def test_the_sums_the_lines_and_a_slow_loop_agree(world: World) -> None:
    trade(world)
    touched = 0
    for asked in QUESTIONS:
        expected = by_hand(asked)
        assert answer(asked) == expected, asked
        assert answer(asked, lines=True) == expected, asked
        touched += len(expected)
    assert touched > 3 * len(QUESTIONS)


def test_goods_from_canada_are_found_under_the_province_that_their_entry_names(world: World) -> None:
    trade(world)
    made = answer(Asked(hts_prefixes=("8501",), countries=("CN",)))
    EntryLine.objects.filter(origin="CN").update(origin="XO")
    recount(None)
    canada = Asked(hts_prefixes=("8501",), countries=("CA",))
    assert made
    assert answer(canada) == answer(canada, lines=True) == made


def test_one_condition_less_never_finds_fewer(world: World) -> None:
    trade(world)
    asked = Asked(hts_prefixes=("850132",), countries=("CN",), ports=("2704",), spi_codes=("NONE",))
    inside = answer(asked).keys()
    for name in ("hts_prefixes", "countries", "ports", "spi_codes"):
        assert inside <= answer(asked.without(name)).keys(), name
    assert asked.without("hts_prefixes").hts_prefixes == ("8501",)


@pytest.mark.parametrize(
    ("prefixes", "excluded", "found"),
    [
        (["85"], [], [("85", "85:")]),
        (["8501", "85"], [], [("85", "85:")]),
        (["72", "73"], ["7318"], [("72", "72:"), ("73", "7318"), ("7318:", "73:")]),
        (["73"], ["7302", "7318", "731815"], [("73", "7302"), ("7302:", "7318"), ("7318:", "73:")]),
        (["7318"], ["73"], []),
        (["7318"], ["7318"], []),
        (["73"], ["73", "7318"], []),
        (["73"], ["72", "74"], [("73", "73:")]),
        ([], ["73"], []),
    ],
)
def test_prefixes_less_those_left_out_are_ranges(
    prefixes: list[str], excluded: list[str], found: list[tuple[str, str]]
) -> None:
    assert ranges(prefixes, excluded) == found


def test_a_range_has_the_numbers_that_a_slow_look_has() -> None:
    numbers = [f"{a}{b}{c}" for a in "0179" for b in "0189" for c in "059"]
    some = [part for one in numbers[::7] for part in (one[:1], one[:2], one)]
    for at in range(len(some)):
        asked, out = tuple(some[at : at + 3]), tuple(some[at + 2 : at + 9 : 2]) or ("none",)
        slow = [one for one in numbers if one.startswith(asked) and not one.startswith(out)]
        fast = [one for one in numbers for low, high in ranges(asked, out) if low <= one < high]
        assert fast == slow
