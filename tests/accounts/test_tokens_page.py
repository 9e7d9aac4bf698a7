"""The page of one's own API tokens: seen once, used, revoked; nobody else's."""

import re

import pytest
from django.test import Client

from accounts.models import ApiToken
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/people/tokens/"


def status_with(text: str) -> int:
    return Client(headers={"Authorization": f"Token {text}"}).get("/api/v1/accounts/").status_code


@pytest.mark.parametrize("name", ["robin", "billie", "jordan", "expert", "hq"])
def test_a_token_is_shown_once_works_and_ends_when_revoked(world: World, name: str) -> None:
    client = signed_in(world, name)
    made = client.post(PAGE, {"name": "nightly <job>"})
    (text,) = re.findall(r'<code class="secret">(amp_\w+)</code>', made.content.decode())
    assert "no-store" in made["Cache-Control"]
    assert status_with(text) == 200
    again = client.get(PAGE)
    assert text not in again.content.decode()
    assert b"nightly &lt;job&gt;" in again.content
    token = ApiToken.objects.get(user=world.people[name])
    assert client.post(f"{PAGE}{token.pk}/revoke/")["Location"] == PAGE
    assert status_with(text) == 401
    assert not ApiToken.objects.exists()


def test_nobody_sees_or_revokes_the_token_of_another(world: World) -> None:
    token, _ = ApiToken.objects.issue(world.robin, "of Robin", by=world.robin)
    for name in ("lee", "hq"):
        client = signed_in(world, name)
        assert b"of Robin" not in client.get(PAGE).content
        assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    assert ApiToken.objects.get() == token


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\0b"])
def test_a_name_that_cannot_be_makes_no_token(world: World, name: str) -> None:
    answer = signed_in(world, "robin").post(PAGE, {"name": name})
    assert (answer.status_code, ApiToken.objects.count()) == (200, 0)
    assert b"usa-error-message" in answer.content


def test_the_twenty_first_is_refused_in_words(world: World) -> None:
    for _ in range(20):
        ApiToken.objects.issue(world.robin, "test", by=world.robin)
    assert (
        b"There are 20 tokens already; revoke one first." in signed_in(world, "robin").post(PAGE, {"name": "x"}).content
    )


def test_looking_or_revoking_by_a_link_does_nothing(world: World) -> None:
    token, _ = ApiToken.objects.issue(world.robin, "test", by=world.robin)
    assert signed_in(world, "robin").get(f"{PAGE}{token.pk}/revoke/").status_code == 405
    assert ApiToken.objects.exists()


def test_staff_that_owes_a_second_factor_sets_it_up_first(world: World, settings) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True
    answer = signed_in(world, "hq").post(PAGE, {"name": "x"})
    assert (answer.status_code, ApiToken.objects.count()) == (302, 0)


def test_history_knows_who_made_and_revoked_it(world: World) -> None:
    client = signed_in(world, "robin")
    client.post(PAGE, {"name": "nightly"})
    client.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke/")
    events = ApiToken.pgh_event_model.objects.order_by("pgh_id")
    assert [(one.pgh_label, one.pgh_context["verb"], one.pgh_context["by"]) for one in events] == [
        ("insert", "issue token", str(world.robin.pk)),
        ("delete", "revoke token", str(world.robin.pk)),
    ]
