"""A file and a notice, from headquarters' screen through web, broker, worker and mail to the others' screens."""

import csv
import re
from calendar import month_abbr
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg2
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from examinations.loading.load import LOCK
from look.formats import amount, long_day, money
from tests.browser.visits import PATIENCE, Door, Portal, Visit
from tests.examinations.loading.files import entry_row
from tests.servers.machine import eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def score_on(text: str) -> str:
    found = re.search(r"stands at ([0-9.]+)", text)
    assert found, text
    return found[1]


@pytest.fixture
def file(portal: Portal, tmp_path: Path, a_month_ago: date) -> Path:
    """Entries of the importer that change what it trades, and one row that cannot be used."""
    number = portal.one(
        "SELECT min(value) FROM accounts_identifier WHERE account_id = %s AND kind = 'importer'",
        portal.account_of("importer"),
    )
    same = {"Importer Number": number, "Importer Name": "", "Entry Date": a_month_ago.strftime("%m/%d/%Y"),
            "Entry Summary Date": ""}  # fmt: skip
    heavy = {"Line Tariff Goods Value Amount": "$9,000,000.00", "Line Tariff Duty Amount": "$2,250,000.00"}
    rows = [entry_row(serial, **same | heavy) for serial in range(9_000_001, 9_000_041)]
    rows.append(entry_row(9_000_050, **same | {"Country of Origin Code": "C9"}))
    path = tmp_path / "ES-003 of the importer.csv"
    with path.open("w", newline="") as written:
        writer = csv.DictWriter(written, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_file_shows_its_progress_its_result_and_its_rejects_and_the_score_follows(
    portal: Portal, door: Door, file: Path
) -> None:
    account = portal.account_of("importer")
    manager = door.enter("manager")
    manager.open(f"/accounts/{account}/")
    before = score_on(manager.page.inner_text(".lead"))
    visit = door.enter("hq")
    visit.open("/loads/")
    visit.page.select_option("[name=kind]", "entries")
    visit.page.set_input_files("[name=file]", file)
    # Another load holds the one lock meanwhile: this one waits, and its page says so.
    with closing(psycopg2.connect(portal.machine.known()["urls"]["DATABASE_WORKER_URL"])) as other:
        other.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        with visit.page.expect_navigation():
            visit.page.click("main button[type=submit]")
        expect(visit.page.locator("h1")).to_have_text(file.name)
        expect(visit.page.locator("#progress progress")).to_be_visible()
        assert visit.axe() == []
        assert portal.one("SELECT finished_at IS NULL FROM examinations_load ORDER BY created_at DESC LIMIT 1")
    # The page finds out by itself; nobody loads it again.
    visit.page.click("main a:text-is('See the result')", timeout=PATIENCE)
    expect(visit.page.locator(".lead")).to_contain_text("1 row could not be used; 40 were new or changed")
    with visit.page.expect_download() as download:
        visit.page.click("main a:text-is('Download the rejected rows')")
    with open(download.value.path(), newline="") as saved:
        header, (row, column, reason, *cells) = csv.reader(saved)
    assert header[:4] == ["Row", "Column", "Reason", "Entry Summary Number"]
    assert (row, column) == ("42", "Country of Origin Code")
    assert reason
    assert "C9" in cells
    visit.open("/loads/")
    expect(visit.page.locator("main table tbody tr >> nth=0")).to_contain_text(file.name)
    assert visit.complaints == []

    def changed() -> bool:
        manager.page.reload()
        return score_on(manager.page.inner_text(".lead")) != before

    assert eventually(changed, 90), f"the score stayed at {before}"
    parts = manager.page.locator("table:has(caption:text-is('Parts of the score'))")
    expect(parts).to_be_visible()
    assert manager.complaints == []


@dataclass
class Goods:
    """A heading that the importer brings from one country, with what it declared of it in the last twelve whole months."""

    heading: str
    origin: str
    value: Decimal
    #: By month of the year, the value that is entered for consumption: what a change of duty is laid on.
    dutiable: dict[int, Decimal]

    def more(self, months: Iterable[int]) -> Decimal:
        """A quarter of what is dutiable in these months of the year."""
        return sum((self.dutiable.get(month, Decimal(0)) for month in months), Decimal(0)) / 4


@pytest.fixture
def goods(portal: Portal) -> Goods:
    """The heading and country with most value, by the lines themselves."""
    this_month = timezone.localdate().replace(day=1)
    lines = """SELECT left(l.hts, 4), l.origin, extract(month FROM l.entry_date)::int, sum(l.value),
          coalesce(sum(l.value) FILTER (WHERE e.entry_type NOT IN ('08', '21', '22', '23', '26')), 0)
        FROM examinations_entryline l JOIN examinations_entry e ON e.id = l.entry_id
        WHERE l.account_id = %s AND l.source = 'cbp' AND l.counts_value AND l.hts < '98'
          AND l.entry_date >= %s AND l.entry_date < %s GROUP BY 1, 2, 3"""
    found: dict[tuple[str, str], dict[int, tuple[Decimal, Decimal]]] = {}
    since = this_month.replace(year=this_month.year - 1)
    for heading, origin, month, value, dutiable in portal.rows(
        "owner", lines, portal.account_of("importer"), since, this_month
    ):
        found.setdefault((heading, origin), {})[month] = (value, dutiable)
    (heading, origin), months = max(found.items(), key=lambda one: sum(value for value, _ in one[1].values()))
    whole = sum((value for value, _ in months.values()), Decimal(0))
    return Goods(heading, origin, whole, {month: dutiable for month, (_, dutiable) in months.items()})


def forecast_of(visit: Visit) -> list[tuple[str, int]]:
    """The line of the bond's page, known and ahead: by month, a tenth of the sum of twelve."""
    visit.open("/bond/")
    rows = visit.page.locator("main table >> nth=0").locator("tbody tr").all()
    cells = [(row.locator("th").text_content(), row.locator("td >> nth=0").text_content()) for row in rows]
    return [(str(month), int(str(dollars).replace(",", ""))) for month, dollars in cells]


def drafted(visit: Visit, title: str, goods: Goods, first_day: date) -> None:
    """Headquarters writes it in its own form."""
    visit.open("/admin/notices/notice/add/")
    for name, value in {
        "number": "99900001",
        "title": title,
        "body": "An additional duty of 25 percent of the value.",
        "effective_date": first_day.isoformat(),
        "hts_prefixes": goods.heading,
        "countries": goods.origin,
        "rate_change": "25",
    }.items():
        visit.page.fill(f"[name={name}]", value)
    visit.page.select_option("[name=duty_kind]", "adds")
    visit.page.check("[name=account_kinds][value=importer]")
    with visit.page.expect_navigation():
        visit.page.click("[name=_save]")


def step(visit: Visit, title: str, words: str) -> None:
    """Open a step of it from the list."""
    visit.open("/admin/notices/notice/")
    with visit.page.expect_navigation():
        visit.page.click(f"tr:has-text('{title}') a:text-is('{words}')")


def published(visit: Visit, second: Visit, title: str) -> None:
    """Sent for review by who wrote it, published by somebody else: nobody publishes what they wrote."""
    step(visit, title, "Send for review")
    with visit.page.expect_navigation():
        visit.page.click("#content input[type=submit]")
    step(second, title, "Publish")
    with second.page.expect_navigation():
        second.page.get_by_role("button", name=re.compile("^Publish and tell")).click()
    expect(second.page.locator(".messagelist")).to_contain_text("people are told")


def rises_by_hand(before: list[tuple[str, int]], after: list[tuple[str, int]], goods: Goods, first_day: date) -> None:
    """The line of the bond rises by a tenth of a quarter of the value of each month from the first day on."""
    ahead = [month for month, _ in before][-12:]
    begins = ahead.index(f"{first_day:%b %Y}")
    for n, ((month, was), (same, now)) in enumerate(zip(before[-12:], after[-12:], strict=True)):
        assert month == same
        added = goods.more(month_abbr[:].index(one[:3]) for one in ahead[begins : n + 1]) / 10
        assert now - was == pytest.approx(float(added), abs=1), month
    assert after[-1][1] > before[-1][1] > 0


def test_a_notice_that_adds_25_percent_is_read_in_dollars_by_whom_it_touches_and_moves_their_bond(
    portal: Portal, door: Door, goods: Goods
) -> None:
    title = f"Goods of {goods.heading}: 25 percentage points more"
    first_day = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)
    importer, visit = door.enter("importer"), door.enter("hq")
    before = forecast_of(importer)
    drafted(visit, title, goods, first_day)
    assert portal.one("SELECT count(*) FROM notifications_message WHERE subject = %s", title) == 0
    step(visit, title, "See whom it tells")
    year = f"{money(goods.more(range(1, 13)))} more a year"
    mine = visit.page.locator("tr:has(th:text-is('Corvanter Imports'))")
    expect(mine).to_contain_text(amount(goods.value))
    expect(mine).to_contain_text(amount(goods.more(range(1, 13))))
    published(visit, door.enter("approver"), title)

    mail = importer.page.locator(f"main table a:has-text('{title}')")

    def arrived() -> bool:
        importer.open("/mailbox/")
        return mail.count() > 0

    # It waits for what it says of the bond; that is looked at a minute later.
    assert eventually(arrived, 150)
    assert mail.count() == 1
    with importer.page.expect_navigation():
        mail.click()
    said = re.compile(
        f"You imported {re.escape(money(goods.value))} of this .*; at the new rate about {re.escape(year)}"
    )
    expect(importer.page.locator("main")).to_contain_text(said)
    expect(importer.page.locator("main")).to_contain_text("An additional duty of 25 percent")
    for page in ("/inbox/", "/notices/"):
        importer.open(page)
        expect(importer.page.locator(f"main tr:has-text('{title}')")).to_contain_text(said)
    with importer.page.expect_navigation():
        importer.page.click(f"main table a:has-text('{title}')")
    expect(importer.page.locator("main")).to_contain_text(said)

    rises_by_hand(before, forecast_of(importer), goods, first_day)
    manager = door.enter("manager")
    manager.open("/")
    expect(manager.page.locator("main")).to_contain_text(f"{title}, from {long_day(first_day)}")

    # Publishing again is refused, and nobody is told twice.
    notice = portal.one("SELECT id FROM notices_notice WHERE number = '99900001'")
    visit.open(f"/admin/notices/notice/{notice}/publish/")
    with visit.page.expect_navigation():
        visit.page.click("#content input[type=submit]")
    expect(visit.page.locator(".messagelist")).to_contain_text("published already")
    twice = """SELECT count(*) FROM (SELECT person_id FROM notifications_delivery d JOIN notifications_message m
               ON m.id = d.message_id WHERE m.subject = %s GROUP BY 1 HAVING count(*) > 1) AS twice"""
    assert portal.one(twice, title) == 0
    assert importer.complaints == []
    assert visit.complaints == []
    assert manager.complaints == []
