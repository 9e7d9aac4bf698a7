"""A file and a notice, from headquarters' screen through web, broker, worker and mail to the others' screens."""

import csv
import re
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg2
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from examinations.loading.load import LOCK
from tests.browser.visits import PATIENCE, Door, Portal
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


def test_a_published_notice_reaches_the_importers_mailbox_and_page_once(portal: Portal, door: Door) -> None:
    title = "Motors of heading 8501 need the maker's name on the entry"
    visit = door.enter("hq")
    visit.open("/admin/notices/notice/add/")
    visit.page.fill("[name=number]", "99900001")
    visit.page.fill("[name=title]", title)
    visit.page.fill("[name=body]", "From the day named, entries of motors name the maker.")
    visit.page.fill("[name=effective_date]", f"{timezone.localdate().year + 1}-03-01")
    visit.page.check("[name=account_kinds][value=importer]")
    with visit.page.expect_navigation():
        visit.page.click("[name=_save]")
    assert portal.one("SELECT count(*) FROM notifications_message WHERE subject = %s", title) == 0
    visit.open("/admin/notices/notice/")
    with visit.page.expect_navigation():
        visit.page.click(f"tr:has-text('{title[:30]}') a:text-is('Send for review')")
    with visit.page.expect_navigation():
        visit.page.click("#content input[type=submit]")
    second = door.enter("approver")  # nobody publishes what they wrote
    second.open("/admin/notices/notice/")
    with second.page.expect_navigation():
        second.page.click(f"tr:has-text('{title[:30]}') a:text-is('Publish')")
    with second.page.expect_navigation():
        second.page.get_by_role("button", name=re.compile("^Publish and tell")).click()
    expect(second.page.locator(".messagelist")).to_contain_text("people are told")

    importer = door.enter("importer")
    mail = importer.page.locator(f"main table a:has-text('{title[:30]}')")

    def arrived() -> bool:
        importer.open("/mailbox/")
        return mail.count() > 0

    assert eventually(arrived, 90)
    assert mail.count() == 1
    with importer.page.expect_navigation():
        mail.click()
    expect(importer.page.locator("main")).to_contain_text("entries of motors name the maker")
    importer.open("/notices/")
    with importer.page.expect_navigation():
        importer.page.click(f"main table a:has-text('{title[:30]}')")
    expect(importer.page.locator("main")).to_contain_text(title)
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
