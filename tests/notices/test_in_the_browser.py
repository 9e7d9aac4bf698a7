"""From the admin to the mailbox to the page, in a real browser: written, published, sent, opened, said to be read."""

import datetime
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from notices.models import Notice
from notifications import sending
from notifications.models import Delivery
from servers.environment import chromium
from tests.committed import at_once
from tests.demonstration.test_the_mailbox import sink
from tests.named_people import PASSWORD, World
from tests.notices.writing import second_person

__all__ = ["sink"]
pytestmark = pytest.mark.browser
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
#: Where pictures go for a person to look at; nowhere unless asked.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield found
        found.close()


@pytest.fixture
def address(living: World, sink: int, settings: Any) -> Iterator[str]:
    server = LiveServer("127.0.0.1")
    settings.PORTAL_ADDRESS, settings.DEMONSTRATION = server.url, True
    settings.EMAIL_BACKEND = "notifications.mail.FromHere"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink
    yield server.url
    server.stop()


def sign_in(browser: Any, address: str, email: str) -> Page:
    page: Page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address + "/sign-in/")
    page.get_by_label("Email").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Sign out")).to_be_visible()
    return page


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def read_by() -> list[str]:
    return list(Delivery.objects.exclude(read_at=None).values_list("person__email", flat=True))


def test_a_notice_goes_from_the_admin_to_the_importers_screen(living: World, address: str, browser: Any) -> None:
    page = sign_in(browser, address, living.hq.email)
    page.goto(address + "/admin/notices/notice/add/")
    page.locator("#id_kind").select_option("FR")
    page.locator("#id_subject").select_option("tariff")
    page.get_by_label("Number").fill("90 FR 34665")
    page.get_by_label("Title").fill("Motors of 8501 from China: 25 percentage points more")
    page.get_by_label("What changes").fill("The rate changes for goods entered on or after the effective date.")
    page.get_by_label("What you must do").fill("Confirm that you have read this, and check your bond.")
    page.get_by_label("Effective date").fill((timezone.localdate() + datetime.timedelta(days=52)).isoformat())
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="See whom it tells").click()
    expect(page.get_by_text("told to 6 people")).to_be_visible()
    page.goto(address + "/admin/notices/notice/")
    page.get_by_role("link", name="Send for review", exact=True).click()
    page.get_by_role("button", name="Send for review").click()
    (second,) = at_once(second_person)
    page = sign_in(browser, address, second.email)
    page.goto(address + "/admin/notices/notice/")
    page.get_by_role("link", name="Publish", exact=True).click()
    picture(page, "publish")
    page.get_by_role("button", name="Publish and tell 6 people").click()
    expect(page.get_by_text("Published; 6 people are told.")).to_be_visible()
    assert at_once(sending.send_all) == [6]  # on a thread of its own: this one is the browser's
    (notice,) = at_once(Notice.objects.get)

    page = sign_in(browser, address, living.robin.email)
    page.goto(address + "/mailbox/")
    picture(page, "mailbox")
    page.get_by_role("link", name=notice.title).click()
    picture(page, "mail-text")
    page.get_by_role("link", name="See it as a mail program shows it").click()
    picture(page, "mail")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "mail-phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Read it in the portal").click()
    picture(page, "notice")
    assert at_once(read_by) == [[]]
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_text("Marked as read")).to_be_visible()
    assert at_once(read_by) == [[living.robin.email]]
    page.goto(address + "/notices/")
    picture(page, "notices")
