"""An importer answers a question by keys alone: from the first page to the table, to a cell's rows, to one of them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visits import Door, kind_of

pytestmark = [pytest.mark.browser, pytest.mark.processes]

#: No page has so many places to stop at before what is looked for here.
MOST_STOPS = 200
#: Whether the element that holds the focus is the one looked for, whether anybody sees that it holds it, and what it is.
HELD = """
wanted => {
  const one = document.activeElement, {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(one);
  return [one.matches(wanted), one.matches(':focus-visible') && (outlineStyle != 'none' && outlineWidth != '0px' || boxShadow != 'none'),
    one.localName == 'body' ? 'BODY' : one.outerHTML.slice(0, 200)];
}"""


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what is wanted holds the focus; whatever holds it on the way can be seen to."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        held, seen, where = page.evaluate(HELD, wanted)
        assert where != "BODY", f"No key leads to {wanted} on {page.url}."
        assert seen, f"Nobody sees that {where} holds the focus on {page.url}."
        if held:
            return
    raise AssertionError(f"No key leads to {wanted} on {page.url}.")


def enter(page: Page, wanted: str) -> str:
    """Follow or send what is wanted; the address that it leads to, without its numbers."""
    tab_to(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return kind_of("/" + page.url.split("/", 3)[3])


def test_the_way_from_the_first_page_to_a_row_behind_a_cell(door: Door) -> None:
    visit = door.enter("importer")
    page = visit.page
    visit.open("/")
    assert enter(page, ".usa-nav a[href='/examinations/figures/']") == "/examinations/figures/"
    assert enter(page, ".pages a[href='/explore/']") == "/explore/"
    tab_to(page, "select[name=measure]")
    page.keyboard.type("Cargo")
    tab_to(page, "select[name=rows]")
    page.keyboard.type("Port")
    tab_to(page, "select[name=columns]")
    page.keyboard.type("Quarter")
    assert enter(page, "main form button[type=submit]") == "/explore/"
    assert re.search("measure=cargo&rows=port&columns=quarter", page.url)
    counted = page.locator("main table tbody tr >> nth=0").locator("td").last.inner_text()
    assert enter(page, "main table tbody tr:first-child td:last-child a") == "/examinations/"
    expect(page.locator("main table tbody tr")).to_have_count(min(int(counted), 15))
    assert enter(page, "main table tbody th a") == "/examinations/N/"
    expect(page.locator("h1")).not_to_be_empty()
    assert visit.complaints == []


def test_the_first_stop_of_a_page_leads_past_its_menu(door: Door) -> None:
    page = door.enter("importer").page
    page.goto("/examinations/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")
