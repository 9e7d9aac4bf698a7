"""The running portal, with its real processes and logins, and one Chromium for all tests of this folder."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from servers.environment import chromium as chromium_of_this_machine
from tests.browser.visits import Door, Portal
from tests.servers.machine import Running

#: Else each window has two more pages behind it that nobody sees, every page is drawn for a bar of suggestions, and
#: behind each page waits a process for the next one.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess")
#: What Playwright turns off and the last list on a command line must repeat.
OFF = ("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay",
       "MediaRouter", "PaintHolding", "OptimizationHints", "PreconnectToSearch")  # fmt: skip
FLAGS = [
    f"--disable-features={','.join(UNSEEN + OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Scripts live for a page: compiling them better beside is thrown away with it.
    "--js-flags=--single-threaded",
]


@pytest.fixture(scope="package")
def portal(serving: Running) -> Portal:
    return Portal(serving.machine, serving)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Its scope ends with this folder: Playwright's loop would stand in the way of other tests."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_of_this_machine(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def door(portal: Portal, chromium: Browser) -> Iterator[Door]:
    """Where people come in; it remembers who has signed in already."""
    door = Door(portal, chromium)
    yield door
    door.close()


@pytest.fixture
def a_month_ago() -> date:
    """A day of last month: inside the twelve whole months that scores are made of."""
    return timezone.localdate().replace(day=1) - timedelta(days=10)


@pytest.fixture(autouse=True)
def _nobody_stays(door: Door) -> Iterator[None]:
    """Windows of a test are closed behind it: thirty open ones cost Chromium more than the pages do."""
    yield
    door.close()
