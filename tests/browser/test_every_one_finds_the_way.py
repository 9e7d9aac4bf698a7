"""Each of the demonstration's people signs in through the form and walks from the first page to one row and back;
every page of every role is open to all, wide and narrow, and no browser complains."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visits import OPEN_TO_ALL, PEOPLE, WIDTHS, Door, kind_of, links_of

pytestmark = [pytest.mark.browser, pytest.mark.processes]

#: Per person: what is clicked one after the other, and the heading or address that has to follow.
MEMBER = [
    ("nav.usa-nav a:has-text('Examinations')", "/examinations/"),
    ("main table tbody th a >> nth=0", "/examinations/N/"),
    (".crumb a:text-is('Examinations')", "/examinations/"),
    ("nav.usa-nav a:has-text('Today')", "/"),
]
#: So small a demonstration has examined nothing of the stranger's: its list says so, and its row is a notice.
STRANGER = [
    ("nav.usa-nav a:has-text('Examinations')", "/examinations/"),
    ("nav.usa-nav a:has-text('Notices')", "/notices/"),
    ("main table tbody th a >> nth=0", "/notices/ID/"),
    (".crumb a:text-is('Notices')", "/notices/"),
    ("nav.usa-nav a:has-text('Today')", "/"),
]
MANAGER = [
    ("main table a[href^='/accounts/'] >> nth=-1", "/accounts/ID/"),
    (".pages a:text-is('Examinations')", "/accounts/ID/examinations/"),
    (".pages a:text-is('Overview')", "/accounts/ID/"),
    (".crumb a:text-is('Accounts')", "/accounts/"),
    ("nav.usa-nav a:has-text('Today')", "/"),
]
EXPERT = [("a:text-is('Demo mailbox')", "/mailbox/"), ("nav.usa-nav a:has-text('Today')", "/")]
HEADQUARTERS = [
    ("nav.usa-nav a:has-text('Measurement')", "/measurement/"),
    ("main table tbody th a >> nth=0", "/measurement/N/"),
    (".crumb a:text-is('Measurement')", "/measurement/"),
    ("nav.usa-nav a:has-text('Loads')", "/loads/"),
    ("main table tbody th a >> nth=0", "/loads/ID/"),
    (".crumb a:text-is('Loads')", "/loads/"),
    ("nav.usa-nav a:has-text('Today')", "/"),
]
WALKS = {
    "importer": MEMBER,
    "broker": MEMBER,
    "stranger": STRANGER,
    "manager": MANAGER,
    "expert": EXPERT,
    "hq": HEADQUARTERS,
    "approver": HEADQUARTERS,
}

MEMBERS = ("importer", "broker", "stranger")


def path_of(page: Page) -> str:
    return kind_of("/" + page.url.split("/", 3)[3])


@pytest.mark.parametrize("person", PEOPLE)
def test_from_the_first_page_to_one_row_and_back(door: Door, person: str) -> None:
    visit = door.enter(person)
    visit.open("/")
    expect(visit.page.locator("h1")).to_contain_text("Today")
    for click, arrives in WALKS[person]:
        with visit.page.expect_navigation():
            visit.page.click(click)
        assert path_of(visit.page) == arrives
        expect(visit.page.locator("h1")).not_to_be_empty()
    assert visit.complaints == []


@pytest.mark.parametrize("person", [one for one in PEOPLE if one != "approver"])  # of headquarters, as hq is
def test_every_page_is_open_to_all_and_no_wider_than_the_window(door: Door, person: str) -> None:
    visit = door.enter(person)
    # A member's pages have a second address below the own account: the same page, walked once.
    own = f"/accounts/{door.portal.account_of(person)}/" if person in MEMBERS else None

    def page_of(path: str) -> str:
        return kind_of(path.replace(own, "/") if own and path != own else path)

    waiting, seen, wrong = ["/", *(OPEN_TO_ALL if person == "importer" else ())], set(), []
    widths = WIDTHS
    while waiting:
        path = waiting.pop(0)
        visit.open(path)
        kind = page_of("/" + visit.page.url.split("/", 3)[3])
        if kind in seen:
            continue
        seen |= {kind, page_of(path)}
        widths = widths[::-1]  # the window stays as the page before left it
        for width in widths:
            visit.page.set_viewport_size({"width": width, "height": 1000})
            wrong += [f"{kind} at {width}: {fault}" for fault in visit.axe()]
            if visit.sideways() > 0:
                wrong.append(f"{kind} at {width}: scrolls sideways by {visit.sideways()} pixels")
        known = {page_of(one) for one in waiting} | seen
        for link in links_of(visit.page):
            if page_of(link) not in known:
                known.add(page_of(link))
                waiting.append(link)
    assert len(seen) >= 4, seen
    assert wrong == []
    assert visit.complaints == []


def test_before_signing_in_the_open_pages_are_open_to_all_too(door: Door) -> None:
    visit = door.stranger()
    for path in ("/sign-in/", "/sign-in/forgotten/", *OPEN_TO_ALL):
        visit.open(path)
        for width in WIDTHS:
            visit.page.set_viewport_size({"width": width, "height": 1000})
            assert visit.axe() == [], path
            assert visit.sideways() <= 0, path
    assert visit.complaints == []


FAULTS = {
    "color-contrast": "<h1 style='color: #bbb'>Faint</h1>",
    "label": "<input>",
    "link-name": "<a href='/'></a>",
    "aria-valid-attr-value": "<a href='/' aria-hidden=perhaps>Home</a>",
    "list": "<ul><p>Text</p></ul>",
    "image-alt": "<img src='data:,'>",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noticed_wherever_it_stands_first(door: Door, fault: str) -> None:
    visit = door.stranger()
    sound = (
        "<h1>Dark</h1><label>Name <input></label><a href='/'>Home</a><ul><li>Text</li></ul><img alt='' src='data:,'>"
    )
    page = "<html lang=en><title>A page</title><main>{}</main></html>"
    visit.page.set_content(page.format(sound))
    assert visit.axe() == []
    visit.page.set_content(page.format(sound + FAULTS[fault]))
    assert fault in [found.split(":")[0] for found in visit.axe()]
    visit.page.set_content(page.format(sound + FAULTS[fault]).replace("A page", ""))
    assert [found.split(":")[0] for found in visit.axe()] == ["document-title"]


@pytest.mark.parametrize(
    ("style", "fault"), [("tr:nth-child(even) { color: #bbb }", "color-contrast"), ("", "image-alt"), ("", "label")]
)
def test_a_fault_is_noticed_in_the_second_of_two_rows_that_are_alike(door: Door, style: str, fault: str) -> None:
    """What lies as something that was looked at already is left out, and no row that differs from those above it."""
    visit = door.stranger()
    page = "<html lang=en><title>A page</title><style>{}</style><main><h1>Dark</h1><table>{}{}</table></main></html>"
    row = "<tr><td>Text {}</td></tr>"
    visit.page.set_content(page.format("", row.format(""), row.format("")))
    assert visit.axe() == []
    visit.page.set_content(page.format(style, row.format(""), row.format("" if style else FAULTS[fault])))
    assert fault in [found.split(":")[0] for found in visit.axe()]
