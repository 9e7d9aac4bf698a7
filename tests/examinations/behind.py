"""How many rows stand behind a link, as its page counts them: for tests that follow hundreds of links."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client, RequestFactory

from accounts.models import Account, Person
from accounts.scope import acting_for
from examinations.entries.asked import EntryList
from examinations.list_sums import sums_of
from examinations.listing import ExaminationList
from examinations.views.exports import asked_of

#: What a page of a list reads, before it is drawn.
LISTS = {
    "/examinations/": lambda asked: sums_of(ExaminationList(asked)),
    "/entries/": lambda asked: EntryList(asked).sums(),
}


def listed(client: Client, address: str) -> int:
    """How many rows a page of a list counts."""
    page = client.get(address)
    assert page.status_code == 200, address
    return int(page.context["page"].paginator.count)


class Behind:
    """Counts what a link of one reader lists; the first of each set of filters is asked of the page itself, and of what
    the page reads, which have to agree; the others of what it reads alone, for a quarter of the time."""

    def __init__(self, client: Client, account: Account) -> None:
        self.client, self.account = client, account
        self.person = Person.objects.get(pk=client.session["_auth_user_id"])
        self.known: dict[str, int] = {}
        self.tried: set[tuple[str, ...]] = set()

    def __call__(self, link: str) -> int:
        if link not in self.known:
            parts = urlsplit(link)
            page = "/" + parts.path.rstrip("/").rpartition("/")[2] + "/"
            way = (page, *sorted(parse_qs(parts.query)))
            if page not in LISTS or way not in self.tried:
                self.known[link] = self._drawn(link)
            if page in LISTS:
                read = self._read(link, page)
                assert self.known.setdefault(link, read) == read, link
            self.tried.add(way)
        return self.known[link]

    def _drawn(self, link: str) -> int:
        page = self.client.get(link)
        assert page.status_code == 200, link
        return int(page.context["sums"]["count"])

    def _read(self, link: str, page: str) -> int:
        request: Any = RequestFactory().get(link)
        with acting_for(self.person) as reach:
            request.user, request.reach = self.person, reach
            return int(LISTS[page](asked_of(request, self.account))["count"])
