"""Deny by default: the list of addresses is walked, and each is tried as nobody and as everybody."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

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


#: What stands in an address for what its pattern takes: ids of nothing.
NOTHING = {"uuid": "00000000-0000-4000-8000-00000000abcd", "int": "987654321", "str": "none", "path": "none"}
#: Patterns that are regular expressions, of Django and of allauth.
WRITTEN_OUT = {
    r"(?P<app_label>": "accounts/",
    r"(?P<url>": "no/such/page",
    r"(?P<uidb36>": "none-none/",
}


def example(pattern: str) -> str:
    """An address that the pattern matches, with ids of nothing."""
    for begins, instead in WRITTEN_OUT.items():
        pattern = pattern.replace("^", "").partition(begins)[0] + instead if begins in pattern else pattern
    pattern = pattern.replace("<str:component>", "risk")
    return "/" + re.sub(r"<(\w+):\w+>", lambda found: NOTHING[found[1]], pattern)


ADDRESSES = [(text, part, spaces) for text, part, spaces in patterns(get_resolver())]
OURS = [(text, part) for text, part, spaces in ADDRESSES if "admin" not in spaces and "sign-in" not in text]


def test_the_walk_finds_the_pages() -> None:
    assert {"examinations/", "accounts/", "notices/", "loads/", "admin/"} <= {text for text, _, _ in ADDRESSES}


def test_every_pattern_has_an_address_of_its_own() -> None:
    """Else a walk would try something else than it says."""
    wrong = []
    for text, part, _ in ADDRESSES:
        found = resolve(example(text))
        if found.func is not part.callback and found.route not in (text, f"{text}/"):
            wrong.append((text, found.route))
    assert wrong == []


def test_every_view_of_ours_declares_who_may_open_it() -> None:
    assert [text for text, part in OURS if not hasattr(part.callback, "guard")] == []


def test_nobody_is_sent_to_sign_in_from_every_address_but_the_public_ones(client: Client) -> None:
    wrong = []
    for text in sorted({text for text, _, _ in ADDRESSES}):
        address = example(text)
        response = client.get(address)
        led_to = response.headers.get("Location", "")
        if guards.is_public(address):
            led_away = led_to.startswith(f"/sign-in/?next=%2F{text.split('/')[0]}%2F")
            # The health page of a portal whose scheduler never ran says so by 503.
            right = response.status_code in (200, 302, 404, 405, 503) and ("sign-in" in text or not led_away)
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
