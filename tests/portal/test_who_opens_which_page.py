"""Who opens which page: each is named here, and tried by everybody. What one may not see answers like what does not exist."""

import pytest
from django.urls import resolve

from accounts import guards
from tests.named_people import World
from tests.portal.test_every_address import OURS, example, signed_in

pytestmark = pytest.mark.django_db

EVERYBODY = ("robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq")
MEMBERS, STAFF = {"robin", "lee", "sam", "billie"}, {"jordan", "morgan", "hq"}
#: Who may open what: 200 for the named, 404 for everybody else who has signed in.
PAGES = [
    ("/inbox/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}),
    ("/inbox/how/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}),
    ("/inbox/987654321/", set()),
    ("/mail/", {"hq"}),
    ("/people/tokens/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}),
    ("/inquiries/knowledge/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}),
    ("/accounts/{quillard}/inquiries/alike/", {"robin", "lee"}),
    ("/people/invite/", {"robin", "sam", "billie"}),
    ("/accounts/{quillard}/people/987654321/", set()),
    ("/accounts/{quillard}/people/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/people/invite/", {"robin"}),
    ("/accounts/{quillard}/people/{of_lee}/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{stranger}/people/{of_lee}/", set()),
    ("/accounts/{quillard}/own-rate/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/trends/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/bond/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/bond/single-entry/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/bond/enhanced/", {"robin", "lee", "jordan", "hq"}),
    ("/bonds/", {"jordan", "morgan", "hq"}),
    ("/accounts/{quillard}/trends/987654321/", set()),
    ("/accounts/{quillard}/plan/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/plan/987654321/", set()),
    ("/accounts/{quillard}/plan/987654321/actions/987654321/", set()),
    ("/trends/all/", {"jordan", "morgan", "hq"}),
    ("/trends/across/", {"jordan", "morgan", "hq"}),
    ("/trends/across/987654321/", set()),
    ("/accounts/{quillard}/controls/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/contacts/", {"jordan", "hq"}),
    ("/inquiries/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}),
    ("/inquiries/new/", {"robin", "lee", "sam", "billie"}),
    ("/inquiries/987654321/", set()),
    ("/inquiries/promises/", {"hq"}),
    ("/inquiries/experts/", {"hq"}),
    ("/accounts/{quillard}/inquiries/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/inquiries/new/", {"robin", "lee"}),
    ("/accounts/{quillard}/inquiries/written-down/", {"jordan", "hq"}),
    ("/accounts/{quillard}/inquiries/987654321/", set()),
    ("/accounts/{quillard}/programs/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{lindale}/programs/", {"billie", "hq"}),
    ("/accounts/{quillard}/contacts/987654321/", set()),
    ("/accounts/{quillard}/controls/987654321/", set()),
    ("/accounts/{quillard}/controls/987654321/review/", set()),
    ("/notices/lead-times/", {"hq"}),
    ("/absence/", {"jordan", "morgan", "hq"}),
    ("/absence/hours/", {"jordan", "morgan"}),
    ("/managers/", {"hq"}),
    ("/center-appeals/", {"hq"}),
    ("/accounts/{quillard}/sheet/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/review/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{lindale}/review/", {"billie", "hq"}),
    ("/accounts/{lindale}/sheet/", {"billie", "hq"}),
    ("/accounts/{quillard}/sheet/night-contact/", {"robin"}),
    ("/accounts/{quillard}/hand-over-sheet/", {"jordan", "hq"}),
    ("/accounts/{stranger}/center/", {"sam", "morgan", "hq"}),
    ("/accounts/{quillard}/center/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{lindale}/center/", set()),
    ("/managers/{jordan}/hand-over/", {"hq"}),
    ("/accounts/{quillard}/managers/", {"jordan", "hq"}),
    ("/uploads/", {"robin", "lee", "sam", "billie"}),
    ("/loads/", {"hq"}),
    ("/selection/", {"hq"}),
    ("/selection/new/", {"hq"}),
    ("/selection/assignment/", {"hq"}),
    ("/effect/", {"hq"}),
    ("/effect/?round=1", {"hq"}),
    ("/effect/program/", {"hq"}),
    ("/admin/selection/candidate/", {"hq"}),
    ("/admin/measurement/measurementplan/", {"hq"}),
    ("/admin/measurement/majorrules/", {"hq"}),
    ("/admin/measurement/chaptergroups/", {"hq"}),
    ("/admin/measurement/cargolook/", {"hq"}),
    ("/admin/", {"hq"}),
    ("/admin/accounts/account/", {"hq"}),
    ("/admin/nothing/", set()),
    ("/accounts/{quillard}/examinations/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/examinations/figures/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/entries/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/entries/9XZ12345671/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{lindale}/entries/9XZ12345671/", {"billie", "hq"}),
    ("/accounts/{lindale}/entries/M2P12345679/", set()),
    ("/accounts/{stranger}/entries/9XZ12345671/", set()),
    ("/accounts/{quillard}/examinations/figures/by/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{stranger}/examinations/figures/by/", {"sam", "morgan", "hq"}),
    ("/accounts/{quillard}/examinations/figures/change/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/examinations/figures/definitions/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/brokers/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{lindale}/brokers/", set()),
    ("/accounts/{quillard}/duty/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/dates/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/dates/closing/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/entry-lines/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{stranger}/entry-lines/", {"sam", "morgan", "hq"}),
    ("/accounts/{quillard}/monthly/", {"robin", "lee", "jordan", "hq"}),
    ("/exports/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "hq"}),
    ("/accounts/{quillard}/examinations/{held}/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/examinations/{held}/detention/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/examinations/{found}/detention/", set()),
    ("/accounts/{quillard}/examinations/{held}/cost/", {"robin", "lee"}),
    ("/accounts/{lindale}/examinations/{held}/cost/", set()),
    ("/questions/", {"jordan", "morgan", "hq"}),
    ("/accounts/{quillard}/examinations/{found}/questions/", {"robin", "lee"}),
    ("/accounts/{quillard}/examinations/{held}/questions/", set()),
    ("/accounts/{lindale}/examinations/{found}/questions/", {"billie"}),
    ("/accounts/{stranger}/examinations/{found}/questions/", set()),
    ("/accounts/{quillard}/examinations/{review_open}/", {"jordan", "hq"}),
    ("/accounts/{quillard}/examinations/{of_stranger}/", set()),
    ("/accounts/{stranger}/examinations/", {"sam", "morgan", "hq"}),
    ("/accounts/{quillard}/requests/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/requests/new/", {"jordan", "hq"}),
    ("/accounts/{quillard}/requests/{asked_broker}/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/requests/{asked_stranger}/", set()),
    ("/accounts/{lindale}/requests/{asked_broker}/", {"billie", "hq"}),
    ("/accounts/{lindale}/requests/{asked_waiting}/", {"billie", "hq"}),
    ("/accounts/{lindale}/requests/{asked_other}/", set()),
    ("/accounts/{lindale}/examinations/{held}/", {"billie", "hq"}),
    ("/accounts/{lindale}/examinations/{through_other}/", set()),
    ("/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}),
    ("/accounts/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "hq"}),
    ("/find/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}),
    ("/mailbox/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"}),
    ("/notices/", {"robin", "lee", "sam", "billie", "jordan", "morgan", "hq"}),
    ("/accounts/{quillard}/checks/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/explore/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{quillard}/improve/", {"robin", "lee", "jordan", "hq"}),
    ("/accounts/{stranger}/improve/", {"sam", "morgan", "hq"}),
    ("/measurement/", {"hq"}),
    ("/measurement/groups/", {"hq"}),
    ("/measurement/new/", {"hq"}),
    ("/measurement/rules/", {"hq"}),
    ("/risk/", {"hq"}),
    ("/risk/backtest/", {"hq"}),
    ("/risk/parts/", {"jordan", "morgan", "hq"}),
    ("/nothing/", set()),
]
#: What is sent and has no page, without an id in its address: who may send anything there at all. Whether of that account
#: is asked of each that is sent.
SENT = {
    "bond/delinquency/": STAFF,
    "bond/what-if/": MEMBERS | STAFF,
    "choose/": MEMBERS,
    "controls/start/": MEMBERS,
    "dates/feeds/": MEMBERS,
    "effect/compute/": {"hq"},
    "explore/save/": set(EVERYBODY),
    "inbox/how/lift/": set(EVERYBODY),
    "inbox/read/": set(EVERYBODY),
    "programs/confirm/": STAFF,
    "programs/done/": MEMBERS | STAFF,
    "programs/step/": STAFF,
    "review/pdf/": MEMBERS | STAFF,
    "risk/draft/": {"hq"},
}
#: The address below which staff finds the pages of an account, which members have below /.
OF_ACCOUNT = "accounts/<uuid:account_id>/"
#: The first page of an account, and where a member of it is led from there.
ABOVE_ALL = {OF_ACCOUNT}


def bare(route: str) -> str:
    return route if route in ABOVE_ALL else route.removeprefix(OF_ACCOUNT)


ROUTES = sorted({text for text, _ in OURS if not guards.is_public(example(text)) and not text.startswith("api/")})


def test_every_page_is_named() -> None:
    """Of those with an id of a row in their address the test of ids of nothing tries each."""
    plain = {bare(route) for route in ROUTES if "<" not in bare(route)}
    named = {bare(resolve(address.partition("?")[0].format_map(Ids())).route) for address, _ in PAGES[:-1]}
    assert plain - named - set(SENT) == set()
    assert set(SENT) <= plain


class Ids(dict[str, str]):
    """Some id for whatever stands in braces, of the kind that its address takes."""

    def __missing__(self, name: str) -> str:
        of_accounts = name in ("quillard", "stranger", "lindale", "jordan")
        return "00000000-0000-4000-8000-00000000abcd" if of_accounts else "987654321"


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_one_may_not_see_answers_like_what_does_not_exist(world: World, name: str) -> None:
    names = {
        **{name: getattr(world, name).pk for name in ("quillard", "stranger", "lindale", "jordan")},
        "of_lee": world.lee.memberships.get().pk,
        **{name: row.pk for name, row in world.examinations.items()},
        **{f"asked_{name}": row.pk for name, row in world.requests.items()},
    }
    client = signed_in(world, name)
    nothing = client.get("/no-such-page/")
    assert nothing.status_code == 404
    wrong = []
    for address, allowed in PAGES:
        response = client.get(address.format(**names))
        hidden = response.status_code == 404 and response.content == nothing.content
        if not (response.status_code == 200 if name in allowed else hidden):
            wrong.append((address, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_is_sent_has_no_page_and_is_nobody_elses_to_send(world: World, name: str) -> None:
    client = signed_in(world, name)
    routes = {bare(route): route for route in ROUTES}
    addresses = {
        address: example(routes[address].replace("<uuid:account_id>", str(world.quillard.pk))) for address in SENT
    }
    answers = {address: client.get(at).status_code for address, at in addresses.items()}
    assert answers == {address: 405 if name in allowed else 404 for address, allowed in SENT.items()}


@pytest.mark.parametrize("name", ["robin", "jordan", "expert", "hq"])
def test_ids_of_nothing_lead_to_nothing_whoever_asks_or_sends(world: World, name: str) -> None:
    """Of an account's pages below its address, where staff finds them too; what is only sent says no more than that."""
    client, wrong = signed_in(world, name), []
    for route in ROUTES:
        if "<" not in bare(route) or route in ABOVE_ALL or OF_ACCOUNT + route in ROUTES:
            continue
        address = example(route.replace("<uuid:account_id>", str(world.quillard.pk)))
        asked, sent = client.get(address).status_code, client.post(address).status_code
        if asked not in (404, 405) or sent not in (404, 405) or asked == sent == 405:
            wrong.append((address, asked, sent))
    assert wrong == []
