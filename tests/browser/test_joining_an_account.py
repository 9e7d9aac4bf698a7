"""An invitation, from the account's page by mail to the one invited, who comes in, and out again when removed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visits import Door, Portal, Visit
from tests.servers.machine import eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes]

INVITED, PASSWORD = "una.invited@demo.example", "brings-her-own-44"


def mail_of(visit: Visit, to: str) -> None:
    """Open the newest mail to somebody, who has no sign-in yet, as headquarters."""
    mails = visit.page.locator(f"main table tbody tr:has-text('{to}') a")

    def arrived() -> bool:
        visit.open("/mailbox/")
        return mails.count() > 0

    assert eventually(arrived, 90)
    with visit.page.expect_navigation():
        mails.first.click()


def test_who_is_invited_comes_in_by_the_mail_and_goes_when_removed(portal: Portal, door: Door) -> None:
    importer = door.enter("importer")
    importer.open("/people/invite/")
    importer.page.fill("[name=name]", "Una Invited")
    importer.page.fill("[name=email]", INVITED)
    with importer.page.expect_navigation():
        importer.page.click("main button[type=submit]")
    expect(importer.page.locator("main")).to_contain_text(f"{INVITED} is invited")

    hq = door.enter("hq")
    mail_of(hq, INVITED)
    hq.page.set_viewport_size({"width": 390, "height": 1000})
    assert hq.sideways() == 0, "the address to accept at is one word of a hundred letters"
    address = re.search(r"http://\S+/invitations/\S+", hq.page.inner_text("main"))
    assert address, hq.page.inner_text("main")

    una = door.stranger()
    una.open(address[0])
    with una.page.expect_navigation():
        una.page.click("main button[type=submit]")
    for field in una.page.locator("main input[type=password]").all():
        field.fill(PASSWORD)
    assert una.axe() == []
    with una.page.expect_navigation():
        una.page.click("main button[type=submit]")
    if "/sign-in/" in una.page.url:
        door.sign_in(una, INVITED, PASSWORD)
    una.open("/examinations/")
    expect(una.page.locator("h1")).to_have_text("Examinations")
    assert una.complaints == []

    importer.open("/people/")
    with importer.page.expect_navigation():
        importer.page.click("main a:has-text('Una Invited')")
    with importer.page.expect_navigation():
        importer.page.click("main button:has-text('Remove')")
    assert importer.complaints == []
    una.open("/examinations/")
    expect(una.page.locator("main")).to_contain_text("You belong to no account at the moment.")
