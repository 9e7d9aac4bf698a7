"""manage.py add_person: bad input is refused in one line, good input prints a one-time address."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Person

pytestmark = pytest.mark.django_db


def add(*words: str) -> str:
    said = StringIO()
    call_command("add_person", *words, stdout=said)
    return said.getvalue().strip()


@pytest.mark.parametrize("role", ["headquarters", "manager", "expert"])
def test_a_person_is_added_and_sets_a_password_at_the_address_printed(role: str) -> None:
    address = add(" New.Person@CBP.example ", "--role", role)
    person = Person.objects.get()
    assert (person.email, person.role, person.name) == ("new.person@cbp.example", role, "New Person")
    assert not person.has_usable_password()
    client, password = Client(), "a-long-new-password-9"
    form = client.get(address.removeprefix("http://127.0.0.1:8000"))["Location"]
    client.post(form, {"password1": password, "password2": password})
    person.refresh_from_db()
    assert person.check_password(password)


def test_the_name_can_be_given() -> None:
    add("x@cbp.example", "--role", "expert", "--name", "  Harper   Selwick ")
    assert Person.objects.get().name == "Harper Selwick"


@pytest.mark.parametrize("again", ["one@cbp.example", "ONE@cbp.example"])
def test_a_known_address_is_refused_and_its_person_unchanged(again: str) -> None:
    add("one@cbp.example", "--role", "expert")
    with pytest.raises(CommandError, match="already"):
        add(again, "--role", "headquarters")
    assert Person.objects.get().role == "expert"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nobody",
        "no body@cbp.example",
        "a@b",
        "a@cbp.example,b@cbp.example",
        "a@cbp.example\nb",
        "x" * 250 + "@cbp.example",
    ],
)
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(CommandError):
        add(bad, "--role", "expert")
    assert not Person.objects.exists()


@pytest.mark.parametrize("words", [["--role", "member"], ["--role", "boss"], ["--role", ""], []])
def test_a_wrong_or_missing_role_is_refused(words: list[str]) -> None:
    with pytest.raises(CommandError):
        add("one@cbp.example", *words)
    assert not Person.objects.exists()


def test_a_name_too_long_is_refused() -> None:
    with pytest.raises(CommandError, match="120"):
        add("one@cbp.example", "--role", "expert", "--name", "x" * 121)
    assert not Person.objects.exists()
