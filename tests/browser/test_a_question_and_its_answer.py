"""One question all the way: asked from a held shipment, an expert behind the manager, replied to by mail, and offered to the
next importer who types the same."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visits import PATIENCE, Door, Visit
from tests.servers.machine import eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes]

QUESTION = "Which papers open the crates of our held turbine blades sooner?"
PROPOSAL = "A packing list by crate is enough; ask for it before the blades are moved."
ANSWER = "Send a packing list with one line a crate, and the maker's data sheets."
REPLY = "The packing list went out this morning; is a stamp needed on it?"


def press(visit: Visit, button: str) -> None:
    with visit.page.expect_navigation():
        visit.page.click(button)


def reply_by_mail(importer: Visit, number: str) -> None:
    """Answer the mail that tells of the answer, as a mail program would; the answer itself stands in no mail."""
    mails = importer.page.locator(f"main table tbody a:has-text('Answered: {number}')")

    def arrived() -> bool:
        importer.open("/mailbox/")
        return mails.count() > 0

    assert eventually(arrived, 120)
    with importer.page.expect_navigation():
        mails.first.click()
    for unsaid in (ANSWER, PROPOSAL):
        expect(importer.page.locator("main")).not_to_contain_text(unsaid)
    importer.page.fill("#reply [name=text]", REPLY)
    press(importer, "#reply button[type=submit]")


def test_a_question_from_a_held_shipment_ends_as_an_answer_for_everybody(door: Door) -> None:
    importer, manager, expert = (door.enter(name) for name in ("importer", "manager", "expert"))
    importer.open("/examinations/?result=held")
    press(importer, "main table tbody th a >> nth=0")
    press(importer, "main a[href*='/inquiries/new/?about=']")
    importer.page.select_option("[name=category]", "hold")
    importer.page.fill("[name=subject]", "Held turbine blades")
    importer.page.fill("[name=text]", QUESTION)
    press(importer, "main button:has-text('Send the question')")
    expect(importer.page.locator(".lead")).to_contain_text("The answer is promised by")
    thread = re.sub(r"^https?://[^/]+", "", importer.page.url)

    manager.open(thread)
    manager.page.click("summary:has-text('Bring in an expert')")
    whom = manager.page.locator("[name=bring-whom] option", has_text="Harper Selwick").first.get_attribute("value")
    manager.page.select_option("[name=bring-whom]", whom)
    manager.page.fill("[name=bring-because]", "Is there a shorter way?")
    press(manager, "main button:has-text('Bring in')")

    expert.open(thread)
    expert.page.select_option("[name=note-kind]", "proposal")
    expert.page.fill("[name=note-text]", PROPOSAL)
    press(expert, "main button:has-text('Keep for staff only')")

    manager.open(thread)
    expect(manager.page.locator("main")).to_contain_text(PROPOSAL)
    manager.page.fill("[name=answer-text]", ANSWER)
    manager.page.select_option("[name=answer-authority_kind]", "cfr")
    manager.page.fill("[name=answer-authority]", "151.16(c)")
    press(manager, "main button:has-text('Send to')")

    importer.open(thread)
    expect(importer.page.locator("main")).to_contain_text(ANSWER)
    for hidden in (PROPOSAL, "Harper Selwick"):
        expect(importer.page.locator("main")).not_to_contain_text(hidden)
    reply_by_mail(importer, importer.page.inner_text("h1").replace("Inquiry", "inquiry"))

    def landed() -> bool:
        manager.open(thread)
        return REPLY in manager.page.inner_text("main")

    assert eventually(landed, 120)
    assert [one.complaints for one in (importer, manager, expert)] == [[], [], []]
    publish(door, manager, thread)


def publish(door: Door, manager: Visit, thread: str) -> None:
    """The manager proposes the answer for everybody, a second person publishes it, and another importer is offered it."""
    manager.open(thread)
    press(manager, "main a:has-text('Propose the answer for everybody')")
    press(manager, "main button[type=submit]:has-text('Propose')")
    second = door.enter("approver")
    second.open("/inquiries/knowledge/")
    press(second, f"main a:has-text('{QUESTION[:30]}')")
    press(second, "main button:has-text('Publish')")
    stranger = door.enter("stranger")
    stranger.open("/inquiries/new/")
    stranger.page.locator("[name=text]").press_sequentially("Which papers open crates of held turbine blades?")
    offered = stranger.page.locator("main").get_by_text(ANSWER[:40])
    expect(offered).to_be_visible(timeout=PATIENCE)
    expect(stranger.page.locator("main")).not_to_contain_text("Corvanter")
    assert stranger.complaints == []
    assert stranger.axe() == []
