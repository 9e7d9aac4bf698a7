"""A file on its way: how far it is, what is too large, what the portal says of it, and all of it without a script too."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visits import PATIENCE, Door, Portal, Visit
from tests.examinations.loading.files import entry_row
from tests.servers.machine import eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes]
SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 150_000}


@pytest.fixture
def file(portal: Portal, tmp_path: Path, a_month_ago: date) -> Path:
    """Some hundred kilobytes of the importer's own entries."""
    number = portal.one(
        "SELECT min(value) FROM accounts_identifier WHERE account_id = %s AND kind = 'importer'",
        portal.account_of("importer"),
    )
    same = {"Importer Number": number, "Importer Name": "", "Entry Date": a_month_ago.strftime("%m/%d/%Y"),
            "Entry Summary Date": ""}  # fmt: skip
    path = tmp_path / "own ES-003.csv"
    with path.open("w", newline="") as written:
        writer = csv.DictWriter(written, entry_row())
        writer.writeheader()
        writer.writerows(entry_row(serial, **same) for serial in range(9_100_001, 9_102_001))
    return path


def choose(visit: Visit, file: Path) -> None:
    visit.open("/uploads/")
    visit.page.set_input_files("[name=file]", file)


def test_a_bar_shows_how_far_a_file_is(door: Door, file: Path) -> None:
    visit = door.enter("importer")
    choose(visit, file)
    wire = visit.page.context.new_cdp_session(visit.page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    visit.page.click("main button:has-text('Load the file')")
    bar = visit.page.get_by_label(re.compile("^Sending own ES-003.csv"))
    expect(bar).to_be_visible()
    expect(visit.page.locator("main button:has-text('Load the file')")).to_be_disabled()
    visit.page.wait_for_function("() => { const v = document.querySelector('progress').value; return v > 5 && v < 95 }")
    assert visit.axe() == []
    visit.page.wait_for_url("**/uploads/*-*/", timeout=PATIENCE)
    expect(visit.page.locator("h1")).to_have_text(file.name)
    assert visit.complaints == []


def test_a_file_that_is_too_large_is_not_sent(door: Door, file: Path) -> None:
    visit = door.enter("importer")
    visit.open("/uploads/")
    visit.page.evaluate("document.querySelector('form[data-upload]').dataset.limit = 100000")
    sent = []
    visit.page.on("request", lambda request: sent.append(request.method))
    visit.page.set_input_files("[name=file]", file)
    expect(visit.page.get_by_role("alert").filter(has_text="are taken. Send it in parts")).to_be_visible()
    visit.page.click("main button:has-text('Load the file')")
    assert "POST" not in sent
    assert visit.axe() == []
    assert visit.complaints == []


def test_what_the_portal_refuses_is_said_and_read_out_on_the_page(door: Door, file: Path) -> None:
    visit = door.enter("importer")
    choose(visit, file)
    visit.page.fill("[name=as_of]", "12/31/2099")
    visit.page.click("main button:has-text('Load the file')")
    alert = visit.page.get_by_role("alert").filter(has_text="The file was not taken.")
    expect(alert).to_be_focused()
    expect(visit.page.locator("main")).to_contain_text("A report cannot be of a day to come.")
    assert visit.axe() == []


def test_without_a_script_the_form_is_sent_as_ever(portal: Portal, door: Door, file: Path, tmp_path: Path) -> None:
    door.enter("importer")
    visit = door.stranger(storage_state=door.kept["importer"], java_script_enabled=False)
    other = tmp_path / "without script.csv"
    other.write_bytes(file.read_bytes())
    running = "SELECT count(*) = 0 FROM examinations_load WHERE finished_at IS NULL"
    assert eventually(lambda: portal.one(running), 60)
    choose(visit, other)
    with visit.page.expect_navigation():
        visit.page.click("main button:has-text('Load the file')")
    expect(visit.page.locator("h1")).to_have_text(other.name)
