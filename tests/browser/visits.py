"""How people come to the portal and what is noticed on the way: complaints of the browser, of the server, of axe."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests.servers.machine import Machine, Running

PASSWORD = "import-with-care"
PEOPLE = ("importer", "broker", "stranger", "manager", "expert", "hq", "approver")
AXE = Axe().axe_script
#: Of what passes axe need not say where it stands: to name every element costs as much as to look at it.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "selectors": False,
}
#: What axe finds follows from how elements lie in each other, with their classes, attributes, states and names. All
#: pages together are made of some thousand such ways, and axe needs a second for a page: so it looks at the elements
#: that lie in a way which nobody has shown at this width yet, and is given to no page that has none. Colours and the
#: size and weight of letters are of a way: of the rows of a table every other one may be striped, and one may warn. A
#: way is a number of 53 bits. Here: whether the page has a title, and the ways of what it shows.
WAYS = """
() => {
  const ways = new Map([[document, '']]), shown = new Map();
  const number = text => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(at), 1597334677);
    }
    return 4294967296 * (2097151 & (b ^ (a >>> 16))) + (a ^ (b >>> 13)) % 4294967296;
  };
  const ids = {};
  for (const one of document.querySelectorAll('[id]')) ids[one.id] = (ids[one.id] ?? 0) + 1;
  const refers = (one, name) => one.getAttribute(name)?.trim().split(/\\s+/).map(id => ids[id] ?? 0);
  // What a list or a part with a role may hold is a rule about it, not about what it holds.
  const holds = one => one.matches('ul, ol, dl, [role]') && [...new Set([...one.children].map(at => at.localName))].sort();
  const drawn = ({color, backgroundColor, backgroundImage, fontSize, fontWeight, opacity}) =>
    [color, backgroundColor, backgroundImage, fontSize, fontWeight, opacity];
  const step = one => [one.localName, one.className.baseVal ?? one.className, one.getAttributeNames().sort(), one.type,
    drawn(getComputedStyle(one)),
    ...['role', 'scope', 'lang', 'tabindex', 'autocomplete', 'aria-current', 'aria-expanded'].map(n => one.getAttribute(n)),
    ...['for', 'headers', 'aria-labelledby', 'aria-describedby', 'aria-controls'].map(name => refers(one, name)),
    holds(one), one.disabled, one.open, one.labels?.length, ids[one.id] > 1,
    [one.textContent, one.alt, one.title, one.ariaLabel, one.value].map(text => !String(text ?? '').trim())].join();
  for (const one of document.querySelectorAll('html, body, body *')) {
    const way = number(ways.get(one.parentNode) + '>' + step(one));
    ways.set(one, way);
    if (!shown.has(way) && one.checkVisibility()) shown.set(way, one);
  }
  globalThis.shown = [...shown.values()];
  return [!!document.title.trim(), [...shown.keys()].join(' ')];
}"""
LOOK = """
async ([places, rules]) => {
  const fresh = new Set(places.map(at => shown[at]));
  // With an element axe looks at all that it holds.
  const outermost = [...fresh].filter(one => !fresh.has(one.parentNode));
  // But not at what was looked at already: the second row of a table, where it is as the first.
  const holds = new Set();
  for (let one of fresh) for (; one && !holds.has(one); one = one.parentNode) holds.add(one);
  const known = outermost.flatMap(at => [...at.querySelectorAll('*')]).filter(
    one => !holds.has(one) && holds.has(one.parentNode) && one.checkVisibility());
  const {violations} = await axe.run({include: fresh.has(document.body) ? [document] : outermost, exclude: known}, rules);
  return violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))]);
}"""
WIDTHS = (1440, 390)
#: Pages that say the same to everybody; seen once as nobody and once as the importer.
OPEN_TO_ALL = ("/about/", "/words/", "/accessibility/", "/privacy/")
PATIENCE = 60_000  # milliseconds: a machine that does much else beside is no failure


@dataclass
class Portal:
    machine: Machine
    run: Running

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.run.port}"

    def rows(self, login: str, sql: str, *parameters: object, before: str = "") -> list[tuple[Any, ...]]:
        """What one of the three logins reads: owner, web or worker."""
        name = {"owner": "DATABASE_URL"}.get(login, f"DATABASE_{login.upper()}_URL")
        connection = psycopg2.connect(self.machine.known()["urls"][name])
        try:
            with connection, connection.cursor() as cursor:
                if before:
                    cursor.execute(before)
                cursor.execute(sql, parameters)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def one(self, sql: str, *parameters: object) -> Any:
        """The only value of the only row, as the owner reads it."""
        ((value,),) = self.rows("owner", sql, *parameters)
        return value

    def account_of(self, person: str) -> str:
        return str(
            self.one(
                "SELECT m.account_id FROM accounts_membership m JOIN accounts_person p ON p.id = m.person_id "
                "WHERE p.email = %s AND m.ended_at IS NULL",
                f"{person}@demo.example",
            )
        )


@dataclass
class Visit:
    """One person with one page, and all that browser and server complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    #: By width, the ways that were looked at already; a door's visits share it.
    looked: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def open(self, path: str) -> None:
        response = self.page.goto(path)
        assert response is not None
        assert response.status == 200, f"{response.status} {path}"

    def axe(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA where the open page differs from all pages before it."""
        assert self.page.viewport_size
        looked = self.looked[self.page.viewport_size["width"]]
        titled, shown = self.page.evaluate(WAYS)
        found = [] if titled else [("document-title", [self.page.url])]
        if fresh := [place for place, way in enumerate(shown.split()) if way not in looked]:
            looked |= set(shown.split())
            if self.page.evaluate("typeof axe") == "undefined":
                self.page.evaluate(AXE)
            found += self.page.evaluate(LOOK, [fresh, RULES])
        return [f"{rule}: {html}" for rule, nodes in found for html in nodes]

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


class Door:
    """Lets people in through the form, each once; later visits keep the cookie."""

    def __init__(self, portal: Portal, browser: Browser) -> None:
        self.portal, self.browser = portal, browser
        self.kept: dict[str, Any] = {}
        self.open: list[BrowserContext] = []
        self.looked: dict[int, set[str]] = defaultdict(set)

    def stranger(self, **options: Any) -> Visit:
        """A browser that nobody has signed in from."""
        context = self.browser.new_context(
            base_url=self.portal.address, viewport={"width": WIDTHS[0], "height": 1000}, **options
        )
        self.open.append(context)
        return Visit(context.new_page(), looked=self.looked)

    def enter(self, person: str) -> Visit:
        """A visit of one of the demonstration's people."""
        if person in self.kept:
            return self.stranger(storage_state=self.kept[person])
        visit = self.stranger()
        self.sign_in(visit, f"{person}@demo.example", PASSWORD)
        assert "/sign-in/" not in visit.page.url, visit.page.inner_text("main")
        self.kept[person] = visit.page.context.storage_state()
        return visit

    def sign_in(self, visit: Visit, login: str, password: str) -> None:
        visit.open("/sign-in/")
        visit.page.fill("[name=login]", login)
        visit.page.fill("[name=password]", password)
        with visit.page.expect_navigation():
            visit.page.click("main button[type=submit]")

    def close(self) -> None:
        while self.open:
            self.open.pop().close()


def kind_of(path: str) -> str:
    """Which page an address is, whatever row it shows."""
    path = re.sub(r"/entries/[0-9A-Z]{11}/", "/entries/N/", path)
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path.split("?")[0].split("#")[0])
    return re.sub(r"/mailbox/[^/]+/", "/mailbox/ID/", re.sub(r"/[0-9]+(?=/|$)", "/N", path))


def links_of(page: Page) -> list[str]:
    """The paths that a page leads to, in their order, without what signs out, downloads, speaks to programs or leaves."""
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    skipped = ("/admin/", "/health/", "/sign-in/sign-out/", "/static/", "/documents/", "/api/", *OPEN_TO_ALL)
    return [one for one in found if one.startswith("/") and not one.startswith(skipped) and ".csv" not in one]
