"""Who asks: tokens, sessions, and the one answer for everybody else."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Membership, Person
from accounts.scope import acting_for
from examinations.models import Entry
from tests.api.calls import BASE, Caller
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

KNOWN = [
    "",
    "accounts/",
    "accounts/1/",
    "risk-assessments/",
    "schema/",
    "nothing/",
    "notices/1/publish/",
    "a%00b",
    "x\n",
]
EVERYWHERE = [*(BASE + path for path in KNOWN), "/api/", "/api/v2/", "/api/v1/examinations"]


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options", "head"])
def test_nobody_gets_the_same_401_at_every_address(world: World, method: str) -> None:
    answers = [getattr(Client(), method)(path) for path in EVERYWHERE]
    assert {(one.status_code, one.content, one["WWW-Authenticate"]) for one in answers} == {
        (401, b"" if method == "head" else b'{"detail": "Sign in, or send an API token."}', "Token")
    }


@pytest.mark.parametrize("sent", ["Token nonsense", "Token \xff\xfe", "Token a b", "Token", "token x", "Tokens x"])
@pytest.mark.parametrize("method", ["get", "post", "put", "options"])
def test_a_token_that_is_none_gets_the_same_401_at_every_address(world: World, sent: str, method: str) -> None:
    answers = [getattr(Client(headers={"Authorization": sent}), method)(path) for path in EVERYWHERE]
    assert len({(one.content, *sorted(one.headers.items())) for one in answers}) == 1
    assert {(one.status_code, one["WWW-Authenticate"]) for one in answers} == {(401, "Token")}


@pytest.mark.parametrize("sent", ["Basic cm9iaW46eA==", "Bearer x", "amp_1"])
def test_another_way_to_sign_in_is_no_way(world: World, sent: str) -> None:
    answer = Client(headers={"Authorization": sent}).get(BASE + "accounts/")
    assert (answer.status_code, answer.json()["detail"]) == (401, "Sign in, or send an API token.")


@pytest.mark.parametrize("name", ["robin", "billie", "expert", "jordan", "hq"])
def test_what_one_may_not_see_and_what_does_not_exist_answer_alike(world: World, name: str) -> None:
    caller = Caller(world.people[name])
    nothing = caller.ask("no/such/thing/")
    assert nothing.status_code == 404
    hidden = [f"examinations/{world.examinations['of_stranger'].pk}/"] if name in ("robin", "expert", "jordan") else []
    hidden += [f"examinations/{world.examinations['review_open'].pk}/"] if name in ("robin", "billie", "expert") else []
    hidden += ["risk-assessments/", "risk-assessments/1/"] if name in ("robin", "billie", "expert") else []
    hidden += ["examinations/987654321/", f"accounts/{world.load.pk}/", "bonds/99999999999999999999999/", "entries/x/"]
    for path in hidden:
        answer = caller.ask(path)
        assert (answer.status_code, answer.content, answer.headers) == (404, nothing.content, nothing.headers), path


def test_a_session_reads_like_a_token_and_gets_the_same_404(world: World) -> None:
    client = signed_in(world, "robin")
    assert client.get(BASE + "examinations/").json() == Caller(world.robin).ask("examinations/").json()
    for path in ("risk-assessments/", "no/such/thing/", f"examinations/{world.examinations['review_open'].pk}/"):
        assert client.get(BASE + path).content == Caller(world.robin).ask(path).content
        assert client.get(BASE + path).status_code == 404


def test_a_session_that_writes_needs_a_csrf_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.hq, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(BASE + "notices/", {"number": "1"}, content_type="application/json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_a_token_wins_over_a_session_and_the_whole_request_runs_in_its_scope(world: World) -> None:
    client = signed_in(world, "hq")
    _, text = ApiToken.objects.issue(world.sam, "test", by=world.sam)
    answer = client.get(BASE + "entries/", headers={"Authorization": f"Token {text}"})
    assert [row["number"] for row in answer.json()["results"]] == ["9XZ12345689"]
    assert len(client.get(BASE + "entries/").json()["results"]) == 3


# ---- when a token ends ---------------------------------------------------------------------------------------


def status_of(caller: Caller) -> int:
    return caller.ask("examinations/").status_code


def test_a_token_ends_with_its_person_its_role_its_term_and_when_revoked(world: World) -> None:
    caller = Caller(world.jordan)
    token = ApiToken.objects.get(user=world.jordan)
    assert status_of(caller) == 200
    Person.objects.filter(pk=world.jordan.pk).update(is_active=False)
    assert status_of(caller) == 401
    Person.objects.filter(pk=world.jordan.pk).update(is_active=True, role=Person.Role.HEADQUARTERS)
    assert status_of(caller) == 401
    Person.objects.filter(pk=world.jordan.pk).update(role=Person.Role.MANAGER)
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now())
    assert status_of(caller) == 401
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now() + timezone.timedelta(days=1))
    assert status_of(caller) == 200
    token.revoke(by=world.jordan)
    assert status_of(caller) == 401


def test_who_left_the_account_reads_nothing_of_it(world: World) -> None:
    caller = Caller(world.robin)
    Membership.objects.create(account=world.stranger, person=world.robin)
    world.robin.memberships.get(account=world.quillard).end(by=world.hq)
    assert {row["account"] for row in caller.rows("examinations/")} == {str(world.stranger.pk)}
    world.robin.memberships.get(ended_at=None).end(by=world.hq)
    assert status_of(caller) == 401  # with the last account the tokens are gone


def test_staff_that_owes_a_second_factor_is_refused_at_every_address(world: World, settings) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True
    answers = [Caller(world.hq).get(path) for path in EVERYWHERE]
    assert {(one.status_code, one.content) for one in answers} == {(403, b'{"detail":"Set up a second factor first."}')}
    assert status_of(Caller(world.robin)) == 200


def test_a_token_is_kept_as_a_hash_and_notes_when_it_was_used(world: World) -> None:
    token, text = ApiToken.objects.issue(world.robin, "  nightly   job ", by=world.robin)
    assert text.startswith("amp_")
    assert text not in str(ApiToken.objects.filter(pk=token.pk).values()[0])
    assert (token.name, token.last_used) == ("nightly job", None)
    Client(headers={"Authorization": f"Token {text}"}).get(BASE + "bonds/")
    token.refresh_from_db()
    assert (timezone.now() - token.last_used).total_seconds() < 60


def test_the_database_opens_a_token_to_its_person_to_headquarters_and_to_who_sends_it(world: World) -> None:
    token, text = ApiToken.objects.issue(world.robin, "test", by=world.robin)
    for name, seen in (("robin", 1), ("lee", 0), ("jordan", 0), ("hq", 1)):
        with acting_for(world.people[name]):
            assert ApiToken.objects.count() == seen
    with acting_for(None):
        assert not ApiToken.objects.exists()
        assert ApiToken.objects.of_text(text) == token
        assert not Entry.objects.exists()


def test_nobody_has_more_tokens_than_they_can_keep_in_sight(world: World) -> None:
    for _ in range(20):
        ApiToken.objects.issue(world.robin, "test", by=world.robin)
    with pytest.raises(CommandError, match="20 tokens"):
        call_command("api_token", world.robin.email)


# ---- the command ---------------------------------------------------------------------------------------------


def test_the_command_prints_a_token_that_works(world: World) -> None:
    out = io.StringIO()
    call_command("api_token", world.robin.email.upper(), "--name", "nightly job", stdout=out)
    (text,) = out.getvalue().split()
    assert Client(headers={"Authorization": f"Token {text}"}).get(BASE + "accounts/").status_code == 200
    assert ApiToken.objects.get().name == "nightly job"


def test_the_command_makes_none_for_who_is_not_known_or_may_not_sign_in(world: World) -> None:
    with pytest.raises(CommandError, match="no person"):
        call_command("api_token", "nobody@people.example")
    Person.objects.filter(pk=world.robin.pk).update(is_active=False)
    with pytest.raises(CommandError, match="may not sign in"):
        call_command("api_token", world.robin.email)
