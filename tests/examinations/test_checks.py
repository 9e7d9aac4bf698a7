"""Checks that an auditor would run: what each finds and leaves, who sees it, and what an account says of it."""

import csv
import datetime
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.checks.catalogue import CHECKS, OF_LINE_ALONE
from examinations.checks.finding import first_day, look
from examinations.models import AdditionalDuty, CheckFinding, Discrepancy, Entry, EntryLine, LookedAt
from tests.named_people import World, closed, make_entry, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
MAKER = "CNCORTEC1958SUZ"


@pytest.fixture
def bare(world: World) -> World:
    """The world without entries of its own."""
    EntryLine.objects.all().delete()
    return world


def line(world: World, n: int, *, rows: list[dict[str, Any]] | None = None, **fields: Any) -> EntryLine:
    """An entry of Quillard through Lindale with one line of these fields, and further tariff rows of it."""
    days = fields.pop("days_ago", 30)
    entry_type = fields.pop("entry_type", "01")
    source = fields.get("source", "cbp")
    day = timezone.localdate() - datetime.timedelta(days=days)
    entry = make_entry(world.load, f"9XZ7{n:07}", world.quillard, world.lindale, entry_date=day)
    Entry.objects.filter(pk=entry.pk).update(entry_type=entry_type, source=source)
    made = entry.rows.get()
    for name, value in ({"manufacturer_id": MAKER} | fields).items():
        setattr(made, name, value)
    made.save()
    for ordinal, more in enumerate(rows or [], start=2):
        made_row = {"value": 0, "duty": 0, "origin": made.origin, "mpf": 0} | more
        EntryLine.objects.create(
            entry=entry, line=1, ordinal=ordinal, stands_for_line=False, account=entry.account, filer=entry.filer,
            entry_date=day, port="2704", load=world.load, **made_row,
        )  # fmt: skip
    return made


def found(world: World, kind: str) -> dict[str, CheckFinding]:
    """What a check finds in Quillard's lines, by entry number."""
    look([world.quillard.pk], timezone.localdate())
    return {one.entry_number[4:].lstrip("0"): one for one in CheckFinding.objects.filter(kind=kind)}


def test_the_first_day_lies_24_whole_months_back() -> None:
    assert first_day(datetime.date(2026, 11, 25)) == datetime.date(2024, 11, 1)
    assert first_day(datetime.date(2026, 1, 31)) == datetime.date(2024, 1, 1)
    assert first_day(datetime.date(2026, 12, 1)) == datetime.date(2024, 12, 1)


def test_origin_that_differs_from_the_makers_country(bare: World) -> None:
    line(bare, 1, origin="VN", rows=[{"hts": "99038803", "duty": Decimal(400)}])
    line(bare, 2, origin="CN")
    line(bare, 3, origin="CA", manufacturer_id="XOBERBER")  # Ontario
    line(bare, 4, origin="VN", manufacturer_id="")
    line(bare, 5, origin="US", manufacturer_id="XQBERBER")
    line(bare, 6, origin="VN", days_ago=1000)
    line(bare, 7, origin="VN", entry_type="21")
    rows = found(bare, "origin-mid")
    assert set(rows) == {"1", "5"}
    assert rows["1"].money == 650  # of the commodity row and of the chapter 99 row
    assert rows["1"].because == "The origin is VN, the manufacturer’s code says CN."
    assert rows["5"].because == "The origin is US, the manufacturer’s code says CA."


def test_goods_from_canada_name_their_province_as_origin(bare: World) -> None:
    """On an entry summary Canada stands as a province (15 CFR 30.54(b)): no other country than in MID and agreement."""
    line(bare, 1, origin="XO", spi="S", manufacturer_id="XOBERBER")
    line(bare, 2, origin="XQ", spi="S+", manufacturer_id="XCBERBER")
    line(bare, 3, origin="XA", spi="S", manufacturer_id="CABERBER")
    line(bare, 4, origin="XB", spi="KR", manufacturer_id="USBERBER")
    assert set(found(bare, "origin-mid")) == {"4"}
    assert set(found(bare, "spi-origin")) == {"4"}
    AdditionalDuty.objects.create(
        notice="DEMO-1", title="Of Canada", chapter_99="990301", hts_prefixes=["8501"], origins=["CA"],
        exempt_claims=["S", "S+"], points=35, first_entry_date=timezone.localdate() - datetime.timedelta(days=40),
    )  # fmt: skip
    assert set(found(bare, "chapter-99")) == {"4"}
    line(bare, 5, origin="XO")
    AdditionalDuty.objects.update(origins=["XO"])
    assert set(found(bare, "chapter-99")) == {"5"}


def test_a_preference_that_the_origin_cannot_have(bare: World) -> None:
    line(bare, 1, spi="KR", origin="CN", duty=0)
    line(bare, 2, spi="KR", origin="KR", duty=0)
    line(bare, 3, spi="CA", origin="CA", duty=0)  # NAFTA, no longer in force
    line(bare, 4, spi="D", origin="CN", duty=0)  # its list of countries is not checked
    line(bare, 5, spi="P+", origin="HN", duty=0)
    line(bare, 6, spi="", origin="KR", value=Decimal(10000), duty=Decimal(300))
    line(bare, 7, spi="SG", origin="CN", hts="8413702040", duty=0)  # nothing of its number to compare with
    rows = found(bare, "spi-origin")
    assert set(rows) == {"1", "3", "7"}
    assert rows["1"].money == 300
    assert rows["7"].money is None
    assert "not in force" in rows["3"].because
    assert rows["1"].because == "KR is the claim of Korea; the origin is CN."


def test_a_processing_fee_on_a_line_that_is_free_of_it(bare: World) -> None:
    line(bare, 1, spi="KR", origin="KR", mpf=Decimal("34.64"))
    line(bare, 2, spi="KR", origin="KR", mpf=0)
    line(bare, 3, spi="KR", origin="KR", mpf=Decimal("34.64"), fees_estimated=True)
    line(bare, 4, spi="", origin="KR", mpf=Decimal("34.64"))
    line(bare, 5, spi="JP", origin="JP", mpf=Decimal("34.64"))  # pays the fee all the same
    rows = found(bare, "mpf-spi")
    assert set(rows) == {"1"}
    assert rows["1"].money == Decimal("34.64")


def test_a_missing_chapter_99_number(bare: World) -> None:
    today = timezone.localdate()
    AdditionalDuty.objects.create(
        notice="DEMO-1", title="Exclusions end", chapter_99="990388", hts_prefixes=["8501", "8413"],
        excluded_prefixes=["850131"], origins=["CN"], exempt_claims=["S"], points=25,
        first_entry_date=today - datetime.timedelta(days=40),
    )  # fmt: skip
    line(bare, 1, origin="CN", value=Decimal(10000))
    line(bare, 2, origin="CN", rows=[{"hts": "99038803"}])
    line(bare, 3, origin="TW")
    line(bare, 4, origin="CN", days_ago=41)
    line(bare, 5, origin="CN", hts="8501310000")
    line(bare, 6, origin="CN", spi="S")
    line(bare, 7, origin="CN", hts="9503000073")
    line(bare, 8, origin="CN", rows=[{"hts": "99030124"}])
    line(bare, 9, origin="CN", entry_type="11")  # an informal entry pays additional duties too
    rows = found(bare, "chapter-99")
    assert set(rows) == {"1", "8", "9"}
    assert rows["1"].money == 2500
    assert rows["1"].because == "DEMO-1 asks for a row of 990388 beside this number from CN."


def test_a_line_that_lacks_two_chapter_99_numbers_shows_both_with_their_money(bare: World) -> None:
    """Of section 301 and of section 232; what two notices ask for alike is asked for once."""
    given: dict[str, Any] = {"title": "T", "hts_prefixes": ["8501"]}
    given["first_entry_date"] = timezone.localdate() - datetime.timedelta(days=40)
    AdditionalDuty.objects.create(notice="A-301", chapter_99="990388", points=25, origins=["CN"], **given)
    AdditionalDuty.objects.create(notice="B-301", chapter_99="990388", points=Decimal("7.5"), **given)
    AdditionalDuty.objects.create(notice="A-232", chapter_99="990381", points=50, **given)
    every = {"title": "T", "origins": ["VN"], "first_entry_date": given["first_entry_date"]}
    AdditionalDuty.objects.create(notice="ALL", chapter_99="990302", points=10, **every)
    line(bare, 1, origin="CN", value=Decimal(10000))
    line(bare, 2, origin="CN", value=Decimal(10000), rows=[{"hts": "99038803", "duty": Decimal(2500)}])
    line(bare, 3, origin="CN", rows=[{"hts": "99038803"}, {"hts": "99038191"}])
    line(bare, 4, origin="VN", value=Decimal(10000), hts="8413702040")
    rows = found(bare, "chapter-99")
    assert {n: one.money for n, one in rows.items()} == {"1": 7500, "2": 5000, "4": 1000}
    assert rows["1"].because == ("A-232 asks for a row of 990381, A-301 for one of 990388 beside this number from CN.")
    assert rows["2"].because == "A-232 asks for a row of 990381 beside this number from CN."


def test_a_duty_asked_for_by_its_number_and_by_the_beginning_of_it_counts_once(bare: World) -> None:
    given: dict[str, Any] = {"title": "T", "hts_prefixes": ["8501"]}
    given["first_entry_date"] = timezone.localdate() - datetime.timedelta(days=40)
    for number, points in (("990388", 25), ("99038803", 25), ("99038191", 50), ("990381", 10)):
        AdditionalDuty.objects.create(notice=number, chapter_99=number, points=points, **given)
    line(bare, 1, origin="CN", value=Decimal(10000))
    one = found(bare, "chapter-99")["1"]
    assert one.money == 7500
    assert {missing["chapter_99"] for missing in one.facts["missing"]} == {"99038803", "99038191"}


def test_no_duty_on_file_is_no_clean_result(bare: World) -> None:
    line(bare, 1, origin="CN")
    recount(None)
    robin = signed_in(bare, "robin")

    def said() -> str:
        pages = [robin.get(address).content.decode() for address in ("/checks/", "/checks/chapter-99/")]
        (told,) = {re.search(r"\d+ additional dut[^<]*", page).group() for page in pages}  # type: ignore[union-attr]
        return told

    nothing = ": nothing was compared, so that no line was found is no clean result."
    assert said() == f"0 additional duties are on file{nothing}"
    fields = {"notice": "DEMO-1", "title": "One", "chapter_99": "990388", "points": 25}
    day = timezone.localdate() - datetime.timedelta(days=40)
    AdditionalDuty.objects.create(hts_prefixes=["8413"], first_entry_date=day, **fields)
    assert said() == f"1 additional duty is on file, none of them for HTS numbers entered here{nothing}"
    AdditionalDuty.objects.create(hts_prefixes=["9503", "850110"], first_entry_date=day, **fields)
    assert said() == "2 additional duties are on file, 1 of them for HTS numbers entered here."
    assert "additional duties are on file" not in robin.get("/checks/origin-mid/").content.decode()


def test_one_article_under_two_headings(bare: World) -> None:
    article: dict[str, Any] = {"uom": "NO", "quantity": Decimal(1000)}
    line(bare, 1, value=Decimal("12345.70"), duty=Decimal("0"), hts="8501104020", **article)
    for n, times in ((2, 1), (3, 2), (4, 4)):
        value = Decimal("12345.70") * times
        line(bare, n, value=value, duty=value / 10, hts="8503009550", uom="NO", quantity=1000 * times)
    for n in range(5, 8):
        line(bare, n, value=Decimal("5000.00"), hts="8504404000", **article)  # $5 a unit: chance
    line(bare, 8, value=Decimal("5000.00"), hts="8501104020", **article)
    line(bare, 9, value=Decimal("12345.70"), hts="8504404000", manufacturer_id="TWORRPRO701TAI", **article)
    for n in (10, 11):
        line(bare, n, value=Decimal("777.70"), hts="8504404000", **article)  # two lines make nothing usual
    line(bare, 12, value=Decimal("777.70"), hts="8501104020", **article)
    rows = found(bare, "two-headings")
    assert set(rows) == {"1"}
    assert rows["1"].money == Decimal("1234.57")  # a tenth of its value
    assert "8503.00.95.50" in rows["1"].because


def test_two_headings_of_which_one_alone_pays_chapter_99(bare: World) -> None:
    """The rate of a heading is that of all its tariff rows: both are free of regular duty, and one pays section 301."""
    article: dict[str, Any] = {"uom": "NO", "quantity": Decimal(1000), "value": Decimal("12345.70"), "duty": 0}
    line(bare, 1, hts="8501104020", **article)
    for n in (2, 3, 4):
        line(bare, n, hts="8503009550", rows=[{"hts": "99038803", "duty": Decimal("3086.43")}], **article)
    rows = found(bare, "two-headings")
    assert set(rows) == {"1"}
    assert rows["1"].money == Decimal("3086.43")  # a quarter of its value


def test_a_new_supplier_in_a_heading_where_a_discrepancy_was_found(bare: World) -> None:
    old = line(bare, 1, days_ago=300, manufacturer_id="TWORRPRO701TAI")
    line(bare, 2, days_ago=20)
    line(bare, 3, days_ago=10)
    line(bare, 4, days_ago=10, manufacturer_id="TWORRPRO701TAI")
    line(bare, 5, days_ago=10, hts="8413702040")  # nothing was found in this heading
    assert found(bare, "new-supplier") == {}
    open_one = make_examination(old.entry, "EX-OPEN", "RANDOM", type="ESR", line=1)
    Discrepancy.objects.create(examination=open_one, account=bare.quillard, ordinal=1, type="CLASS")
    assert found(bare, "new-supplier") == {}
    shut = make_examination(old.entry, "EX-SHUT", "RANDOM", type="ESR", line=1, **closed("DISCREPANCY_MTD", "random"))
    Discrepancy.objects.create(examination=shut, account=bare.quillard, ordinal=1, type="CLASS")
    rows = found(bare, "new-supplier")
    assert set(rows) == {"2", "3"}
    assert "8501; a discrepancy was found in it" in rows["2"].because


def test_a_value_per_unit_far_from_the_accounts_own(bare: World) -> None:
    for n in range(12):
        line(bare, n + 1, value=Decimal(1000 + n), duty=Decimal(50), quantity=Decimal(100), uom="NO")
    line(bare, 20, value=Decimal(10000), duty=Decimal(500), quantity=Decimal(100), uom="NO")
    line(bare, 21, value=Decimal(1900), duty=Decimal(95), quantity=Decimal(100), uom="NO")  # less than twice
    line(bare, 22, value=Decimal(10000), quantity=Decimal(100), uom="KG")
    line(bare, 23, value=Decimal(100), duty=Decimal(5), quantity=Decimal(100), uom="NO")
    rows = found(bare, "unit-value")
    assert set(rows) == {"20", "23"}
    assert rows["20"].because.startswith("$100.00 a unit is 9.9 times the usual $10.0")
    assert "10\u00a0% of the usual" in rows["23"].because
    assert Decimal(449) < rows["20"].money < Decimal(451)


def test_a_value_per_unit_counts_at_the_rate_with_chapter_99(bare: World) -> None:
    """A line that is free of regular duty and pays section 301 has a rate of 25 %, not of nothing."""
    article: dict[str, Any] = {"duty": 0, "quantity": Decimal(100), "uom": "NO"}
    for n in range(12):
        rows = [{"hts": "99038803", "duty": Decimal(250)}]
        line(bare, n + 1, value=Decimal(1000), rows=rows, **article)
    line(bare, 20, value=Decimal(10000), rows=[{"hts": "99038803", "duty": Decimal(2500)}], **article)
    (one,) = found(bare, "unit-value").values()
    assert one.money == 2250  # a quarter of 9,000


def test_what_is_cured_goes_and_the_mark_on_it_stays(bare: World) -> None:
    wrong = line(bare, 1, origin="VN")
    (one,) = found(bare, "origin-mid").values()
    LookedAt.mark([one], bare.quillard, by=bare.robin, reason="The maker has two factories.")
    first = one.first_found
    assert found(bare, "origin-mid")["1"].pk == one.pk
    EntryLine.objects.filter(pk=wrong.pk).update(value=99)
    again = found(bare, "origin-mid")["1"]
    assert (again.pk, again.first_found, again.value) == (one.pk, first, 99)
    EntryLine.objects.filter(pk=wrong.pk).update(origin="CN")
    assert found(bare, "origin-mid") == {}
    EntryLine.objects.filter(pk=wrong.pk).update(origin="VN")
    look([bare.quillard.pk], timezone.localdate())
    (shown,) = CheckFinding.objects.filter(kind="origin-mid").with_looks(bare.quillard)
    assert shown.looked_at


def test_other_accounts_lines_are_left_alone(bare: World) -> None:
    line(bare, 1, origin="VN")
    found(bare, "origin-mid")
    look([bare.stranger.pk], timezone.localdate())
    assert CheckFinding.objects.count() == 1


def seen(world: World, name: str) -> set[str]:
    """Kinds that a person sees: with no filter at all, and by `visible_to`; both must agree."""
    with acting_for(world.people[name]):
        bare = set(CheckFinding.objects.values_list("kind", "source"))
    assert bare == set(CheckFinding.objects.visible_to(world.people[name]).values_list("kind", "source"))
    return {kind if source == "cbp" else f"{kind} ({source})" for kind, source in bare}


def test_who_sees_what_was_found(bare: World) -> None:
    line(bare, 1, origin="VN")
    line(bare, 2, origin="TW", source="own")
    CheckFinding.objects.all().delete()
    (one,) = [found for found in found_all(bare) if found.source == "cbp"]
    one.pk, one.kind = None, "unit-value"
    one.facts = {"unit": "1", "usual": "2", "times": "0.5", "lines": 12}
    one.save(force_insert=True)
    whole = {"origin-mid", "unit-value"}
    assert seen(bare, "robin") == whole | {"origin-mid (own)"}
    assert seen(bare, "jordan") == seen(bare, "hq") == whole
    assert seen(bare, "billie") == {"origin-mid"}
    assert seen(bare, "sam") == seen(bare, "morgan") == seen(bare, "expert") == set()
    assert signed_in(bare, "billie").get("/checks/unit-value/").status_code == 404
    assert "unit-value" not in OF_LINE_ALONE


def found_all(world: World) -> list[CheckFinding]:
    look([world.quillard.pk], timezone.localdate())
    return list(CheckFinding.objects.all())


def test_a_member_marks_lines_with_a_reason_and_staff_reads_it(bare: World) -> None:
    line(bare, 1, origin="VN")
    line(bare, 2, origin="TW")
    rows = found(bare, "origin-mid")
    robin, jordan = signed_in(bare, "robin"), signed_in(bare, "jordan")
    said = robin.get("/checks/").content.decode()
    assert "<b>2 lines are worth a look</b>" in said
    page = robin.get("/checks/origin-mid/").content.decode()
    assert "the manufacturer’s code says CN" in page
    sent = robin.post("/checks/origin-mid/", {"lines": [rows["1"].pk], "reason": "  Two factories.  "})
    assert sent.status_code == 302
    assert LookedAt.objects.get().reason == "Two factories."
    assert "Two factories." not in robin.get("/checks/origin-mid/").content.decode()
    assert "Two factories." in robin.get("/checks/origin-mid/?show=looked-at").content.decode()
    seen_by_staff = jordan.get(f"/accounts/{bare.quillard.pk}/checks/origin-mid/?show=all").content.decode()
    assert "Two factories." in seen_by_staff
    assert "Mark the chosen" not in seen_by_staff
    assert "Two factories." not in signed_in(bare, "billie").get("/checks/origin-mid/?show=all").content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"lines": [], "reason": "x"},
        {"lines": ["nonsense"], "reason": "x"},
        {"lines": ["99999999999999999999"], "reason": "x"},
        {"reason": "   "},
        {"reason": "x" * 501},
        {"reason": "a\x00b"},
    ],
)
def test_a_mark_that_cannot_be_is_refused_with_a_reason(bare: World, given: dict[str, Any]) -> None:
    line(bare, 1, origin="VN")
    rows = found(bare, "origin-mid")
    page = signed_in(bare, "robin").post("/checks/origin-mid/", {"lines": [rows["1"].pk]} | given)
    assert page.status_code == 200
    assert "Nothing was marked." in page.content.decode()
    assert not LookedAt.objects.exists()


def test_nobody_marks_lines_of_another_account(bare: World) -> None:
    line(bare, 1, origin="VN")
    rows = found(bare, "origin-mid")
    mark = {"lines": [rows["1"].pk], "reason": "mine"}
    page = signed_in(bare, "sam").post("/checks/origin-mid/", mark)
    assert "not in the list any more" in page.content.decode()
    for who in ("jordan", "hq"):
        assert signed_in(bare, who).post(f"/accounts/{bare.quillard.pk}/checks/origin-mid/", mark).status_code == 404
    assert not LookedAt.objects.exists()


@pytest.mark.parametrize("query", ["show=nonsense", "page=9999999999", "page=-1", "show=open&page=x"])
def test_nonsense_in_the_address_shows_the_list(bare: World, query: str) -> None:
    line(bare, 1, origin="VN")
    found(bare, "origin-mid")
    assert "line 1" in signed_in(bare, "robin").get(f"/checks/origin-mid/?{query}").content.decode()


def test_the_questions_are_a_file_that_says_what_each_asks(bare: World) -> None:
    line(bare, 1, manufacturer_id="HKTRADE1HON")
    look([bare.quillard.pk], timezone.localdate())
    robin = signed_in(bare, "robin")
    rows = list(csv.DictReader(io.StringIO(robin.get("/checks/?download=csv").content.decode("utf-8-sig"))))
    shown = {check.title: found for check, found in robin.get("/checks/").context["rows"]}
    assert {row["Question"]: int(row["Lines to Look At"]) for row in rows} == {
        title: found.get("open", 0) for title, found in shown.items()
    }
    assert sum(int(row["Lines to Look At"]) for row in rows) == 1
    told = CalamineWorkbook.from_filelike(io.BytesIO(robin.get("/checks/?download=xlsx").content))
    said = dict(told.get_sheet_by_index(1).to_python())
    assert all(said[f"Definition: {title}"] for title in shown)


def test_a_download_carries_the_sentence_and_the_mark(bare: World) -> None:
    line(bare, 1, origin="VN")
    (one,) = found(bare, "origin-mid").values()
    LookedAt.mark([one], bare.quillard, by=bare.robin, reason="=1+1")
    text = signed_in(bare, "robin").get("/checks/origin-mid/?show=all&download=csv").content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "The origin is VN" in text


def test_every_check_says_what_it_asks() -> None:
    assert len(CHECKS) == 7
    for check in CHECKS.values():
        assert len(check.asks) > 60
        assert check.money.endswith(".")
