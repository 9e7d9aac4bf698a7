"""Deny by default: the list of addresses is walked, and each is tried as nobody and as everybody."""

import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import guards
from tests.named_people import World

pytestmark = pytest.mark.django_db


def patterns(
    resolver: URLResolver, prefix: str = "", spaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, URLPattern, tuple[str, ...]]]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            inner = (*spaces, part.namespace) if part.namespace else spaces
            yield from patterns(part, prefix + str(part.pattern), inner)
        else:
            yield prefix + str(part.pattern), part, spaces


def example(pattern: str) -> str:
    """An address that the pattern could match, with ids of nothing."""
    for name, value in (
        ("<uuid:account_id>", str(uuid.uuid4())),
        ("<uuid:load_id>", str(uuid.uuid4())),
        ("<uuid:export_id>", str(uuid.uuid4())),
        ("<uuid:notice_id>", str(uuid.uuid4())),
        ("<uuid:document_id>", str(uuid.uuid4())),
        ("<uuid:pk>", str(uuid.uuid4())),
        ("<uuid:token_id>", str(uuid.uuid4())),
        ("<int:pk>", "987654321"),
        ("<int:examination_id>", "987654321"),
        ("<int:view_id>", "987654321"),
        ("<int:delegation_id>", "987654321"),
        ("<int:cover_id>", "987654321"),
        ("<int:appeal_id>", "987654321"),
        ("<uuid:person_id>", str(uuid.uuid4())),
        ("<str:check>", "none"),
        ("<int:request_id>", "987654321"),
        ("<int:item_id>", "987654321"),
        ("<int:cost_id>", "987654321"),
        ("<int:question_id>", "987654321"),
        ("<str:name>", "none"),
        ("<str:number>", "none"),
        ("<str:secret>", "none"),
        ("<int:feed_id>", "987654321"),
        ("<int:plan_id>", "987654321"),
        ("<int:action_id>", "987654321"),
        ("<int:trend_id>", "987654321"),
        ("<int:shared_id>", "987654321"),
        ("<int:assessment_id>", "987654321"),
        ("<int:answer_id>", "987654321"),
        ("<int:contact_id>", "987654321"),
        ("<int:inquiry_id>", "987654321"),
        ("<int:follow_up_id>", "987654321"),
        ("<str:component>", "risk"),
        ("<int:number>", "987654321"),
        ("<int:round_id>", "987654321"),
        ("<int:membership_id>", "987654321"),
        ("<int:entry_id>", "987654321"),
        ("<uuid:invitation_id>", str(uuid.uuid4())),
        ("<int:delivery_id>", "987654321"),
        ("<int:suppression_id>", "987654321"),
        ("<str:signed>", "none"),
        ("<str:provider>", "none"),
        ("<int:bond_id>", "987654321"),
    ):
        pattern = pattern.replace(name, value)
    return "/" + pattern


ADDRESSES = [(text, part, spaces) for text, part, spaces in patterns(get_resolver())]
OURS = [(text, part) for text, part, spaces in ADDRESSES if "admin" not in spaces and "sign-in" not in text]


def test_the_walk_finds_the_pages() -> None:
    assert {"examinations/", "accounts/", "notices/", "loads/", "admin/"} <= {text for text, _, _ in ADDRESSES}


def test_every_view_of_ours_declares_who_may_open_it() -> None:
    assert [text for text, part in OURS if not hasattr(part.callback, "guard")] == []


def test_nobody_is_sent_to_sign_in_from_every_address_but_the_public_ones(client: Client) -> None:
    wrong = []
    for text in sorted({text for text, _, _ in ADDRESSES if "<" not in text.split("admin/")[-1]}):
        address = example(text)
        response = client.get(address)
        led_to = response.headers.get("Location", "")
        if guards.is_public(address):
            right = "sign-in" in text or not led_to.startswith(f"/sign-in/?next=%2F{text.split('/')[0]}%2F")
        elif address.startswith(guards.API):
            right = response.status_code == 401
        else:
            right = response.status_code == 302 and led_to.startswith(settings.LOGIN_URL + "?next=")
        if not right:
            wrong.append((address, response.status_code, led_to))
    assert wrong == []


@pytest.mark.parametrize(
    "address", ["/nothing/", "/examinations/1/", "/admin/", "/accounts/x/", "/static", "/sign-in.php"]
)
def test_nobody_cannot_tell_what_exists(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("address", ["/api/", "/api/v1/accounts/", "/api/nothing/"])
def test_below_api_nobody_gets_the_same_401(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 401
    assert response.json() == {"detail": "Sign in, or send an API token."}


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


#: Who may open what: 200 for the named, 404 for everybody else who has signed in.
STAFF_PAGES = [
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
    ("/nothing/", set()),
]


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"])
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
    for address, allowed in STAFF_PAGES:
        response = client.get(address.format(**names))
        hidden = response.status_code == 404 and response.content == nothing.content
        if not (response.status_code == 200 if name in allowed else hidden):
            wrong.append((address, response.status_code))
    assert wrong == []


def test_an_expert_has_no_list_of_examinations_and_is_led_to_none(world: World, client: Client) -> None:
    client.force_login(world.expert, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert {client.get(f"/examinations/{part}").status_code for part in ("", "figures/", "1/")} == {404}


@pytest.mark.parametrize("name", ["robin", "jordan", "expert"])
@pytest.mark.parametrize("address", ["/loads", "/admin", "/admin/accounts/person"])
def test_a_missing_slash_does_not_tell_that_a_page_exists(world: World, name: str, address: str) -> None:
    client = signed_in(world, name)
    assert client.get(address).status_code == 404
    assert client.get(address).content == client.get("/nothing").content
    assert client.get("/find")["Location"] == "/find/"


def test_who_may_open_a_page_is_led_to_it_without_the_slash(world: World) -> None:
    client = signed_in(world, "hq")
    assert client.get("/loads")["Location"] == "/loads/"
    assert Client().get("/about")["Location"] == "/sign-in/?next=%2Fabout"


@pytest.mark.parametrize("asked", ["q=a%00b", "center=%00", "center=0%00"])
def test_a_nul_byte_in_the_search_of_accounts_is_no_error(world: World, asked: str) -> None:
    assert signed_in(world, "jordan").get(f"/accounts/?{asked}").status_code == 200


def test_a_session_cookie_with_a_nul_byte_is_no_session(db: None) -> None:
    answer = Client(headers={"Cookie": r'sessionid="\000aaaaaaaaaaaa"'}).get("/about/")
    assert answer.status_code == 200


def test_a_form_in_another_encoding_is_refused(world: World) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/sign-in/", b"login=%ff", content_type="application/x-www-form-urlencoded; charset=utf-7"
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "accounts/account/?state__exact=%00",
        "accounts/person/?email=%00",
        "accounts/assignment/add/?account=zz",
        "autocomplete/?term=%00&app_label=accounts&model_name=assignment&field_name=manager",
    ],
)
def test_the_admin_refuses_what_no_text_and_no_key_can_be(world: World, address: str) -> None:
    answer = signed_in(world, "hq").get(f"/admin/{address}")
    assert answer.status_code == 400
    assert b"NUL byte" in answer.content or b"not a valid UUID" in answer.content


@pytest.mark.parametrize("key", ["\0", "zzz"])
def test_the_admin_refuses_a_form_about_what_no_key_can_be(world: World, key: str) -> None:
    client = signed_in(world, "hq")
    acted = client.post("/admin/accounts/account/", {"action": "withdraw", "_selected_action": key})
    added = client.post("/admin/accounts/assignment/add/", {"account": key, "manager": key, "starts": "01/01/2026"})
    assert (acted.status_code, added.status_code) == (400, 400)
