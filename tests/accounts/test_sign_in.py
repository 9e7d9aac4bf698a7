"""Signing in: locked by person and address together, the same answer to whoever guesses, a second factor for staff."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings as configured
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import Person
from tests.named_people import PASSWORD, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits_from_before(settings: object) -> None:
    """Limits of allauth count in the cache that all tests share."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # type: ignore[attr-defined]
    cache.clear()


def attempt(client: Client, email: str, password: str, address: str = "203.0.113.7") -> object:
    return client.post("/sign-in/", {"login": email, "password": password}, REMOTE_ADDR=address)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def text_of(response: object) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())  # type: ignore[attr-defined]


def test_the_right_password_opens_and_the_address_is_read_in_any_case(world: World, client: Client) -> None:
    assert attempt(client, "ROBIN@people.example", PASSWORD).status_code == 302  # type: ignore[attr-defined]
    assert is_in(client)


def fail(email: str, times: int, address: str = "203.0.113.7") -> object:
    client = Client()
    for _ in range(times):
        response = attempt(client, email, "wrong", address)
    return response


def test_after_too_many_failures_this_person_is_locked_at_this_address_alone(world: World) -> None:
    limit = configured.AXES_FAILURE_LIMIT
    locked = fail("robin@people.example", limit)
    assert locked.status_code == 429  # type: ignore[attr-defined]
    here, elsewhere, other = Client(), Client(), Client()
    assert attempt(here, "robin@people.example", PASSWORD).status_code == 429  # type: ignore[attr-defined]
    assert not is_in(here)
    attempt(elsewhere, "robin@people.example", PASSWORD, "198.51.100.9")
    attempt(other, "lee@people.example", PASSWORD)
    assert is_in(elsewhere)
    assert is_in(other)


def test_case_and_blanks_of_the_name_do_not_give_new_attempts(world: World) -> None:
    for email in ("robin@people.example", "ROBIN@people.example", " robin@people.example "):
        fail(email, 3)
    client = Client()
    assert attempt(client, "robin@people.example", PASSWORD).status_code == 429  # type: ignore[attr-defined]


def test_a_success_forgives_the_failures_before_it(world: World) -> None:
    for _ in range(3):
        fail("robin@people.example", configured.AXES_FAILURE_LIMIT - 1)
        client = Client()
        attempt(client, "robin@people.example", PASSWORD)
        assert is_in(client)


def test_an_unknown_address_a_wrong_password_and_an_inactive_person_get_the_same_answer(world: World) -> None:
    world.lee.is_active = False
    world.lee.save()
    answers = [attempt(Client(), f"{name}@people.example", "wrong") for name in ("robin", "nobody", "lee")]
    assert {one.status_code for one in answers} == {200}  # type: ignore[attr-defined]
    texts = [text_of(one) for one in answers]
    same = [text.replace(f"{name}@", "NAME@") for text, name in zip(texts, ("robin", "nobody", "lee"), strict=True)]
    assert same[0] == same[1] == same[2]


def test_unknown_people_are_locked_out_like_known_ones(world: World) -> None:
    assert fail("nobody@people.example", configured.AXES_FAILURE_LIMIT).status_code == 429  # type: ignore[attr-defined]


def test_an_inactive_person_does_not_come_in_with_the_right_password(world: World, client: Client) -> None:
    world.lee.is_active = False
    world.lee.save()
    attempt(client, "lee@people.example", PASSWORD)
    assert not is_in(client)


def test_a_forgotten_password_answers_the_same_for_known_and_unknown_addresses(world: World) -> None:
    answers = []
    for name in ("robin", "nobody"):
        client = Client()
        response = client.post("/sign-in/forgotten/", {"email": f"{name}@people.example"}, follow=True)
        answers.append((response.redirect_chain, text_of(response)))
    assert answers[0] == answers[1]
    robins = [one for one in mail.outbox if one.to == ["robin@people.example"]]
    assert len(robins) == 1
    assert "/sign-in/forgotten/" in robins[0].body
    assert not [one for one in mail.outbox if one.to != ["robin@people.example"] and "/sign-in/forgotten/" in one.body]


def test_the_mailed_address_sets_a_new_password_once(world: World) -> None:
    Client().post("/sign-in/forgotten/", {"email": "robin@people.example"})
    address = re.search(r"/sign-in/forgotten/\S+", mail.outbox[0].body)
    assert address
    client = Client()
    page = client.get(address.group(), follow=True)
    new = {"password1": "another-long-passphrase", "password2": "another-long-passphrase"}
    assert client.post(page.redirect_chain[-1][0], new).status_code == 302
    fresh = Client()
    attempt(fresh, "robin@people.example", "another-long-passphrase")
    assert is_in(fresh)
    again = Client().get(address.group(), follow=True)
    assert "password1" not in again.content.decode()


def test_nobody_signs_up(world: World, client: Client) -> None:
    count = Person.objects.count()
    given = {
        "email": "new@people.example",
        "password1": "another-long-passphrase",
        "password2": "another-long-passphrase",
    }
    for response in (client.get("/sign-in/new/"), client.post("/sign-in/new/", given)):
        assert response.status_code in (200, 403, 404)
        assert "password1" not in response.content.decode()
    assert Person.objects.count() == count
    assert not is_in(client)


def test_the_session_cookie_is_for_the_server_alone(world: World, client: Client, settings: object) -> None:
    settings.SESSION_COOKIE_SECURE = True  # type: ignore[attr-defined]
    attempt(client, "robin@people.example", PASSWORD)
    cookie = client.cookies[configured.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""  # it ends with the browser
    assert 0 < configured.SESSION_COOKIE_AGE <= 720 * 3600


def test_the_session_changes_its_key_when_somebody_signs_in(world: World, client: Client) -> None:
    client.get("/sign-in/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies[configured.SESSION_COOKIE_NAME] = session.session_key
    before = session.session_key
    attempt(client, "robin@people.example", PASSWORD)
    assert client.session.session_key != before


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_outside(world: World, client: Client, target: str) -> None:
    response = client.post("/sign-in/", {"login": "robin@people.example", "password": PASSWORD, "next": target})
    assert response["Location"] == "/"


# ---- the second factor -----------------------------------------------------------------------------------------

STAFF = ("jordan", "expert", "hq")
SET_UP = "/sign-in/second-factor/totp/activate/"


@pytest.fixture
def asked(settings: object) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", STAFF)
def test_staff_without_a_second_factor_sees_nothing_but_its_set_up(world: World, asked: None, name: str) -> None:
    client = Client()
    attempt(client, world.people[name].email, PASSWORD)
    for address in ("/", "/accounts/", "/admin/", "/notices/", "/no-such-page/", "/loads/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, SET_UP), address
    assert client.post("/loads/", {}).status_code == 302
    assert client.get("/api/v1/accounts/").status_code == 403
    assert client.get(SET_UP)["Location"].startswith("/sign-in/again/")
    assert client.get("/sign-in/sign-out/").status_code == 200


@pytest.mark.parametrize("name", ["robin", "billie"])
def test_members_are_asked_for_none(world: World, asked: None, name: str) -> None:
    client = Client()
    attempt(client, world.people[name].email, PASSWORD)
    assert client.get("/examinations/").status_code == 200


@pytest.mark.parametrize("name", STAFF)
def test_where_the_settings_ask_for_none_nobody_is_asked(world: World, settings: object, name: str) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = False  # type: ignore[attr-defined]
    client = Client()
    attempt(client, world.people[name].email, PASSWORD)
    assert client.get("/").status_code == 200


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def set_up(client: Client) -> str:
    page = client.get(SET_UP)
    if page.status_code == 302:  # the password is asked for once more
        assert page["Location"].startswith("/sign-in/again/")
        assert client.post(page["Location"], {"password": PASSWORD})["Location"] == SET_UP
        page = client.get(SET_UP)
    secret = page.context["form"].secret
    response = client.post(SET_UP, {"code": code_of(secret)})
    assert response.status_code == 302, response.context["form"].errors
    return str(secret)


def test_set_up_opens_the_portal_and_the_next_sign_in_asks_for_a_code(world: World, asked: None) -> None:
    client = Client()
    attempt(client, world.hq.email, PASSWORD)
    secret = set_up(client)
    assert client.get("/admin/").status_code == 200
    stored = Authenticator.objects.get(user=world.hq, type="totp")
    assert secret not in str(stored.data)
    cache.clear()  # a code counts once
    again = Client()
    assert attempt(again, world.hq.email, PASSWORD)["Location"].startswith("/sign-in/second-factor/authenticate/")  # type: ignore[index]
    assert not is_in(again)
    assert again.get("/admin/").status_code == 302
    again.post("/sign-in/second-factor/authenticate/", {"code": "000000"})
    assert not is_in(again)
    again.post("/sign-in/second-factor/authenticate/", {"code": code_of(secret)})
    assert is_in(again)
    assert again.get("/admin/").status_code == 200


def test_whoever_owes_a_second_factor_cannot_remove_it_and_headquarters_can_when_it_is_lost(
    world: World, asked: None
) -> None:
    client = Client()
    attempt(client, world.jordan.email, PASSWORD)
    set_up(client)
    client.post("/sign-in/second-factor/totp/deactivate/")
    assert Authenticator.objects.filter(user=world.jordan, type="totp").exists()
    hq = Client()
    attempt(hq, world.hq.email, PASSWORD)
    set_up(hq)
    page = "/admin/accounts/person/"
    text = hq.post(page, {"action": "forget_second_factor", "_selected_action": [str(world.jordan.pk), str(world.lee.pk)]}, follow=True).content.decode()  # fmt: skip
    assert "1 person sets up a new second factor." in text
    assert not Authenticator.objects.filter(user=world.jordan).exists()
    assert client.get("/")["Location"] == SET_UP


def test_the_pages_of_the_second_factor_stand_in_the_frame_of_the_portal(world: World, asked: None) -> None:
    client = Client()
    attempt(client, world.hq.email, PASSWORD)
    client.post("/sign-in/again/", {"password": PASSWORD})
    page = client.get(SET_UP).content.decode()
    assert page.count("<h1") == 1
    assert 'class="usa-input' in page
    set_up(client)
    for address in ("/sign-in/second-factor/", "/sign-in/second-factor/recovery-codes/"):
        assert client.get(address).status_code == 200


def test_who_asks_for_a_password_in_somebodys_name_keeps_them_from_no_second_factor(world: World, asked: None) -> None:
    Client().post("/sign-in/forgotten/", {"email": world.jordan.email})
    client = Client()
    attempt(client, world.jordan.email, PASSWORD)
    set_up(client)
    assert Authenticator.objects.filter(user=world.jordan, type="totp").exists()
