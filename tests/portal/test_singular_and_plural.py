"""Every page read aloud where there is one of each thing, two, or none: no "1 accounts", no "3 is too few"."""

import datetime
import re
from html import unescape

import pytest
from django.utils import timezone

from examinations.breakdowns.counting import recount
from examinations.duty.months import recount as recount_duty
from examinations.figures.comparing import change
from examinations.intervals import rate_of
from examinations.models import Discrepancy, Examination
from examinations.views.figures_change import _cause
from look.formats import all_of, none_or
from tests.named_people import World, closed, make_entry, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

THINGS = [
    "accounts",
    "entries",
    "lines",
    "examinations",
    "reviews",
    "rows",
    "shipments",
    "requests",
    "papers",
    "notices",
    "questions",
    "ports",
    "headings",
    "chapters",
    "origins",
    "suppliers",
    "months",
    "days",
    "values",
    "summaries",
    "reports",
    "dates",
    "files",
    "brokers",
    "clients",
    "filers",
    "actions",
    "problems",
    "discrepancies",
    "corrections",
    "stays",
    "others",
    "changes",
    "loads",
    "colleagues",
    "people",
    "persons",
    "numbers",
]
#: "1 accounts", and not the one of "3 of 1 accounts" nor of "2.1 days".
ONE_OF_MANY = re.compile(rf"(?<![\d.,–-])\b(?:1|[Oo]ne) (?:{'|'.join(THINGS)})\b")
#: A number of things with the verb of another number.
VERBS = re.compile(
    rf"(?<![\d.,])\b(?:1 [a-z]+ (?:are|were|have)\b|(?:[02-9]|\d\d+) (?:{'|'.join(THINGS)}) (?:is|was|has)\b)"
)
BY = ("port", "heading", "chapter", "origin", "manufacturer", "entry_type", "type", "month")
PAGES = [
    "/", "/examinations/", "/examinations/?reviews=1", "/examinations/figures/", "/examinations/figures/change/",
    "/entries/", "/entry-lines/", "/duty/", "/checks/", "/requests/", "/dates/", "/dates/closing/", "/monthly/",
    "/notices/", "/brokers/", "/explore/", "/explore/?measure=days&rows=port", "/explore/?measure=wrong&rows=type",
    *(f"/examinations/figures/by/?by={by}&finding={finding}" for by in BY for finding in ("", "CLASS")),
]  # fmt: skip


def spoken(html: str) -> str:
    """What a page says, without its lists of choices."""
    main = html[html.index("<main") :] if "<main" in html else html
    main = re.sub(r"<(script|style|select)\b.*?</\1>", " ", main, flags=re.DOTALL)
    main = re.sub(r"</(td|th|li|p|h\d|dt|dd|div|figcaption|title)>", " | ", main)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", main)))


def wrong(text: str) -> list[str]:
    """Where number and word do not agree. "1 of 3 entries" is right: the number before "of" has no noun."""
    found = [*ONE_OF_MANY.finditer(text), *VERBS.finditer(text)]
    return [text[max(0, one.start() - 40) : one.end() + 20] for one in found if not text[: one.start()].endswith("of ")]


@pytest.fixture(params=[0, 1, 2], ids=["none", "one", "two"])
def counted(request: pytest.FixtureRequest, world: World) -> World:
    """An importer and its broker with so many entries, examined, released after a day, and wrong."""
    for account in (world.quillard, world.stranger):
        Examination.objects.filter(account=account).delete()
        account.entries.all().delete()
    day = timezone.localdate() - datetime.timedelta(days=3)
    for n in range(request.param):
        entry = make_entry(world.load, f"9XZ5{n:07}", world.quillard, world.lindale)
        one = make_examination(entry, f"EX-{n}", "TARGETED", selected=day, **closed("DISCREPANCY_MTD", "other"))
        Examination.objects.filter(pk=one.pk).update(released=day + datetime.timedelta(days=1))
        review = make_examination(
            entry, f"EX-R{n}", "RANDOM", type="ESR", line=1, **closed("DISCREPANCY_MTD", "random")
        )
        for each in (one, review):
            Discrepancy.objects.create(
                examination=each, account=world.quillard, ordinal=9, type="CLASS", revenue_difference=100
            )
    recount(None)
    recount_duty(None)
    return world


@pytest.mark.parametrize("name", ["robin", "billie", "jordan"])
def test_no_page_says_one_things_or_many_is(counted: World, name: str) -> None:
    client = signed_in(counted, name)
    base = f"/accounts/{counted.quillard.pk}" if name == "jordan" else ""
    read = {}
    for page in PAGES:
        response = client.get("/" if page == "/" else base + page)
        if response.status_code == 200:
            read[page] = spoken(response.content.decode())
    assert len(read) >= len(PAGES) - 2
    said = {page: found for page, text in read.items() if (found := wrong(text))}
    assert not said


def test_what_it_looks_for_is_found() -> None:
    for text in ("All 1 accounts", "You filed 1 entries", "for 1 days", "3 examinations is too few", "1 line are"):
        assert wrong(text), text
    for text in ("1 of 3 entries", "took 2.1 days", "1 entry", "3 lines were", "11 accounts"):
        assert not wrong(text), text


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((1, 40), (2, 40), "1 examination more is too few to tell"),
        ((1, 40), (4, 40), "3 examinations more are too few to tell"),
        ((3, 40), (2, 40), "1 examination fewer is too few to tell"),
        ((4, 40), (2, 40), "2 examinations fewer are too few to tell"),
    ],
)
def test_a_change_is_said_in_the_number_that_it_has(before: tuple[int, int], now: tuple[int, int], said: str) -> None:
    found, then = rate_of(*now), rate_of(*before)
    assert found
    assert then
    assert said in _cause(change(then, found))


def test_heads_of_sums_and_nothing_at_all_have_words() -> None:
    assert [all_of(n) for n in (0, 1, 2)] == ["All 0", "All", "All 2"]
    assert [none_or(n) for n in (0, 1, 1362)] == ["none", "1", "1,362"]
