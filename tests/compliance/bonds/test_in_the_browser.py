"""The page of a bond and headquarters' list in a real browser, on a telephone and on a desk: nothing reaches beyond the screen."""

import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, Delinquency
from compliance.bonds.reviewing import review
from examinations.figures.period import months_earlier
from examinations.models import EntryMonth
from servers.environment import chromium
from tests.committed import at_once
from tests.compliance.bonds.conftest import BASE, TODAY, make_bonded
from tests.compliance.bonds.test_reviewing import number_of
from tests.named_people import PASSWORD, World

pytestmark = pytest.mark.browser
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
#: Where pictures go for a person to look at; nowhere unless asked.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield found
        found.close()


@pytest.fixture
def large(living: World) -> World:
    """A bond of nine digits, of whose $1,801,700,000 deposited $900,000,000 came back; and overdue bills for headquarters' list."""
    bond = make_bonded(living)
    months = EntryMonth.objects.filter(identifier=number_of(living.quillard), month=months_earlier(TODAY, 2))
    months.update(duty=Decimal(1_800_000_000), duties_taxes_fees=Decimal(1_800_000_000), refunded=Decimal(900_000_000))
    Bond.objects.filter(pk=bond.pk).update(amount=Decimal(123_400_000))
    return living


@pytest.fixture
def address(large: World, settings: Any) -> Iterator[str]:
    settings.WHITENOISE_USE_FINDERS = True  # how wide a page is its sheets say, and nobody collected them yet
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def sign_in(browser: Any, address: str, email: str, width: int) -> Page:
    page: Page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(address + "/sign-in/")
    page.get_by_label("Email").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1").first).to_be_visible()
    return page


def beyond(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def reviewed(world: World, *, overdue: bool = False) -> None:
    if overdue:
        Delinquency.record(world.quillard, since=TODAY, by=world.jordan, today=TODAY)
    review(None, TODAY)
    look_ahead([world.quillard.pk], TODAY)


def test_both_columns_of_the_ledger_stand_side_by_side_on_any_screen(large: World, address: str, browser: Any) -> None:
    for overdue in (False, True):
        at_once(
            lambda overdue=overdue: reviewed(large, overdue=overdue)
        )  # on a thread of its own: this one is the browser's
        for width in (390, 1440):
            page = sign_in(browser, address, large.robin.email, width)
            page.goto(f"{address}/bond/")
            picture(page, f"{'overdue' if overdue else 'refunds'}-{width}")
            ledger = page.get_by_role("table", name="The amount step by step")
            for words in ("As deposited $", "Net of refunds $", "This decides", "1,801,700,000"):
                box = ledger.get_by_text(words).first.bounding_box()
                assert box, words
                assert box["x"] >= 0, (words, box)
                assert box["x"] + box["width"] <= width, (words, box)
            assert beyond(page) == 0
            staff = sign_in(browser, address, large.hq.email, width)
            for path in ("/bonds/", BASE.format(large.quillard.pk)):
                staff.goto(address + path)
                picture(staff, f"staff-{path.strip('/').split('/')[-1]}-{overdue}-{width}")
                assert beyond(staff) == 0, path
