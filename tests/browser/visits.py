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
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"color-contrast": {"enabled": False}},
}
#: Whether a text can be read against its ground is a matter of the style sheet alone (no page styles an element by
#: itself), and takes four fifths of axe's time: measured once for each way in which elements with their classes and
#: states lie in each other, at each width, whoever looks at whichever page.
CONTRAST = """
async measured => {
  const known = new Set(measured), fresh = [], ways = [];
  const step = one => [one.localName, one.className.baseVal ?? one.className, one.getAttribute('aria-current'), one.type,
    one.disabled, one.open].join();
  for (const one of document.querySelectorAll('body *')) {
    if (![...one.childNodes].some(node => node.nodeType == 3 && node.data.trim()) || !one.checkVisibility()) continue;
    let way = '';
    for (let at = one; at != document.body; at = at.parentElement) way += step(at) + '>';
    if (known.has(way)) continue;
    known.add(way); ways.push(way); fresh.push(one);
  }
  if (!fresh.length) return [[], []];
  const found = await axe.run({include: fresh}, {runOnly: {type: 'rule', values: ['color-contrast']}});
  return [found.violations, ways];
}"""
#: A list's rows come from one template: those past the first dozen say nothing new.
LIKE_THOSE_ABOVE = "tbody tr:nth-child(n + 13)"
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
    #: By width, what contrast was measured of already; a door's visits share it.
    measured: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

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
        """What axe finds against WCAG 2.2 AA on the open page; of a long table, in its first rows."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE)
        run = "([leave, rules]) => axe.run({exclude: leave}, rules)"
        found = self.page.evaluate(run, [[LIKE_THOSE_ABOVE], RULES])["violations"]
        assert self.page.viewport_size
        measured = self.measured[self.page.viewport_size["width"]]
        faint, ways = self.page.evaluate(CONTRAST, list(measured))
        measured |= set(ways)
        found += faint
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


class Door:
    """Lets people in through the form, each once; later visits keep the cookie."""

    def __init__(self, portal: Portal, browser: Browser) -> None:
        self.portal, self.browser = portal, browser
        self.kept: dict[str, Any] = {}
        self.open: list[BrowserContext] = []
        self.measured: dict[int, set[str]] = defaultdict(set)

    def stranger(self, **options: Any) -> Visit:
        """A browser that nobody has signed in from."""
        context = self.browser.new_context(
            base_url=self.portal.address, viewport={"width": WIDTHS[0], "height": 1000}, **options
        )
        self.open.append(context)
        return Visit(context.new_page(), measured=self.measured)

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
        for context in self.open:
            context.close()


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
